import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { canonical } from '../../core/json.js';
import { FileStore, type Store } from '../../store/index.js';
import { planBackfill, readBackfill, recordBackfill } from './plan.js';

let store: Store;
beforeAll(() => {
  store = new FileStore(mkdtempSync(path.join(tmpdir(), 'trainyard-backfill-')));
});
afterAll(() => rmSync(store.name, { recursive: true, force: true }));

const plan = (values: (string | number | boolean | null)[]) =>
  planBackfill({ pipeline: 'p', param: 'x', values, id: 'b' }, 'zoo');
const runsOf = (values: (string | number | boolean | null)[]): string[] =>
  plan(values).partitions.map(({ run }) => run);

it('1 and "1" are two partitions with two runs, in whatever order', () => {
  const runs = runsOf([1, '1', true, 'true', 'null', null]);
  expect(new Set(runs).size).toBe(6);
  expect(runsOf(['1', 1])).toEqual([runs[1], runs[0]]);
});

it('the runs of equal backfills in two projects have two ids, which show the value', () => {
  const [ours, theirs] = ['zoo', 'park'].map((project) =>
    planBackfill({ pipeline: 'p', param: 'x', values: ['2013-01', 'a b'], id: 'b' }, project).partitions.map(
      ({ run }) => run,
    ),
  );
  expect(new Set([...(ours ?? []), ...(theirs ?? [])]).size).toBe(4);
  expect(ours?.map((run) => run.slice(0, -9))).toEqual(['p-b-2013-01', 'p-b-a-b']);
});

it('a plan of a former release keeps the ids of its runs; one run for two values becomes two', async () => {
  const now = plan([1, '1', '2']);
  const former = now.partitions.map(({ value }) => ({ value, run: `p-b-${String(value)}` }));
  const createdAt = '2026-01-01T00:00:00.000Z';
  await store.create('backfills/b', Buffer.from(canonical({ ...now, partitions: former, createdAt })));
  const kept = [{ value: 1, run: now.partitions[0]?.run }, former[1], former[2]];
  for (let again = 0; again < 2; again++)
    expect(await recordBackfill(store, now)).toEqual({ ...now, partitions: kept, createdAt });
  expect((await readBackfill(store, 'b')).partitions.map(({ run }) => run)).toEqual([
    now.partitions[0]?.run,
    'p-b-1',
    'p-b-2',
  ]);
  await expect(recordBackfill(store, plan([1, '1', '3']))).rejects.toThrow('there is another backfill "b"');
});
