import type { Redis } from 'ioredis';
import { armCountsKey } from '../../core/ids.js';
import { latencyQuantile } from '../../core/latency-buckets.js';
import { projectOfQueue } from '../../core/queues.js';

/** What an arm of a traffic plan did, over all servers. */
export interface ArmFigures {
  readonly arm: string;
  /** Requests that it answered or failed. */
  readonly requests: number;
  readonly errors: number;
  /** Requests that a shadow was not asked, since it was behind. */
  readonly dropped: number;
  /** Answered requests by time: `latencyBucket`. */
  readonly times: ReadonlyMap<number, number>;
  /** Milliseconds, at most a tenth too high; null where nothing was answered. */
  readonly p50: number | null;
  readonly p95: number | null;
}

/** What the arms of a plan, known by its number, did so far: servers tell it every half second. */
export async function armFigures(
  { redis, taskQueue }: { readonly redis: Redis; readonly taskQueue: string },
  model: string,
  plan: number,
): Promise<ArmFigures[]> {
  const counts = await redis.hgetall(armCountsKey(projectOfQueue(taskQueue), model, plan));
  const arms = [...new Set(Object.keys(counts).map((field) => field.slice(0, field.indexOf(':'))))].sort();
  return arms.map((arm) => {
    const count = (what: string): number => Number(counts[`${arm}:${what}`] ?? 0);
    const start = `${arm}:ms:`;
    const times = new Map(
      Object.entries(counts).flatMap(([field, value]): [number, number][] =>
        field.startsWith(start) ? [[Number(field.slice(start.length)), Number(value)]] : [],
      ),
    );
    return {
      arm,
      ...{ requests: count('requests'), errors: count('errors'), dropped: count('dropped'), times },
      p50: latencyQuantile(times, 0.5) ?? null,
      p95: latencyQuantile(times, 0.95) ?? null,
    };
  });
}
