import type { Redis } from 'ioredis';
import { armCountsKey } from '../../core/ids.js';
import { latencyBucket } from '../../core/latency-buckets.js';

/** Counts go to Redis this often, in milliseconds. */
const EVERY_MS = 500;
/** How long those of a plan are kept. */
const KEEP_SECONDS = 30 * 86_400;
/** Figures that wait at most while Redis is away: those of newer plans are left out then. */
const MOST_WAITING = 10_000;

/**
 * What arms of traffic plans did, added up over all servers in a small hash in Redis for each plan: `ARM:requests`, `ARM:errors`,
 * `ARM:dropped`, and requests by time, `ARM:ms:BUCKET`. Nothing waits for Redis.
 */
export class ArmCounts {
  readonly #redis: Redis | undefined;
  readonly #project: string;
  /** By key and field. */
  #waiting = new Map<string, Map<string, number>>();
  #size = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(redis: Redis | undefined, project: string) {
    this.#project = project;
    this.#redis = redis;
  }

  add(endpoint: string, plan: number, arm: string, ms: number, failed: boolean): void {
    const key = armCountsKey(this.#project, endpoint, plan);
    this.#put(key, `${arm}:requests`, 1);
    if (failed) this.#put(key, `${arm}:errors`, 1);
    else this.#put(key, `${arm}:ms:${latencyBucket(ms)}`, 1);
  }

  dropped(endpoint: string, plan: number, arm: string): void {
    this.#put(armCountsKey(this.#project, endpoint, plan), `${arm}:dropped`, 1);
  }

  /** Sends what waits, where Redis is there. */
  async close(): Promise<void> {
    clearTimeout(this.#timer);
    await Promise.race([this.#flush(), new Promise((resolve) => setTimeout(resolve, 1000).unref())]);
  }

  #put(key: string, field: string, by: number): void {
    if (!this.#redis) return;
    let fields = this.#waiting.get(key);
    if (!fields) this.#waiting.set(key, (fields = new Map()));
    const before = fields.get(field);
    if (before === undefined && ++this.#size > MOST_WAITING) return;
    fields.set(field, (before ?? 0) + by);
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      void this.#flush();
    }, EVERY_MS).unref();
  }

  async #flush(): Promise<void> {
    const redis = this.#redis;
    if (!redis || this.#waiting.size === 0) return;
    const sent = this.#waiting;
    this.#waiting = new Map();
    this.#size = 0;
    for (const [key, fields] of sent)
      try {
        if (redis.status !== 'ready') throw new Error('Redis is away');
        const batch = redis.multi();
        for (const [field, by] of fields) batch.hincrby(key, field, by);
        await batch.expire(key, KEEP_SECONDS).exec();
      } catch {
        // Counted again with what comes next; a reply that was lost on its way counts twice.
        for (const [field, by] of fields) this.#put(key, field, by);
      }
  }
}
