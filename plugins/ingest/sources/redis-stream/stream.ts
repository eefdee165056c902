import type { Redis } from 'ioredis';
import { UserError } from '../../../../core/index.js';

/** What a stream says of itself at one moment (XINFO STREAM). */
export interface StreamFacts {
  readonly lastId: string;
  /** Entries that were ever added, those that are gone included. Undefined before Redis 7. */
  readonly added: number | undefined;
  readonly length: number;
}

/** An entry: its id and its fields, as bytes. */
export interface Entry {
  readonly id: string;
  readonly fields: readonly Buffer[];
}

/** What a stream is now; undefined where there is none. Throws a UserError where the key holds something else. */
export async function factsOf(redis: Redis, stream: string): Promise<StreamFacts | undefined> {
  const type = await redis.type(stream);
  if (type === 'none') return undefined;
  if (type !== 'stream') {
    throw new UserError(`the key "${stream}" in Redis is no stream`, {
      where: { field: 'stream' },
      expected: 'a stream',
      actual: type,
    });
  }
  const told = (await redis.call('XINFO', 'STREAM', stream)) as unknown[];
  const facts = new Map(Array.from({ length: told.length / 2 }, (_, i) => [String(told[2 * i]), told[2 * i + 1]]));
  const added = facts.get('entries-added');
  return {
    lastId: String(facts.get('last-generated-id')),
    added: added === undefined ? undefined : Number(added),
    length: Number(facts.get('length')),
  };
}

/** Entries that are fetched at once. */
const FETCHED = 1000;

/** Entries after one id and up to another, in their order, some at a time. */
export async function* entriesOf(
  redis: Redis,
  stream: string,
  after: string | undefined,
  to: string,
): AsyncGenerator<Entry[]> {
  for (let from = after === undefined ? '-' : `(${after}`; ;) {
    const found = await redis.xrangeBuffer(stream, from, to, 'COUNT', FETCHED);
    const entries = found.map(([id, fields]) => ({ id: id.toString(), fields }));
    if (entries.length > 0) yield entries;
    if (entries.length < FETCHED) return;
    from = `(${entries.at(-1)!.id}`;
  }
}

/** Which of two ids is the earlier: below 0, 0 or above, as `sort` takes it. */
export function compareIds(one: string, other: string): number {
  const [a, b] = [one, other].map((id) => id.split('-').map(BigInt) as [bigint, bigint]) as [
    [bigint, bigint],
    [bigint, bigint],
  ];
  if (a[0] !== b[0]) return a[0] < b[0] ? -1 : 1;
  return a[1] === b[1] ? 0 : a[1] < b[1] ? -1 : 1;
}
