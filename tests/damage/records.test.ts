import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { countFailure } from '../../activities/run/failure-count.js';
import { engineActivities } from '../../activities/run/engine.js';
import { Reporter } from '../../activities/study/reporter.js';
import { listPlans, planBackfill, readBackfill, recordBackfill } from '../../client/backfill/plan.js';
import { listRunListings } from '../../client/run/run-list.js';
import { readRunView } from '../../client/run/run-view.js';
import { digestText } from '../../core/digest.js';
import { isTrainyardError, TrainyardError } from '@trainyard/errors';
import type { Ref } from '../../core/kinds.js';
import type { NodeTask } from '../../core/task.js';
import { noteCodes, notePipelines, readCode, readPipelines } from '../../client/provenance/codes.js';
import {
  Artifacts,
  collect,
  commit,
  createRecord,
  damagedIn,
  endRun,
  FileStore,
  keepPage,
  lastReach,
  listPages,
  listRuns,
  lookup,
  makersOf,
  noteNeed,
  openingsOf,
  pinnedRuns,
  pinRun,
  putDecided,
  putEnvironment,
  putGraph,
  putRecord,
  putStudy,
  readDecided,
  readEnvironment,
  readGraph,
  readRecord,
  readReports,
  readRun,
  readStudy,
  recordOpening,
  RECORDS,
  recordsOfRun,
  scrub,
  singleFlight,
  startRun,
  sweepBefore,
  usersOf,
  writeNodeRecord,
  writeReports,
  type RunStart,
  type Store,
  reach,
} from '../../store/index.js';
import { parseRecord } from '../../store/record.js';
import { kindOf } from '../../store/record-kinds.js';

const AT = '2026-01-01T00:00:00.000Z';
const KEY = digestText('key');
const start = (id: string): RunStart => ({
  format: 1,
  id,
  lineage: id,
  pipeline: 'p',
  params: { rows: 3 },
  seed: 0,
  cause: null,
  startedAt: AT,
});

let store: Store;
let ref: Ref;
let plan: string;
beforeEach(async () => {
  store = new FileStore(mkdtempSync(path.join(tmpdir(), 'trainyard-damaged-')));
  ref = await new Artifacts(store).write('json', { value: { score: 0.75 } });
  const node = { node: 'toy.a', key: KEY, outputs: { out: ref } };
  const graph = { call: 'n1', kind: 'node', scope: '', inputs: [], state: 'done', ...node };
  await startRun(store, start('r'));
  await startRun(store, { ...start('whole'), startedAt: '2026-01-02T00:00:00.000Z' });
  await endRun(store, 'r', { status: 'completed', endedAt: AT });
  const { startedAt: _, ...facts } = start('r');
  await putGraph(store, 'r', {
    ...facts,
    run: 'r',
    state: 'done',
    startedAt: Date.parse(AT),
    nodes: [graph],
  } as never);
  await putStudy(store, 'r', { run: 'r', trials: [] });
  await putEnvironment(store, 'r', { build: null, node: '20' });
  await putDecided(store, 'r', { key: KEY, outputs: { out: ref as never }, run: 'r', by: 'ann', why: 'known' });
  await commit(store, { format: 1, madeBy: 'r', ...node });
  await writeNodeRecord(store, {
    ...{ format: 1, run: 'r', lineage: 'r', pipeline: 'p', scope: '', version: '1', code: 'c', params: {} },
    ...{ inputs: { in: ref }, threads: 1, worker: 'w', device: '', pid: 1, attempt: 1, startedAt: AT, endedAt: AT },
    ...{ libraries: {}, ...node },
  });
  await writeReports(store, KEY, [[1, 0.5]]);
  await noteNeed(store, 'whole', { artifacts: [ref.digest] });
  await pinRun(store, 'whole');
  await keepPage(store, 'model/m', [1]);
  const opening = { artifact: ref.digest, key: KEY, run: 'r', node: 'toy.a', purpose: 'p', by: null, openedAt: AT };
  await recordOpening(store, opening);
  await createRecord(store, `reviews/${KEY}`, RECORDS.answers, ref);
  await putRecord(store, 'latest/p', RECORDS.latest, { run: 'r' });
  await putRecord(store, 'gc/sweep', RECORDS.sweep, { sweep: 3, removing: false, beat: 1 });
  await noteCodes(store, [
    { node: 'toy.a', hash: 'abcdef0123456789', parts: { files: [['a.ts', 'x']], packages: [] } },
  ]);
  const code = { hash: 'x', parts: { files: [['p.ts', 'x']], packages: [] } } as const;
  await notePipelines(store, 'abcdef0123456789', new Map([['p', code]]));
  plan = (await recordBackfill(store, planBackfill({ pipeline: 'p', param: 'rows', values: [1, 2] }, 'zoo'))).id;
  await putRecord(store, 'triggers/t/source', RECORDS.change, { sequence: 1, digest: null, stamp: 's' });
  await reach(store, reached);
  await countFailure(store, task(), new TrainyardError('TY-NODE-FAILED', { what: 'it failed' }));
});
afterEach(() => rmSync(store.name, { recursive: true, force: true }));

const reached = {
  ...{ project: 'trainyard-zoo', pipeline: 'p', source: KEY, place: 1 },
  ...{ format: 1 as const, watermark: { column: 'id', value: '3' }, run: 'r', lineage: 'r' },
};
const task = (): NodeTask => ({ key: KEY, run: { id: 'r' } }) as unknown as NodeTask;
const reporter = (): Reporter =>
  new Reporter(store, task(), async () => ({ stop: false }) as never, new AbortController().signal);

/** By kind: where one of its records lies, what reads it, and what is read when it is not there. */
const KINDS: Readonly<Record<string, readonly [key: () => string, ...readers: (() => Promise<unknown>)[]]>> = {
  start: [() => 'runs/r/start', () => readRun(store, 'r'), () => startRun(store, start('r'))],
  end: [() => 'runs/r/end', () => readRun(store, 'r'), () => endRun(store, 'r', { status: 'failed', endedAt: AT })],
  graph: [
    () => 'runs/r/graph',
    () => readGraph(store, 'r'),
    // What every run of the pipeline does first.
    () => engineActivities(store)['trainyard.begin'](start('next'), null),
    () => engineActivities(store)['trainyard.begin'](start('resumed'), 'r'),
  ],
  study: [
    () => 'runs/r/study',
    () => readStudy(store, 'r'),
    () => engineActivities(store)['trainyard.loadStudy']('r', 0),
  ],
  environment: [() => 'runs/r/environment', () => readEnvironment(store, 'r')],
  decided: [
    () => `runs/r/decided/${KEY}`,
    () => readDecided(store, 'r'),
    () => engineActivities(store)['trainyard.begin'](start('resumed'), 'r'),
  ],
  execution: [
    () => `lineage/r/toy.a~${KEY.slice(7, 23)}.1`,
    () => recordsOfRun(store, 'r'),
    () => makersOf(store, ref.digest),
    () => usersOf(store, ref.digest),
  ],
  result: [
    () => `cache/${KEY}`,
    () => lookup(store, [KEY]),
    () => commit(store, { format: 1, key: KEY, node: 'toy.a', outputs: { out: ref }, madeBy: 'next' }),
  ],
  reports: [() => `reports/${KEY}`, () => readReports(store, KEY), () => reporter().tellFormer()],
  need: [() => firstBelow('needs/whole'), () => noteNeed(store, 'whole', { artifacts: [ref.digest] })],
  pin: [() => 'kept/whole', () => pinnedRuns(store), () => pinRun(store, 'whole')],
  page: [() => firstBelow('pages/model=2fm'), () => listPages(store), () => keepPage(store, 'model/m', [1])],
  opening: [() => `opened/${ref.digest}/${KEY}`, () => openingsOf(store, ref.digest)],
  answers: [() => `reviews/${KEY}`, () => readRecord(store, `reviews/${KEY}`, RECORDS.answers)],
  latest: [() => 'latest/p', () => engineActivities(store)['trainyard.begin'](start('next'), null)],
  sweep: [() => 'gc/sweep', () => sweepBefore(store)],
  code: [() => 'codes/abcdef0123456789', () => readCode(store, 'abcdef0123456789')],
  pipelines: [() => 'codes/pipelines-abcdef0123456789', () => readPipelines(store, 'abcdef0123456789')],
  backfill: [() => `backfills/${plan}`, () => listPlans(store), () => readBackfill(store, plan)],
  change: [() => 'triggers/t/source', () => readRecord(store, 'triggers/t/source', RECORDS.change)],
  reach: [
    () => `reaches/trainyard-zoo/p/${KEY}/000000001`,
    () => lastReach(store, reached),
    () => reach(store, reached),
  ],
  failure: [
    () => `failures/${KEY}/r/1`,
    () => countFailure(store, task(), new TrainyardError('TY-NODE-FAILED', { what: 'again' })),
  ],
};

/** What reads all runs, or all records. */
const LISTS: readonly (() => Promise<unknown>)[] = [
  () => listRuns(store),
  () => listRunListings({ store, taskQueue: 'trainyard-zoo' }),
  () => readRunView({ store }, 'r'),
  () => readRunView({ store }, 'whole'),
  () => collecting(true),
  () => scrub(store, { dryRun: true }),
  () => collecting(false),
];

const collecting = (dryRun: boolean) =>
  collect(store, {
    ...{ olderThanMs: 0, graceMs: 0, now: Date.parse('2027-01-01'), dryRun },
    ...{ isOpen: async (run: string) => run === 'whole', isKnown: async () => true },
    ...{ others: async () => ({ named: null, runs: [] }) },
  });

const fileOf = (key: string): string => path.join(store.name, 'records', key);
let listed: string[] = [];
const firstBelow = (folder: string): string => listed.find((key) => key.startsWith(`${folder}/`)) as string;

const DAMAGES: Readonly<Record<string, (file: string) => void>> = {
  empty: (file) => writeFileSync(file, ''),
  'cut in half': (file) => writeFileSync(file, readFileSync(file).subarray(0, readFileSync(file).length / 2)),
  'one byte changed': (file) => {
    const bytes = readFileSync(file);
    const at = Math.floor(bytes.length / 3);
    bytes[at] = (bytes[at] ?? 0) ^ 1;
    writeFileSync(file, bytes);
  },
  'other JSON': (file) => writeFileSync(file, '{"other":true}'),
  'JSON that is no object': (file) => writeFileSync(file, '7'),
  'a folder in its place': (file) => {
    rmSync(file);
    mkdirSync(file);
  },
};

/** Ends within a second or two, in the words of the catalogue where it does not end well. */
async function endsInWords(read: () => Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise(
    (_, reject) => (timer = setTimeout(() => reject(new Error(`${String(read)} hangs`)), 20_000)),
  );
  try {
    await Promise.race([read(), late]);
  } catch (error) {
    if (!isTrainyardError(error)) throw error;
    expect(['TY-STORE-RECORD', 'TY-RUN-UNKNOWN']).toContain(error.code);
  } finally {
    clearTimeout(timer);
  }
}

it('every kind of record that the store keeps is tried here', () => {
  expect(Object.keys(KINDS)).toEqual(Object.keys(RECORDS));
});

describe.each(Object.keys(KINDS))('a damaged record of the kind %s', (name) => {
  it.each(Object.keys(DAMAGES))('%s: counts as not there, is named, and nothing hangs or crashes', async (how) => {
    listed = [];
    for await (const { key } of store.list('')) listed.push(key);
    const [keyOf, ...readers] = KINDS[name]!;
    const key = keyOf();
    expect(listed).toContain(key);
    const whole = readFileSync(fileOf(key));
    for (const read of [...LISTS.slice(0, -1), ...readers, ...LISTS.slice(-1)]) {
      rmSync(fileOf(key), { recursive: true, force: true });
      writeFileSync(fileOf(key), whole);
      DAMAGES[how]!(fileOf(key));
      await endsInWords(read);
    }
    rmSync(fileOf(key), { recursive: true, force: true });
    writeFileSync(fileOf(key), whole);
    DAMAGES[how]!(fileOf(key));
    expect(await readRecord(store, key, kindOf(key)!)).toBeNull();
    const named = damagedIn(store).find((one) => one.key === key)!.error;
    expect(named.message).toContain(fileOf(key));
    expect(named.message).toMatch(
      /is damaged, and counts as not there: [^;]+; [\s\S]+to do: [\s\S]+\[TY-STORE-RECORD\]$/,
    );
  });
});

it('a change of any one byte of a record is seen', async () => {
  for (const key of ['runs/r/start', `cache/${KEY}`, 'latest/p']) {
    const bytes = readFileSync(fileOf(key));
    expect(parseRecord(bytes.toString('utf8'), kindOf(key)!)).toMatchObject({ state: 'whole', checked: true });
    for (let at = 0; at < bytes.length; at++)
      for (const bit of [1, 2, 4, 128]) {
        const other = Buffer.from(bytes);
        other[at] = (other[at] ?? 0) ^ bit;
        expect(parseRecord(other.toString('utf8'), kindOf(key)!).state, `byte ${at} of ${key}`).toBe('damaged');
      }
  }
});

it('records of former versions, without a check, are read', async () => {
  const former: Record<string, unknown> = {
    'runs/r/start': start('r'),
    [`cache/${KEY}`]: { format: 1, key: KEY, node: 'toy.a', outputs: { out: ref }, madeBy: 'r' },
    'latest/p': 'r',
    [`reports/${KEY}`]: [[1, 0.5]],
  };
  for (const [key, value] of Object.entries(former)) writeFileSync(fileOf(key), JSON.stringify(value));
  expect((await readRun(store, 'r'))?.start).toEqual(start('r'));
  expect((await lookup(store, [KEY]))[0]?.outputs['out']).toEqual(ref);
  expect(await readRecord(store, 'latest/p', RECORDS.latest)).toEqual({ run: 'r' });
  expect(await readReports(store, KEY)).toEqual([[1, 0.5]]);
  expect(damagedIn(store)).toEqual([]);
});

it('lists show the runs that are whole beside a damaged one', async () => {
  writeFileSync(fileOf('runs/r/start'), '');
  expect((await listRunListings({ store, taskQueue: 'trainyard-zoo' })).runs.map(({ id }) => id)).toEqual(['whole']);
  expect(damagedIn(store).map(({ key, fault }) => [key, fault])).toEqual([['runs/r/start', 'it is empty']]);
});

it('a run whose graph is damaged is shown by the records of its nodes, and the next run finds its results', async () => {
  writeFileSync(fileOf('runs/r/graph'), '');
  const view = await readRunView({ store }, 'r');
  expect([view.source, view.graph.nodes.length]).toEqual(['records', 1]);
  expect((await engineActivities(store)['trainyard.begin'](start('next'), null)).rows).toEqual([]);
  expect((await lookup(store, [KEY]))[0]?.outputs['out']).toEqual(ref);
});

it('nothing is collected while a record of what is needed is damaged; a scrub mends the start of a run from its graph', async () => {
  const blobs = async (): Promise<number> => {
    let count = 0;
    for await (const _ of store.listBlobs()) count++;
    return count;
  };
  const before = await blobs();
  writeFileSync(fileOf('runs/r/start'), '{"format":1');
  await expect(collecting(false)).rejects.toThrow(
    /nothing is collected while 1 record .*runs\/r\/start[\s\S]*trainyard scrub/,
  );
  expect(await blobs()).toBe(before);
  expect((await scrub(store, { dryRun: true })).badRecords).toMatchObject([{ key: 'runs/r/start', mended: false }]);
  expect((await scrub(store)).badRecords).toMatchObject([{ key: 'runs/r/start', mended: true }]);
  expect((await readRun(store, 'r'))?.start).toEqual(start('r'));
  expect(await scrub(store)).toMatchObject({ bad: [], badRecords: [] });
});

it('a scrub takes damaged records out of use, and a value in a former result that its artifact does not have', async () => {
  const former = {
    format: 1,
    key: KEY,
    node: 'toy.a',
    outputs: { out: { ...ref, value: { score: 0.85 } } },
    madeBy: 'r',
  };
  writeFileSync(fileOf(`cache/${KEY}`), JSON.stringify(former));
  writeFileSync(fileOf('kept/whole'), 'x');
  const { badRecords, records } = await scrub(store);
  expect(records).toBeGreaterThan(15);
  expect(badRecords.map(({ key }) => key).sort()).toEqual([`cache/${KEY}`, 'kept/whole']);
  expect(await lookup(store, [KEY])).toEqual([null]);
  expect(await scrub(store)).toMatchObject({ badRecords: [] });
});

it('a result whose record is damaged is computed again, and found by all from then on', async () => {
  writeFileSync(fileOf(`cache/${KEY}`), readFileSync(fileOf(`cache/${KEY}`), 'utf8').replace('0.75', '0.85'));
  const again = { format: 1, key: KEY, node: 'toy.a', outputs: { out: ref }, madeBy: 'next' } as const;
  const flight = { found: async () => (await lookup(store, [KEY]))[0] ?? null, compute: () => commit(store, again) };
  expect(await singleFlight(store, KEY, flight)).toEqual({ value: again, found: false });
  expect(await lookup(store, [KEY])).toEqual([again]);
  // A scrub puts the whole one in the place of the damaged one.
  expect((await scrub(store)).badRecords).toMatchObject([{ key: `cache/${KEY}`, mended: true }]);
  expect(await lookup(store, [KEY])).toEqual([again]);
});

it('something in the place of a reservation ends the wait for it in words', async () => {
  mkdirSync(fileOf(`resv/${KEY}~1`), { recursive: true });
  await expect(singleFlight(store, KEY, { found: async () => null, compute: async () => 1 })).rejects.toThrow(
    /something that is no file stands in its place[\s\S]*TY-STORE-RECORD/,
  );
});
