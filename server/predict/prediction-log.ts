import { randomUUID } from 'node:crypto';
import type { Redis } from 'ioredis';
import { batchKey, predictionStream, type LoggedRequest } from '../../workflows/monitor/streams.js';

export interface PredictionLogOptions {
  /** Rows that wait in memory at most; what comes beyond is dropped and counted. Default 20,000. */
  readonly capacity?: number;
  /** Requests that a stream keeps, about. Default 200,000. */
  readonly keep?: number;
  /** Called with the number of rows that Redis has taken. */
  readonly onWritten?: (endpoint: string, rows: number) => void;
}

/** How the log of one endpoint stands, in rows. */
export interface LogFigures {
  readonly written: number;
  readonly waiting: number;
  readonly dropped: number;
}

interface Buffer {
  requests: LoggedRequest[];
  waiting: number;
  written: number;
  dropped: number;
  /** The batch on its way: sent again under the same name until Redis has said that it has it. */
  batch: { readonly id: string; readonly requests: readonly LoggedRequest[] } | undefined;
}

const BATCH = 500;
const FIRST_RETRY_MS = 100;
const LAST_RETRY_MS = 5000;
/** Longer than any retry may take: for so long, a batch sent again writes nothing. */
const BATCH_SECONDS = 3600;

/** Writes a batch whole, and once: a second time, the mark is there and nothing is written. */
const WRITE = `if redis.call('SET', KEYS[2], '1', 'NX', 'EX', ARGV[1]) then
  for i = 3, #ARGV do redis.call('XADD', KEYS[1], 'MAXLEN', '~', ARGV[2], '*', 'p', ARGV[i]) end
end
return 1`;

/**
 * The log of what was asked and answered, on its way to a Redis stream. Adding costs a push onto a list; nothing waits
 * for Redis. When Redis is away or slow the buffer fills, then what comes is dropped and counted.
 */
export class PredictionLog {
  readonly #redis: Redis;
  readonly #options: Required<Pick<PredictionLogOptions, 'capacity' | 'keep'>> & PredictionLogOptions;
  readonly #buffers = new Map<string, Buffer>();
  #wake: (() => void) | undefined;
  #closed = false;
  #gaveUp = false;
  readonly #running: Promise<void>;

  constructor(redis: Redis, options: PredictionLogOptions = {}) {
    // A connection of its own, which fails instead of queueing: this class does the waiting, and counts it.
    this.#redis = redis.duplicate({ enableOfflineQueue: false, maxRetriesPerRequest: 0, commandTimeout: 5000 });
    this.#redis.on('error', () => undefined);
    this.#options = { capacity: 20_000, keep: 200_000, ...options };
    this.#running = this.#run();
  }

  /** Takes a request for the log; false when it was dropped. */
  add(endpoint: string, request: LoggedRequest): boolean {
    let buffer = this.#buffers.get(endpoint);
    if (!buffer) {
      buffer = { requests: [], waiting: 0, written: 0, dropped: 0, batch: undefined };
      this.#buffers.set(endpoint, buffer);
    }
    const rows = request.rows.length;
    if (this.#closed || buffer.waiting + rows > this.#options.capacity) {
      buffer.dropped += rows;
      return false;
    }
    buffer.requests.push(request);
    buffer.waiting += rows;
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
    for (const buffer of this.#buffers.values()) {
      buffer.dropped += buffer.waiting;
      buffer.waiting = 0;
    }
    this.#redis.disconnect();
  }

  async #run(): Promise<void> {
    let retryMs = FIRST_RETRY_MS;
    for (;;) {
      const due = [...this.#buffers].find(([, buffer]) => buffer.batch !== undefined || buffer.requests.length > 0);
      if (!due) {
        if (this.#closed) return;
        await new Promise<void>((resolve) => (this.#wake = resolve));
        this.#wake = undefined;
        continue;
      }
      const [endpoint, buffer] = due;
      if (this.#gaveUp) return;
      buffer.batch ??= { id: randomUUID(), requests: buffer.requests.splice(0, BATCH) };
      try {
        await this.#write(endpoint, buffer.batch);
      } catch {
        await delay(retryMs);
        if (this.#gaveUp) return;
        retryMs = Math.min(retryMs * 2, LAST_RETRY_MS);
        // Another endpoint's stream may take what this one does not.
        this.#buffers.delete(endpoint);
        this.#buffers.set(endpoint, buffer);
        continue;
      }
      retryMs = FIRST_RETRY_MS;
      const rows = buffer.batch.requests.reduce((sum, request) => sum + request.rows.length, 0);
      buffer.batch = undefined;
      buffer.written += rows;
      buffer.waiting -= rows;
      this.#options.onWritten?.(endpoint, rows);
    }
  }

  async #write(endpoint: string, batch: NonNullable<Buffer['batch']>): Promise<void> {
    const lines = batch.requests.map((request) => JSON.stringify(request));
    const keys = [predictionStream(endpoint), batchKey(endpoint, batch.id)];
    await this.#redis.eval(WRITE, 2, ...keys, String(BATCH_SECONDS), String(this.#options.keep), ...lines);
  }
}

function delay(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms).unref());
}
