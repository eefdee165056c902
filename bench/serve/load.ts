// Asks a server over and over from a process of its own: so many connections, one request on each at a time, the same bytes each time.
import { connect, type Socket } from 'node:net';
import process from 'node:process';

export interface LoadAsk {
  readonly url: string;
  readonly bodies: readonly string[];
  readonly connections: number;
  readonly seconds: number;
  /** Not counted. */
  readonly warmUp: number;
}

export interface LoadFigures {
  readonly perSecond: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p99: number;
  readonly requests: number;
  /** Answers other than 200, and connections that broke. */
  readonly errors: number;
}

const END = Buffer.from('\r\n\r\n');

/** One connection: sends the next request when the answer to the one before is whole. */
function ask(
  { hostname, port }: URL,
  requests: readonly Buffer[],
  first: number,
  told: (ms: number, fine: boolean) => boolean,
): Promise<void> {
  return new Promise((resolve) => {
    let next = first;
    let began = 0;
    let parts: Buffer[] = [];
    let size = 0;
    let whole = Infinity;
    let fine = false;
    const socket: Socket = connect({ host: hostname, port: Number(port), noDelay: true });
    const send = (): void => {
      [parts, size, whole] = [[], 0, Infinity];
      began = performance.now();
      socket.write(requests[next++ % requests.length]!);
    };
    socket.on('connect', send);
    socket.on('data', (chunk: Buffer) => {
      parts.push(chunk);
      size += chunk.length;
      if (whole === Infinity) {
        const head = parts.length === 1 ? chunk : Buffer.concat(parts);
        const end = head.indexOf(END);
        if (end < 0) return;
        const text = head.toString('latin1', 0, end);
        fine = text.startsWith('HTTP/1.1 200');
        whole = end + 4 + Number(/content-length: (\d+)/i.exec(text)?.[1] ?? NaN);
        if (Number.isNaN(whole)) throw new Error(`an answer without a length: ${text}`);
      }
      if (size < whole) return;
      if (told(performance.now() - began, fine)) send();
      else socket.end();
    });
    socket.on('error', () => told(0, false));
    socket.on('close', () => resolve());
  });
}

async function measure({ url, bodies, connections, seconds, warmUp }: LoadAsk): Promise<LoadFigures> {
  const at = new URL(url);
  const requests = bodies.map((body) =>
    Buffer.from(
      `POST ${at.pathname} HTTP/1.1\r\nhost: ${at.host}\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
    ),
  );
  const began = performance.now();
  const from = began + warmUp * 1000;
  const until = from + seconds * 1000;
  const took: number[] = [];
  let errors = 0;
  const told = (ms: number, fine: boolean): boolean => {
    const now = performance.now();
    if (!fine) errors++;
    else if (now >= from && now < until) took.push(ms);
    return now < until;
  };
  await Promise.all(Array.from({ length: connections }, (_, i) => ask(at, requests, i, told)));
  took.sort((a, b) => a - b);
  const at99 = (share: number): number => took[Math.min(took.length - 1, Math.floor(took.length * share))] ?? NaN;
  return { perSecond: took.length / seconds, p50: at99(0.5), p99: at99(0.99), requests: took.length, errors };
}

process.on('message', (given: LoadAsk) => {
  void measure(given).then((figures) => process.send?.(figures));
});
