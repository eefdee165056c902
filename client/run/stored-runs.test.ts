import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import type { GraphRecord } from '../../core/graph.js';
import type { Json } from '../../core/json.js';
import { endRun, FileStore, putGraph, startRun } from '../../store/index.js';
import { planBackfill, recordBackfill } from '../backfill/plan.js';
import { showBackfill } from '../backfill/backfill.js';
import { listRunListings } from './run-list.js';
import { readRunView } from './run-view.js';
import { studiesOf, studyNamed } from '../study/studies.js';

// What programs are told of runs without Temporal: from the store alone.

const folder = mkdtempSync(path.join(tmpdir(), 'trainyard-stored-runs-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let stores = 0;
const newStore = (): FileStore => new FileStore(path.join(folder, `store-${stores++}`));
const readerOf = (store: FileStore) => ({ store, temporal: undefined, taskQueue: 'trainyard-stored' });

const MINUTE = 60_000;
const iso = (minutes: number): string => new Date(1_700_000_000_000 + minutes * MINUTE).toISOString();

const startOf = (id: string, minutes: number, more: { pipeline?: string; lineage?: string } = {}) => ({
  ...{ format: 1 as const, id, lineage: id, pipeline: 'penguins', params: {}, seed: 0, cause: null },
  startedAt: iso(minutes),
  ...more,
});

const graphOf = (run: string, states: readonly GraphRecord['nodes'][number]['state'][]): GraphRecord => ({
  ...{ format: 1, run, pipeline: 'penguins', lineage: run, state: 'done', params: {}, cause: null, seed: 0 },
  startedAt: 1_700_000_000_000,
  nodes: states.map((state, at) => ({
    ...{ call: `n${at + 1}`, node: 'clean.head', kind: 'node', scope: '', inputs: [], state },
  })),
});

const STATES = { completed: 'done', failed: 'failed', cancelled: 'cancelled', terminated: 'terminated' } as const;
const run = fc.record({
  pipeline: fc.constantFrom('penguins', 'iris'),
  started: fc.nat(5),
  end: fc.option(
    fc.record({ status: fc.constantFrom(...(Object.keys(STATES) as (keyof typeof STATES)[])), after: fc.nat(90) }),
  ),
  nodes: fc.option(fc.array(fc.constantFrom('done' as const, 'found' as const, 'failed' as const), { maxLength: 4 })),
  isPart: fc.boolean(),
});

test('runs are listed from the store as they were recorded: the youngest first, by what is asked for', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(run, { minLength: 4, maxLength: 8 }),
      fc.record({
        limit: fc.integer({ min: 1, max: 10 }),
        pipeline: fc.option(fc.constantFrom('penguins', 'iris'), { nil: undefined }),
        state: fc.option(fc.constantFrom('done', 'failed', 'unknown', 'terminated'), { nil: undefined }),
        parts: fc.boolean(),
      }),
      async (runs, { limit, pipeline, state, parts }) => {
        const store = newStore();
        const expected = [];
        for (const [at, one] of runs.entries()) {
          const id = one.isPart ? `run-${at}/tune` : `run-${at}`;
          await startRun(store, startOf(id, one.started, { pipeline: one.pipeline }));
          if (one.end) await endRun(store, id, { status: one.end.status, endedAt: iso(one.started + one.end.after) });
          if (one.nodes) await putGraph(store, id, graphOf(id, one.nodes) as unknown as Json);
          const counts: Record<string, number> = {};
          for (const each of one.nodes ?? []) counts[each] = (counts[each] ?? 0) + 1;
          expected.push({
            ...{ id, pipeline: one.pipeline, startedAt: iso(one.started), cause: null },
            state: one.end ? STATES[one.end.status] : 'unknown',
            ...(one.end ? { endedAt: iso(one.started + one.end.after), ms: one.end.after * MINUTE } : {}),
            ...(one.nodes ? { nodes: counts } : {}),
          });
        }
        const asked = {
          ...{ limit, ...(parts ? { parts: true as const } : {}) },
          ...(pipeline === undefined ? {} : { pipeline }),
          ...(state === undefined ? {} : { state }),
        };
        const { runs: listed, temporalAnswers } = await listRunListings(readerOf(store), asked);
        expect(temporalAnswers).toBe(false);
        const chosen = expected
          .filter((one) => parts || !one.id.includes('/'))
          .filter((one) => pipeline === undefined || one.pipeline === pipeline)
          .filter((one) => state === undefined || one.state === state)
          .sort((a, b) => (`${a.startedAt} ${a.id}` < `${b.startedAt} ${b.id}` ? 1 : -1));
        expect(listed).toEqual(chosen.slice(0, limit));
      },
    ),
    { numRuns: 12 },
  );
});

test('a run is shown by the graph that it saved, else by what was recorded of it, and an unknown one is named', async () => {
  const store = newStore();
  const reader = readerOf(store);
  await startRun(store, startOf('saved', 0));
  await putGraph(store, 'saved', graphOf('saved', ['done', 'found']) as unknown as Json);
  await endRun(store, 'saved', { status: 'completed', endedAt: iso(1) });
  expect(await readRunView(reader, 'saved')).toMatchObject({
    ...{ source: 'saved', open: false, stale: undefined, graph: { state: 'done' } },
  });
  await startRun(store, startOf('cut', 0));
  await endRun(store, 'cut', { status: 'terminated', endedAt: iso(2), error: { code: 'TY-RUN-ENDED' } });
  expect(await readRunView(reader, 'cut')).toMatchObject({
    ...{ source: 'records', open: false },
    graph: { state: 'cancelled', nodes: [], endedAt: Date.parse(iso(2)), error: { code: 'TY-RUN-ENDED' } },
  });
  await startRun(store, startOf('going', 0));
  expect(await readRunView(reader, 'going')).toMatchObject({ open: true, graph: { state: 'running' } });
  for (const id of ['nothing', ''])
    await expect(readRunView(reader, id)).rejects.toMatchObject({ code: 'TY-RUN-UNKNOWN', where: { run: id } });
});

test('a study is meant by its name or by being the only one, and those there are are named otherwise', async () => {
  const store = newStore();
  const reader = readerOf(store);
  const withStudies = (id: string, names: readonly string[]): Promise<void> => {
    const graph = graphOf(
      id,
      names.map(() => 'done' as const),
    );
    const nodes = graph.nodes.map((node, at) => ({
      ...{ ...node, kind: 'child' as const, node: 'study', workflowId: `${id}/${names[at]}` },
    }));
    return putGraph(store, id, { ...graph, nodes } as unknown as Json);
  };
  await withStudies('one', ['tune']);
  await withStudies('two', ['tune', 'rank']);
  await withStudies('none', []);
  expect(await studiesOf(reader, 'two')).toEqual(['two/tune', 'two/rank']);
  expect(await studyNamed(reader, 'one')).toBe('one/tune');
  expect(await studyNamed(reader, 'two', 'rank')).toBe('two/rank');
  await expect(studyNamed(reader, 'two')).rejects.toThrow('run "two" has 2 studies: tune, rank; name one');
  await expect(studyNamed(reader, 'two', 'rang')).rejects.toThrow('did you mean "rank"?');
  await expect(studyNamed(reader, 'none')).rejects.toThrow('run "none" has no study');
});

test('a partition of a backfill stands as its run does, or as the one that resumed it: done once is done', async () => {
  const states = fc.constantFrom('completed' as const, 'failed' as const, 'cancelled' as const, null);
  await fc.assert(
    fc.asyncProperty(fc.array(fc.array(states, { maxLength: 3 }), { minLength: 1, maxLength: 4 }), async (lineages) => {
      const store = newStore();
      const ask = { pipeline: 'penguins', param: 'day', values: lineages.map((_, at) => at), id: 'days' };
      const plan = await recordBackfill(store, planBackfill(ask, 'stored'));
      for (const [at, ends] of lineages.entries()) {
        const first = plan.partitions[at]!.run;
        for (const [attempt, status] of ends.entries()) {
          const id = attempt === 0 ? first : `${first}-again-${attempt}`;
          await startRun(store, startOf(id, attempt, { lineage: first }));
          if (status) await endRun(store, id, { status, endedAt: iso(attempt + 1) });
        }
      }
      const { partitions } = await showBackfill(readerOf(store), 'days');
      const expected = lineages.map((ends, at) => {
        const { value, run: first } = plan.partitions[at]!;
        if (ends.length === 0) return { value, run: first, state: 'waiting' };
        // Of several that are done the youngest, as of all others.
        const done = ends.lastIndexOf('completed');
        const counts = done >= 0 ? done : ends.length - 1;
        const status = ends[counts];
        return {
          ...{ value, run: first, startedAt: iso(counts) },
          ...(counts === 0 ? {} : { resumedBy: `${first}-again-${counts}` }),
          ...(status ? { state: STATES[status], endedAt: iso(counts + 1) } : { state: 'running' }),
        };
      });
      expect(partitions).toEqual(expected);
    }),
    { numRuns: 12 },
  );
});
