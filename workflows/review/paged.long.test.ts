import { setTimeout as sleep } from 'node:timers/promises';
import type { WorkflowHandle } from '@temporalio/client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { listReviews, ReviewDesk, reviewState } from '../../client/review/reviews.js';
import type { AnswersFile } from '../../plugins/labels/review-result.js';
import { digestText } from '../../core/digest.js';
import { isTrainyardError } from '@trainyard/errors';
import { jsonBytes } from '../../core/paging.js';
import type { JsonKind, Ref } from '../../core/kinds.js';
import { Artifacts, collect, type Store } from '../../store/index.js';
import { Stage } from '../../tests/processes/stage.js';
import type { AnswerRequest, ReviewInput, ReviewSpec } from './contract.js';
import { PlainReview } from './plain-review.test-part.js';

let stage: Stage;
beforeAll(async () => {
  stage = await Stage.start(new URL('../../tests/bundles/review.ts', import.meta.url));
});
afterAll(() => stage?.[Symbol.asyncDispose]());

const LABELS = ['Adelie', 'Chinstrap', 'Gentoo'];
const specOf = (name: string, items: number, more: Partial<ReviewSpec>): ReviewSpec => ({
  queue: { kind: 'json', digest: digestText(name), size: 1 },
  items,
  label: 'species',
  labels: LABELS,
  reviewers: 1,
  guideline: '',
  byDefault: 'keep',
  leaseMs: 600_000,
  askAgain: false,
  ...more,
});

async function begin(name: string, items: number, more: Partial<ReviewSpec> = {}, test: Partial<ReviewInput> = {}) {
  const args = specOf(name, items, more);
  const run = { id: `run-${name}`, lineage: `run-${name}`, pipeline: 'penguins', seed: 0, cause: null };
  const handle = await stage.temporal.workflow.start('label-review', {
    workflowId: `${run.id}/labels`,
    taskQueue: name,
    args: [{ args, run, name: 'labels', scope: 'labels', ...test } satisfies ReviewInput],
  });
  return { spec: args, handle, id: handle.workflowId, desk: new ReviewDesk({ temporal: stage.temporal }) };
}

async function answersOf(store: Store, ref: unknown): Promise<AnswersFile> {
  const artifact = await new Artifacts(store).open(ref as Ref<JsonKind>);
  return JSON.parse(await artifact.text('answers.json')) as AnswersFile;
}

/** What one of these people says: mostly the same, sometimes not. */
const saidBy = (person: number, item: number): string =>
  LABELS[(item + ((item * 7 + person * 13) % 11 === 0 ? 1 : 0)) % LABELS.length]!;

const given = (item: number, label: string, reviewer: string, more: Partial<AnswerRequest> = {}) => ({
  ...{ item, label, reviewer, ms: 500 + ((item * 37) % 900), requestId: `${reviewer}-${item}` },
  hold: 1,
  ...more,
});

/** Answers all that a person is given, `hold` at a time and at once, until nothing is left for that person. */
async function work(desk: ReviewDesk, id: string, person: number, hold = 20): Promise<void> {
  const reviewer = `person ${person}`;
  for (;;) {
    const { held, settled, items } = await desk.next(id, { reviewer, hold });
    if (held.length === 0 || settled === items) return;
    await Promise.all(
      held.map((item) => {
        const note = item % 5 === 0 ? `row ${item}: ${'the bill is short; '.repeat(item % 20)}` : undefined;
        return desk.answer(id, given(item, saidBy(person, item), reviewer, note === undefined ? {} : { note }));
      }),
    );
  }
}

/** Throws all but that a review is closed, and that others were faster. */
function closed(error: unknown): void {
  if (!isTrainyardError(error) || !['TY-REVIEW-UNKNOWN', 'TY-REVIEW-ANSWER'].includes(error.code)) throw error;
}

/** Bytes that each run of a review handed to the next. */
async function carriedBytes(id: string, first: string): Promise<number[]> {
  const found: number[] = [];
  for (let runId: string | null | undefined = first; runId;) {
    const history: Awaited<ReturnType<WorkflowHandle['fetchHistory']>> = await stage.temporal.workflow
      .getHandle(id, runId)
      .fetchHistory();
    const ended = history.events?.at(-1)?.workflowExecutionContinuedAsNewEventAttributes;
    for (const { data } of ended?.input?.payloads ?? []) found.push(data?.length ?? 0);
    runId = ended?.newExecutionRunId;
  }
  return found;
}

test('20,000 answers of several people with notes did not fit into what a review carries on', async () => {
  const store = stage.store('many');
  await stage.work('many', store);
  const { spec, handle, id, desk } = await begin('many', 10_000, { reviewers: 2 }, { continueAfter: 300 });
  const first = (await handle.describe()).runId;
  let done = false;
  const people = Array.from({ length: 8 }, async (_, person) => {
    for (; !done; await sleep(200)) await work(desk, id, person).catch(closed);
  });
  const file = await answersOf(store, await handle.result());
  done = true;
  await Promise.all(people);

  const carried = await carriedBytes(id, first);
  expect(carried.length).toBeGreaterThan(1);
  expect(Math.max(...carried)).toBeLessThan(60_000);
  expect(file.all.length).toBeGreaterThan(20_000);
  expect(jsonBytes(file.all)).toBeGreaterThan(2_000_000);
  expect(new Set(file.all.map(({ requestId }) => requestId)).size).toBe(file.all.length);
  for (const { item, reviewer, label } of file.all) expect(label).toBe(saidBy(Number(reviewer.split(' ')[1]), item));
  const plain = new PlainReview(spec);
  for (const answer of file.all) plain.enter(answer);
  const { people: states, pairs, equalPairs } = file;
  expect({ people: states, pairs, equalPairs }).toEqual(plain.figures());
  expect(file.finals.filter(({ how }) => how !== 'unanswered')).toHaveLength(10_000);
}, 600_000);

test('a review that has nearly all answers in the store judges as if it had them with it', async () => {
  const store = stage.store('few');
  // Nothing is cached: each step replays all before it.
  await stage.work('few', store, { cached: false });
  const { spec, handle, id, desk } = await begin('few', 30, { reviewers: 2 }, { continueAfter: 60, pageBytes: 300 });
  const first = (await handle.describe()).runId;
  const access = { temporal: stage.temporal, taskQueue: 'few' };
  for (let item = 0; item < 20; item++)
    for (const reviewer of ['ann', 'bob']) await desk.answer(id, given(item, LABELS[0]!, reviewer));
  const before = await reviewState(access, id, 'ann');
  expect(before).toMatchObject({ open: true, answers: 40, settled: 20, mine: 20, pairs: 20, equalPairs: 20 });

  // Sent again, an answer counts once, and another one under its id is refused.
  expect(await desk.answer(id, given(1, LABELS[0]!, 'ann'))).toMatchObject({ settled: 20, mine: 20 });
  await expect(desk.answer(id, given(1, LABELS[1]!, 'ann'))).rejects.toMatchObject({ where: { field: 'requestId' } });
  const anew = given(2, LABELS[1]!, 'ann', { requestId: 'anew' });
  await expect(desk.answer(id, anew)).rejects.toMatchObject({ expected: expect.stringContaining('ann-2') });
  expect(await reviewState(access, id, 'ann')).toEqual(before);
  // A correction wins over what a page holds.
  await desk.answer(id, { ...anew, revises: 'ann-2' });
  expect(await reviewState(access, id, 'ann')).toMatchObject({ answers: 41, settled: 19, pairs: 20, equalPairs: 19 });
  expect(await desk.answer(id, { ...anew, revises: 'ann-2' })).toMatchObject({ settled: 19 });
  const listed = async () => (await listReviews(access)).filter((one) => one.id === id);
  await expect.poll(listed).toMatchObject([{ name: 'labels', items: 30, open: true }]);

  // A collector takes nothing that an open review needs.
  const blobs = async (): Promise<string[]> => {
    const found: string[] = [];
    for await (const { digest } of store.listBlobs()) found.push(digest);
    return found.sort();
  };
  const pages = await blobs();
  const garbage = await store.putBlob(Buffer.from('nobody needs this'));
  await collect(store, {
    ...{
      olderThanMs: 0,
      graceMs: 0,
      now: Date.now() + 1e6,
      isOpen: async () => true,
      isKnown: async (process) => process === id,
    },
    others: async () => ({ named: [], runs: [] }),
  });
  expect(await blobs()).toEqual(pages);
  expect(pages).not.toContain(garbage.digest);
  expect(pages.length).toBeGreaterThan(3);

  await desk.answer(id, given(2, LABELS[1]!, 'cem'));
  for (let item = 20; item < 30; item++)
    for (const reviewer of ['ann', 'bob']) await desk.answer(id, given(item, LABELS[0]!, reviewer));
  const file = await answersOf(store, await handle.result());
  expect((await carriedBytes(id, first)).length).toBeGreaterThan(3);
  const plain = new PlainReview(spec);
  for (const answer of file.all) plain.enter(answer);
  const { people, pairs, equalPairs } = file;
  expect({ people, pairs, equalPairs }).toEqual(plain.figures());
  expect(file.all).toHaveLength(62);
  expect(file.finals[2]).toEqual({ item: 2, label: LABELS[1], how: 'majority' });
});

test('a full store, and one that cannot be read, lose no answer', async () => {
  const store = stage.store('full');
  await stage.work('full', store);
  const { handle, id, desk } = await begin('full', 40, {}, { continueAfter: 40, pageBytes: 300 });
  const first = (await handle.describe()).runId;
  store.full = true;
  for (let item = 0; item < 20; item++) await desk.answer(id, given(item, LABELS[0]!, 'ann'));
  expect((await handle.describe()).runId).toBe(first);
  expect(await handle.query('__temporal_workflow_metadata')).toMatchObject({
    currentDetails: expect.stringContaining('It waits, with all answers, for the store: there is no space left'),
  });
  // What is kept can be read by the next run only once the store gives it.
  store.away = true;
  store.full = false;
  const isNext = async () => (await handle.describe()).runId !== first;
  await expect.poll(isNext, { timeout: 60_000, interval: 200 }).toBe(true);
  const state = () => reviewState({ temporal: stage.temporal }, id);
  await expect.poll(state, { timeout: 30_000 }).toMatchObject({ open: true, answers: 20, settled: 20 });
  store.away = false;
  for (let item = 20; item < 39; item++) await desk.answer(id, given(item, LABELS[0]!, 'ann'));
  store.full = true;
  await desk.answer(id, given(39, LABELS[0]!, 'ann'));
  await expect(desk.answer(id, given(39, LABELS[0]!, 'ann'))).resolves.toMatchObject({ settled: 40, held: [] });
  store.full = false;
  expect((await answersOf(store, await handle.result())).all.map(({ item }) => item)).toEqual([...Array(40).keys()]);
}, 300_000);

test('a deadline that came while the store was full was kept up to five minutes late, and answers were taken after it', async () => {
  const store = stage.store('late');
  await stage.work('late', store);
  const { handle, id, desk } = await begin('late', 40, { deadlineMs: 15_000 }, { continueAfter: 40, pageBytes: 300 });
  store.full = true;
  for (let item = 0; item < 20; item++) await desk.answer(id, given(item, LABELS[0]!, 'ann'));
  // The store is still full: only what it needs is waited for, not the deadline.
  const state = () => reviewState({ temporal: stage.temporal }, id);
  await expect.poll(state, { timeout: 120_000, interval: 200 }).toMatchObject({ open: false, answers: 20 });
  await expect(desk.answer(id, given(20, LABELS[0]!, 'ann'))).rejects.toMatchObject({
    code: 'TY-REVIEW-ANSWER',
    message: expect.stringContaining('the review is closed'),
  });
  store.full = false;
  const file = await answersOf(store, await handle.result());
  expect(file).toMatchObject({ closed: 'deadline', settled: 20 });
  expect(file.all).toHaveLength(20);
}, 300_000);

test('workers that are killed while pages are kept change nothing', async () => {
  const store = stage.store('killed');
  const points = ['keeping-page', 'page-kept'];
  const { deaths } = await stage.respawn('killed', store.name, points);
  const { handle, id, desk } = await begin('killed', 30, {}, { continueAfter: 40, pageBytes: 300 });
  for (let item = 0; item < 30; item++) await answered(() => desk.answer(id, given(item, LABELS[item % 3]!, 'ann')));
  const { all, finals, people } = await answersOf(store, await handle.result());
  expect(deaths()).toBe(points.length);
  expect(all.map(({ requestId }) => requestId)).toEqual(finals.map(({ item }) => `ann-${item}`));
  expect(finals.map(({ label }) => label)).toEqual(finals.map(({ item }) => LABELS[item % 3]));
  expect(people).toMatchObject([{ reviewer: 'ann', answers: 30 }]);
}, 300_000);

/** As people's pages do: sent again for as long as nobody answers. */
async function answered<T>(send: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await send();
    } catch (error) {
      if (!isTrainyardError(error) || error.code !== 'TY-WORKER-NONE') throw error;
      await sleep(200);
    }
  }
}

test('a review that a former release carried on whole goes on, and is moved into pages', async () => {
  const store = stage.store('former');
  await stage.work('former', store);
  const answers = Array.from({ length: 8_000 }, (_, item) => {
    const { hold: _hold, ...answer } = given(item, LABELS[item % 3]!, 'ann', { requestId: `page of ann, row ${item}` });
    return { ...answer, at: 1_700_000_000_000 + item };
  });
  const carried = { answers, leases: [{ item: 8_000, reviewer: 'bob', until: Date.now() + 1e7 }], startedAt: 1 };
  const { handle, id, desk } = await begin('former', 8_030, {}, { carried, continueAfter: 60 });
  const first = (await handle.describe()).runId;
  expect(await desk.next(id, { reviewer: 'ann', hold: 1 })).toMatchObject({
    settled: 8_000,
    mine: 8_000,
    held: [8_001],
  });
  for (let item = 8_000; item < 8_030; item++) await desk.answer(id, given(item, LABELS[0]!, 'bob'));
  const file = await answersOf(store, await handle.result());
  expect((await carriedBytes(id, first)).every((bytes) => bytes < 60_000)).toBe(true);
  expect(file.all.slice(0, 8_000)).toEqual(answers);
  expect(file.people).toMatchObject([
    { reviewer: 'ann', answers: 8_000 },
    { reviewer: 'bob', answers: 30 },
  ]);
}, 300_000);
