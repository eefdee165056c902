import type { Redis } from 'ioredis';
import { TransientError } from '../core/errors/index.js';
import { outcomeKey } from '../workflows/monitor/streams.js';

/** Keys read at a time. */
const KEYS = 500;

/** Rows with the outcomes that are known by now. */
export async function withOutcomes<R extends { readonly id: string; readonly outcome: string | null }>(
  redis: Redis,
  endpoint: string,
  rows: readonly R[],
): Promise<R[]> {
  const keys = rows.map(({ id }) => {
    const at = id.lastIndexOf('#');
    return outcomeKey(endpoint, id.slice(0, at), Number(id.slice(at + 1)));
  });
  const outcomes: (string | null)[] = [];
  try {
    for (let from = 0; from < keys.length; from += KEYS)
      outcomes.push(...(await redis.mget(keys.slice(from, from + KEYS))));
  } catch (cause) {
    throw new TransientError('the outcomes could not be read from Redis', { cause });
  }
  return rows.map((row, i) => ({ ...row, outcome: outcomes[i] ?? row.outcome }));
}
