import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import { mayPass, Passing, request, retryAfterMs, retrying, toldOf, type Answer } from '../../fetching/index.js';

/** What came of asking for a page. */
export interface Fetched {
  /** Undefined where no answer came. */
  readonly status: number | undefined;
  readonly type: string;
  /** Where it redirects to. */
  readonly to: URL | undefined;
  readonly bytes: Uint8Array;
  /** Why there is no answer, or no body. */
  readonly fault: string | undefined;
  /** Licences and wishes of the headers. */
  readonly link: string;
  readonly robots: string;
}

export interface Fetching {
  readonly agent: string;
  readonly maxPageBytes: number;
  readonly attempts: number;
  readonly pauseMs: number;
  readonly signal: AbortSignal;
  readonly log: (message: string) => void;
}

const NOTHING = new Uint8Array();

/** Asks for a page. What is wrong with it is told, not thrown: one page is not the crawl. */
export async function fetchPage(url: URL, how: Fetching): Promise<Fetched> {
  const { agent, attempts, pauseMs, signal, log } = how;
  try {
    return await retrying({ attempts, pauseMs, signal, log }, async () => {
      const answer = await request({
        url,
        headers: { 'user-agent': agent, accept: 'text/html,application/xhtml+xml,text/plain;q=0.9,*/*;q=0.1' },
        follows: () => false,
        signal,
      });
      const { status, headers } = answer;
      if (mayPass(status)) {
        answer.body.destroy();
        throw new Passing(
          `${url.href} cannot answer now`,
          `status ${status}`,
          retryAfterMs(headers['retry-after'], Date.now()),
        );
      }
      const redirects = answer.url.href !== url.href;
      const read = redirects ? NOTHING : await bytesOf(answer, how);
      answer.body.destroy();
      return {
        status,
        type: headers['content-type'] ?? '',
        to: redirects ? answer.url : undefined,
        bytes: read ?? NOTHING,
        fault: read ? undefined : `more than ${how.maxPageBytes} bytes`,
        link: String(headers['link'] ?? ''),
        robots: String(headers['x-robots-tag'] ?? ''),
      };
    });
  } catch (error) {
    signal.throwIfAborted();
    const { actual, what, message } = error as { actual?: string; what?: string; message: string };
    const status = /^status (\d+)$/.exec(actual ?? '')?.[1];
    const none = { type: '', to: undefined, bytes: NOTHING, link: '', robots: '' };
    return { ...none, status: status === undefined ? undefined : Number(status), fault: actual ?? what ?? message };
  }
}

/** The bytes of a body, unpacked; undefined where there are more than so many. */
async function bytesOf(
  { url, body, headers }: Answer,
  { maxPageBytes, signal }: Fetching,
): Promise<Uint8Array | undefined> {
  const encoding = headers['content-encoding'] ?? '';
  const unpacker = /gzip/.test(encoding)
    ? createGunzip()
    : /deflate/.test(encoding)
      ? createInflate()
      : /br/.test(encoding)
        ? createBrotliDecompress()
        : undefined;
  if (unpacker) body.on('error', (error) => unpacker.destroy(error));
  const parts: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of unpacker ? body.pipe(unpacker) : body) {
      bytes += (chunk as Buffer).length;
      if (bytes > maxPageBytes) return undefined;
      parts.push(chunk as Buffer);
    }
  } catch (error) {
    throw toldOf(error, url.href, signal);
  }
  return Buffer.concat(parts);
}
