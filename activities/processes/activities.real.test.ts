import { mkdtempSync, rmSync } from 'node:fs';
import { mkdir, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { MockActivityEnvironment } from '@temporalio/testing';
import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { planBackfill, recordBackfill } from '../../client/backfill/plan.js';
import { digestText } from '../../core/digest.js';
import type { Json } from '../../core/json.js';
import { appended, folded, nextFold, pagedList, type PagedList } from '../../core/paged-list.js';
import { Artifacts, endRun, FileStore, startRun } from '../../store/index.js';
import type { Answer, ReviewAsked, ReviewOutcome } from '../../workflows/review/contract.js';
import { backfillActivities } from '../backfill/activities.js';
import { pageActivities } from './pages.js';
import { reviewActivities } from '../review/activities.js';
import { triggerActivities } from '../trigger/activities.js';

const folder = mkdtempSync(path.join(tmpdir(), 'trainyard-processes-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let stores = 0;
const newStore = (): FileStore => new FileStore(path.join(folder, `store-${stores++}`));

/** Runs an Activity as one of a Workflow. */
function as<A extends unknown[], R>(workflowId: string, act: (...args: A) => Promise<R>, ...args: A): Promise<R> {
  const environment = new MockActivityEnvironment({ workflowExecution: { workflowId, runId: 'r' } });
  return environment.run(act, ...args) as Promise<R>;
}

test('what a process keeps in pages is found by its key and read back, however often a page was asked for', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat(20), { minLength: 1, maxLength: 40 }), async (numbers) => {
      const store = newStore();
      const pages = pageActivities({ store });
      let list: PagedList<readonly [string, number]> = pagedList();
      for (const [at, key] of numbers.entries()) {
        list = appended(list, [`key ${key}`, at] as const);
        for (let fold; (fold = nextFold(list, 60));) {
          const page = await as('process', pages['trainyard.keepPage'], fold.items);
          // A reply that was lost.
          expect(await as('process', pages['trainyard.keepPage'], fold.items)).toBe(page);
          expect(await as('process', pages['trainyard.readPage'], page)).toEqual(fold.items);
          list = folded(list, fold, page);
        }
      }
      const paged = numbers.slice(0, numbers.length - list.open.length);
      for (const key of new Set(numbers)) {
        const found = await as('process', pages['trainyard.findInPages'], list.pages, `key ${key}`);
        const places = paged.flatMap((one, at) => (one === key ? [at] : []));
        if (places.length === 0) expect(found).toBeNull();
        else expect(places).toContain(found);
      }
      expect(await as('process', pages['trainyard.findInPages'], list.pages, 'nothing')).toBeNull();
    }),
    { numRuns: 8 },
  );
});

test('the pages of a backfill hold the partitions whose runs have not ended, each once and in order', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.constantFrom('waits', 'runs', 'ended'), { minLength: 1, maxLength: 130 }),
      async (states) => {
        const store = newStore();
        const values = states.map((_, at) => at);
        const ask = { pipeline: 'penguins', param: 'day', values, params: { seed: 3 }, id: 'days' };
        const plan = await recordBackfill(store, planBackfill(ask, 'acts'));
        for (const [at, state] of states.entries()) {
          const { run: id } = plan.partitions[at]!;
          const start = { format: 1 as const, id, lineage: id, pipeline: 'penguins', params: {}, seed: 0, cause: null };
          if (state !== 'waits') await startRun(store, { ...start, startedAt: new Date(0).toISOString() });
          if (state === 'ended') await endRun(store, id, { status: 'failed', endedAt: new Date(1).toISOString() });
        }
        const { 'trainyard.backfillPage': page } = backfillActivities({ client: undefined as never, store });
        const found: unknown[] = [];
        let from = 0;
        do {
          const { partitions, next } = await as('backfill', page, 'days', from);
          expect(await as('backfill', page, 'days', from)).toEqual({ partitions, next });
          expect(partitions.length).toBeLessThanOrEqual(50);
          found.push(...partitions);
          from = next;
        } while (from < states.length);
        expect(found).toEqual(
          plan.partitions.flatMap(({ run, value }, at) =>
            states[at] === 'ended' ? [] : [{ run, value, params: { seed: 3, day: value }, at }],
          ),
        );
      },
    ),
    { numRuns: 4 },
  );
});

test('a trigger finds what it noted of its source, and no other trigger or source does', async () => {
  const { 'trainyard.changeSeen': seen, 'trainyard.noteChange': note } = triggerActivities({ store: newStore() });
  const change = { sequence: 1, digest: digestText('a'), stamp: 's', run: 'run-1' };
  expect(await as('trigger/one', seen, 'data/*.csv')).toBeNull();
  await as('trigger/one', note, 'data/*.csv', change);
  await as('trigger/one', note, 'data/*.csv', { ...change, sequence: 2 });
  expect(await as('trigger/one', seen, 'data/*.csv')).toEqual({ ...change, sequence: 2 });
  expect(await as('trigger/one', seen, 'data/*.tsv')).toBeNull();
  expect(await as('trigger/two', seen, 'data/*.csv')).toBeNull();
});

test('a source is read with a heartbeat for what is read, not at all while it stands, and no further once it is cancelled', async () => {
  const data = path.join(folder, 'data');
  await mkdir(data);
  for (const name of ['a.csv', 'b.csv']) {
    await writeFile(path.join(data, name), `${name}\n`);
    await utimes(path.join(data, name), 1_700_000_000, 1_700_000_000);
  }
  const { 'trainyard.sourceState': look } = triggerActivities({ store: newStore() });
  const source = path.join(data, '*.csv');
  const environment = new MockActivityEnvironment();
  let beats = 0;
  environment.on('heartbeat', () => beats++);
  const state = (await environment.run(look, { source })) as Awaited<ReturnType<typeof look>>;
  expect(state).toMatchObject({ digest: expect.stringMatching(/^sha256-/) });
  expect(beats).toBe(2);
  const { digest, stamp } = state;
  expect(await environment.run(look, { source, former: { digest: digest!, stamp } })).toEqual(state);
  expect(beats).toBe(2);
  const cancelled = new MockActivityEnvironment();
  cancelled.cancel();
  await expect(cancelled.run(look, { source })).rejects.toThrow();
});

const asked = (name: string, more: Partial<ReviewAsked['args']> = {}, lineage = 'run-1'): ReviewAsked => ({
  args: {
    queue: { kind: 'json', digest: digestText(name), size: 1 },
    ...{ items: 3, label: 'species', labels: ['a', 'b'], reviewers: 1, guideline: '', byDefault: 'keep' },
    ...{ leaseMs: 1000, askAgain: false, ...more },
  },
  run: { id: lineage, lineage, pipeline: 'penguins', seed: 0, cause: null },
  ...{ name: 'labels', scope: 'labels' },
});

const outcomeOf = (input: ReviewAsked, closed: ReviewOutcome['closed'], answers: PagedList<Answer>): ReviewOutcome => ({
  ...{ input, startedAt: 0, closedAt: 1, closed, answers, people: [], pairs: 0, equalPairs: 0 },
  finals: [{ item: 0, label: 'a', how: 'agreed' }],
});

const answer = (at: number): Answer => ({
  ...{ item: at % 3, label: at % 2 === 0 ? 'a' : 'b', reviewer: 'ann', ms: at, requestId: `r${at}`, at },
  ...(at % 4 === 0 ? { note: `note ${at}` } : {}),
});

test('a complete review is found again by whoever asks the same, and one that its deadline closed by nobody', async () => {
  const store = newStore();
  const review = reviewActivities({ store });
  const find = (input: ReviewAsked) => as(`${input.run.id}/labels`, review['trainyard.findReview'], input);
  const write = (outcome: ReviewOutcome) => as('run-1/labels', review['trainyard.writeReview'], outcome);
  const late = asked('late');
  await write(outcomeOf(late, 'deadline', pagedList([answer(1)])));
  expect(await find(late)).toBeNull();
  const done = asked('done');
  const ref = await write(outcomeOf(done, 'complete', pagedList([answer(1)])));
  expect(await find(done)).toEqual(ref);
  expect(await find(asked('done', {}, 'run-2'))).toEqual(ref);
  for (const other of [{ label: 'sex' }, { reviewers: 2 }, { guideline: 'look twice' }, { askAgain: true }])
    expect(await find(asked('done', other))).toBeNull();
  // An equal one that was slower takes what the first gave.
  expect(await write(outcomeOf(done, 'complete', pagedList([answer(2)])))).toEqual(ref);
  const own = asked('done', { askAgain: true });
  await write(outcomeOf(own, 'complete', pagedList([answer(3)])));
  expect(await find(own)).not.toBeNull();
  expect(await find(asked('done', { askAgain: true }, 'run-2'))).toBeNull();
});

test('answers in pages are read in their order, as many as may travel, and written whole with the newest', async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 1_200 }), fc.constantFrom(3_000, 30_000), async (count, bytes) => {
      const store = newStore();
      const review = reviewActivities({ store });
      const { 'trainyard.keepPage': keep } = pageActivities({ store });
      const all = Array.from({ length: count }, (_, at) => answer(at));
      let list: PagedList<Answer> = pagedList(all);
      for (let fold; (fold = nextFold(list, bytes));) list = folded(list, fold, await as('review', keep, fold.items));
      const paged = all.slice(0, count - list.open.length);
      const rows: unknown[] = [];
      while (rows.length < paged.length) {
        const read = await as('review', review['trainyard.readAnswers'], list.pages, rows.length);
        expect(read.length).toBeGreaterThan(0);
        rows.push(...read);
      }
      expect(rows).toEqual(
        paged.map(({ item, label, reviewer, ms, requestId }) => [item, label, reviewer, ms, requestId]),
      );
      const ref = await as('review', review['trainyard.writeReview'], outcomeOf(asked(`${count}`), 'complete', list));
      const file = await (await new Artifacts(store).open(ref)).text('answers.json');
      expect((JSON.parse(file) as { all: Json }).all).toEqual(all);
    }),
    { numRuns: 4 },
  );
});
