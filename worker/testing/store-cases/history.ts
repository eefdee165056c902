import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import type { Digest } from '../../../core/digest.js';
import {
  endRun,
  listRuns,
  makersOf,
  openingsOf,
  putGraph,
  readGraph,
  readRun,
  recordOpening,
  recordsOfRun,
  startRun,
  usersOf,
  writeNodeRecord,
  type NodeRecord,
  type RunStart,
} from '../../../store/index.js';
import type { StoreCase } from './case.js';

const digest = (text: string): Digest => `sha256-${createHash('sha256').update(text).digest('hex')}`;
const named = (text: string): { kind: string; digest: Digest; size: number } => ({
  kind: 'json',
  digest: digest(text),
  size: 1,
});

/** Run ids as people and schedules make them, some of which a naive encoding would mix up. */
const RUNS = [
  'penguins-1',
  'Penguins-1',
  'penguins=1',
  'penguins/1',
  'a~b',
  '..',
  'ä ö',
  `long/${'x'.repeat(300)}1`,
  `long/${'x'.repeat(300)}2`,
];

const run = (id: string, startedAt: string): RunStart => ({
  format: 1,
  id,
  lineage: id,
  pipeline: 'penguins',
  params: { trials: 3 },
  seed: 0,
  cause: { kind: 'person' },
  startedAt,
});

function record(parts: Partial<NodeRecord> & { node: string; run: string }): NodeRecord {
  return {
    format: 1,
    lineage: parts.run,
    pipeline: 'penguins',
    scope: '',
    version: '1',
    code: 'code',
    key: digest(`${parts.run} ${parts.node}`),
    params: {},
    inputs: {},
    outputs: {},
    threads: 1,
    worker: 'worker-1',
    device: 'cpu',
    pid: 1,
    attempt: 1,
    startedAt: '2026-01-01T00:00:00.000Z',
    endedAt: '2026-01-01T00:00:01.000Z',
    libraries: { node: '20.3.0' },
    ...parts,
  };
}

export const historyCases: readonly StoreCase[] = [
  {
    name: 'runs are kept by any id, start once, end once, and are listed the youngest first',
    async run({ store }) {
      for (const [index, id] of RUNS.entries())
        assert.equal(await startRun(store, run(id, `2026-01-01T00:00:0${index}.000Z`)), true, id);
      for (const id of RUNS) assert.equal((await readRun(store, id))?.start.id, id);
      assert.equal(await startRun(store, run(RUNS[0]!, '2026-02-01T00:00:00.000Z')), false);
      assert.equal(await readRun(store, 'unknown'), null);
      const end = { status: 'completed', endedAt: '2026-01-02T00:00:00.000Z' } as const;
      assert.deepEqual(await endRun(store, RUNS[1]!, end), end);
      assert.deepEqual(await endRun(store, RUNS[1]!, { ...end, status: 'failed' }), end);
      await putGraph(store, RUNS[1]!, { run: RUNS[1]!, nodes: [] });
      await putGraph(store, RUNS[1]!, { run: RUNS[1]!, nodes: [], state: 'done' });
      assert.deepEqual(await readGraph(store, RUNS[1]!), { run: RUNS[1]!, nodes: [], state: 'done' });
      assert.equal(await readGraph(store, RUNS[0]!), null);
      const listed = await listRuns(store);
      assert.deepEqual(
        listed.map(({ start }) => start.id),
        [...RUNS].reverse(),
      );
      assert.deepEqual(
        listed.filter((one) => one.end).map(({ start }) => start.id),
        [RUNS[1]],
      );
    },
  },
  {
    name: 'records answer what a run did, who used an artifact, and what made it',
    async run({ store }) {
      const raw = record({ run: 'Run/1', node: 'ingest.csv', outputs: { out: named('raw') } });
      const tidy = record({
        run: 'Run/1',
        node: 'clean.table',
        inputs: { table: named('raw') },
        outputs: { out: named('tidy') },
        endedAt: '2026-01-01T00:00:02.000Z',
      });
      const both = record({
        run: 'run/1',
        node: 'train.all',
        inputs: { tables: [named('raw'), named('tidy')], more: named('raw') },
        endedAt: '2026-01-01T00:00:03.000Z',
      });
      for (const one of [both, tidy, raw]) await writeNodeRecord(store, one);
      assert.deepEqual(await recordsOfRun(store, 'Run/1'), [raw, tidy]);
      assert.deepEqual(await recordsOfRun(store, 'run/1'), [both]);
      assert.deepEqual(await usersOf(store, digest('raw')), [tidy, both]);
      assert.deepEqual(await makersOf(store, digest('tidy')), [tidy]);
      assert.deepEqual(await usersOf(store, digest('unknown')), []);
    },
  },
  {
    name: 'an execution that is counted as the same attempt again gets a record of its own',
    async run({ store }) {
      const one = record({ run: 'r', node: 'toy.one', pid: 1 });
      const keys = [
        await writeNodeRecord(store, one),
        await writeNodeRecord(store, { ...one, pid: 2, endedAt: '2026-01-01T00:00:09.000Z' }),
      ];
      assert.equal(new Set(keys).size, 2);
      assert.deepEqual(
        (await recordsOfRun(store, 'r')).map(({ pid }) => pid),
        [1, 2],
      );
    },
  },
  {
    name: 'names of records stay short enough for every store, whatever the run and the node are called',
    async run({ store }) {
      const long = record({
        run: 'Ö'.repeat(400),
        node: `family.${'X'.repeat(200)}`,
        attempt: 12_345,
        inputs: { a: named('a') },
      });
      await writeNodeRecord(store, long);
      assert.deepEqual(await usersOf(store, digest('a')), [long]);
    },
  },
  {
    name: 'each call that opens a sealed test set is on the record, once',
    async run({ store }) {
      const opening = {
        artifact: digest('test set'),
        key: digest('call 1'),
        run: 'r1',
        node: 'evaluate.final',
        purpose: 'final evaluation',
        by: { kind: 'person' },
        openedAt: '2026-01-01T00:00:00.000Z',
      };
      assert.equal(await recordOpening(store, opening), true);
      assert.equal(await recordOpening(store, { ...opening, run: 'r2' }), false);
      const second = { ...opening, key: digest('call 2'), run: 'r3', openedAt: '2026-01-02T00:00:00.000Z' };
      assert.equal(await recordOpening(store, second), true);
      assert.deepEqual(await openingsOf(store, opening.artifact), [opening, second]);
      assert.deepEqual(await openingsOf(store, digest('never opened')), []);
    },
  },
];
