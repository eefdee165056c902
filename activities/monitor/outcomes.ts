import { TransientError } from '@trainyard/errors';
import { formerOutcomeKey, outcomeKey } from '../../core/ids.js';
import type { MonitorDesk } from './desk.js';

/** Keys read at a time. */
const KEYS = 500;

/** Rows with the outcomes that are known by now. */
export async function withOutcomes<R extends { readonly id: string; readonly outcome: string | null }>(
  { redis, project, isFormer }: Pick<MonitorDesk, 'redis' | 'project' | 'isFormer'>,
  endpoint: string,
  rows: readonly R[],
): Promise<R[]> {
  const read = async (keyOf: (requestId: string, row: number) => string): Promise<(string | null)[]> => {
    const keys = rows.map(({ id }) => {
      const at = id.lastIndexOf('#');
      return keyOf(id.slice(0, at), Number(id.slice(at + 1)));
    });
    const found: (string | null)[] = [];
    for (let from = 0; from < keys.length; from += KEYS)
      found.push(...(await redis.mget(keys.slice(from, from + KEYS))));
    return found;
  };
  try {
    const outcomes = await read((id, row) => outcomeKey(project, endpoint, id, row));
    const former = isFormer ? await read((id, row) => formerOutcomeKey(endpoint, id, row)) : [];
    return rows.map((row, i) => ({ ...row, outcome: outcomes[i] ?? former[i] ?? row.outcome }));
  } catch (cause) {
    throw new TransientError('the outcomes could not be read from Redis', { cause });
  }
}
