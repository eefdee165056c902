import { randomUUID } from 'node:crypto';
import type { Redis } from 'ioredis';
import { batchKey, predictionStream } from '../../core/ids.js';
import type { LoggedRequest } from '../../core/prediction-streams.js';

export interface PredictionLogOptions {
  /** Rows of an endpoint that wait in memory at most; what comes beyond is dropped and counted. Default 20,000. */
  readonly capacity?: number;
  /** Characters of these rows, as JSON, at most. Default 64 million. */
  readonly capacityCharacters?: number;
  /** Requests that a stream keeps, about. Default 200,000. */
  readonly keep?: number;
  /** The stream of an endpoint, `predictionStream` by default. */
  readonly stream?: (project: string, endpoint: string) => string;
  /** Called with the number of rows that Redis has taken. */
  readonly onWritten?: (endpoint: string, rows: number) => void;
}

/** How the log of one endpoint stands, in rows. */
export interface LogFigures {
  readonly written: number;
  readonly waiting: number;
  readonly dropped: number;
}

/** A request as it is written. */
interface Line {
  readonly json: string;
  readonly rows: number;
}

interface Buffer {
  lines: Line[];
  waiting: number;
  characters: number;
  written: number;
  dropped: number;
  /** The batch on its way: sent again under the same name until Redis has said that it has it. */
  batch: { readonly id: string; readonly lines: readonly Line[] } | undefined;
  /** After a failure: not before this moment of `performance.now()`, and how long the wait was. */
  notBefore: number;
  retryMs: number;
}

/** Requests of one batch at most, and their characters, about. */
const BATCH = 500;
const BATCH_CHARACTERS = 4_000_000;
const FIRST_RETRY_MS = 100;
const LAST_RETRY_MS = 5000;
/** What comes meanwhile goes together. */
const LINGER_MS = 20;
/** For so long after its last batch, one that a server sends again writes nothing: longer than Redis should be away. */
const MARK_SECONDS = 30 * 86_400;

/**
 * Writes a batch whole, and once: a second time, the mark names it and nothing is written. A server has one batch of an
 * endpoint on its way at a time, so one mark is enough. The mark comes last: Redis takes nothing back of a script that
 * fails, and a mark without its rows would lose them.
 */
const WRITE = `if redis.call('GET', KEYS[2]) ~= ARGV[3] then
  for i = 4, #ARGV do redis.call('XADD', KEYS[1], 'MAXLEN', '~', ARGV[2], '*', 'p', ARGV[i]) end
  redis.call('SET', KEYS[2], ARGV[3], 'EX', ARGV[1])
end
return 1`;

/**
 * The log of what was asked and answered, on its way to a Redis stream for each endpoint, a batch of each in turn.
 * Nothing waits for Redis. When Redis is away or slow the buffers fill, then what comes is dropped and counted.
 */
export class PredictionLog {
  readonly #redis: Redis;
  readonly #project: string;
  /** By which its marks are told from those of other servers, and of this one before it was started again. */
  readonly #writer = randomUUID();
  readonly #options: Required<Omit<PredictionLogOptions, 'onWritten'>> & PredictionLogOptions;
  /** In the order of their turns. */
  readonly #buffers = new Map<string, Buffer>();
  #wake: (() => void) | undefined;
  #closed = false;
  #gaveUp = false;
  readonly #running: Promise<void>;

  constructor(redis: Redis, project: string, options: PredictionLogOptions = {}) {
    this.#project = project;
    // A connection of its own, which fails instead of queueing: this class does the waiting, and counts it.
    this.#redis = redis.duplicate({ enableOfflineQueue: false, maxRetriesPerRequest: 0, commandTimeout: 5000 });
    this.#redis.on('error', () => undefined);
    this.#redis.on('ready', () => this.#wake?.());
    this.#options = {
      capacity: 20_000,
      capacityCharacters: 64_000_000,
      keep: 200_000,
      stream: predictionStream,
      ...options,
    };
    this.#running = this.#run();
  }

  /** Takes a request for the log; false when it was dropped. */
  add(endpoint: string, request: LoggedRequest): boolean {
    return this.addText(endpoint, request.rows.length, JSON.stringify(request));
  }

  /** The same of a request that is written already, with the number of its rows. */
  addText(endpoint: string, rows: number, json: string): boolean {
    const buffer = this.#bufferOf(endpoint);
    const { capacity, capacityCharacters } = this.#options;
    const full = this.#closed || buffer.waiting + rows > capacity;
    if (full || buffer.characters + json.length > capacityCharacters) {
      buffer.dropped += rows;
      return false;
    }
    buffer.lines.push({ json, rows });
    buffer.waiting += rows;
    buffer.characters += json.length;
    this.#wake?.();
    return true;
  }

  figures(endpoint: string): LogFigures {
    const { written = 0, waiting = 0, dropped = 0 } = this.#buffers.get(endpoint) ?? {};
    return { written, waiting, dropped };
  }

  /** Writes what waits, if Redis takes it within a second; what does not arrive counts as dropped. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#wake?.();
    await Promise.race([this.#running, delay(1000)]);
    this.#gaveUp = true;
    this.#wake?.();
    for (const buffer of this.#buffers.values()) {
      buffer.dropped += buffer.waiting;
      buffer.waiting = 0;
    }
    this.#redis.disconnect();
  }

  #bufferOf(endpoint: string): Buffer {
    let buffer = this.#buffers.get(endpoint);
    if (!buffer) {
      const nothing = { lines: [], waiting: 0, characters: 0, written: 0, dropped: 0, batch: undefined };
      this.#buffers.set(endpoint, (buffer = { ...nothing, notBefore: 0, retryMs: 0 }));
    }
    return buffer;
  }

  async #run(): Promise<void> {
    while (!this.#gaveUp) {
      const due = [...this.#buffers].filter(([, { batch, lines }]) => batch !== undefined || lines.length > 0);
      if (due.length === 0 && this.#closed) return;
      const { status } = this.#redis;
      if (status === 'wait' && due.length > 0) void this.#redis.connect().catch(() => undefined);
      const now = performance.now();
      // Redis being away is nobody's failure: all wait for it, and go on in their order.
      const next = status === 'ready' ? due.find(([, { notBefore }]) => notBefore <= now) : undefined;
      if (next) {
        await this.#turn(...next);
        // Many requests in one batch cost Redis and this process less than each by itself.
        if (next[1].lines.length < BATCH && !this.#closed) await delay(LINGER_MS);
        // After its turn, not before: who came meanwhile goes first.
        this.#buffers.delete(next[0]);
        this.#buffers.set(...next);
      } else {
        const again = Math.min(...due.map(([, { notBefore }]) => notBefore));
        await this.#sleep(status === 'ready' ? Math.max(0, again - now) : Infinity);
      }
    }
  }

  /** Writes one batch of one endpoint, or notes when to try again. */
  async #turn(endpoint: string, buffer: Buffer): Promise<void> {
    buffer.batch ??= { id: randomUUID(), lines: buffer.lines.splice(0, batchLength(buffer.lines)) };
    const { lines } = buffer.batch;
    try {
      await this.#write(endpoint, buffer.batch);
    } catch {
      // Waits by itself: another endpoint's stream may take what this one does not.
      buffer.retryMs = Math.min(Math.max(FIRST_RETRY_MS, buffer.retryMs * 2), LAST_RETRY_MS);
      buffer.notBefore = performance.now() + buffer.retryMs;
      return;
    }
    // What close() has counted as dropped meanwhile is not counted twice.
    if (this.#gaveUp) return;
    const rows = lines.reduce((sum, line) => sum + line.rows, 0);
    Object.assign(buffer, { batch: undefined, notBefore: 0, retryMs: 0 });
    buffer.written += rows;
    buffer.waiting -= rows;
    buffer.characters -= lines.reduce((sum, { json }) => sum + json.length, 0);
    this.#options.onWritten?.(endpoint, rows);
  }

  /** Until something is added or the log is closed, or for so many milliseconds. */
  async #sleep(ms: number): Promise<void> {
    const timer = Number.isFinite(ms) ? setTimeout(() => this.#wake?.(), ms).unref() : undefined;
    await new Promise<void>((resolve) => (this.#wake = resolve));
    clearTimeout(timer);
    this.#wake = undefined;
  }

  async #write(endpoint: string, { id, lines }: NonNullable<Buffer['batch']>): Promise<void> {
    const stream = this.#options.stream(this.#project, endpoint);
    const keys = [stream, batchKey(stream, this.#writer)];
    const values = lines.map(({ json }) => json);
    await this.#redis.eval(WRITE, 2, ...keys, String(MARK_SECONDS), String(this.#options.keep), id, ...values);
  }
}

/** How many of the first lines make a batch. */
function batchLength(lines: readonly Line[]): number {
  let characters = 0;
  const most = lines.slice(0, BATCH).findIndex(({ json }) => (characters += json.length) > BATCH_CHARACTERS);
  return most < 0 ? BATCH : Math.max(1, most);
}

function delay(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms).unref());
}
