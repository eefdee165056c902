import { mkdtempSync, rmSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { MockActivityEnvironment } from '@temporalio/testing';
import { profileOf } from '@trainyard/drift';
import { readRows, TABLE_FILE, withDatabase, type TableRow } from '@trainyard/tables';
import fc from 'fast-check';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { digestText } from '../../core/digest.js';
import { formerPredictionStream, monitorId, outcomeKey, predictionStream } from '../../core/ids.js';
import type { File, Ref, Table } from '../../core/kinds.js';
import { writeOutcomes } from '../../server/predict/outcomes.js';
import { startValkey, type ValkeyService } from '../../setup/index.js';
import { Artifacts, FileStore } from '../../store/index.js';
import type { MonitorConfig, WindowAnswer, WindowAsk } from '../../workflows/monitor/contract.js';
import type { LoggedRequest } from '../../core/prediction-streams.js';
import type { MonitorDesk } from './desk.js';
import { labelledRows, profileTables, readProfile, writeProfile } from './tables.js';
import { takeWindow } from './window.js';
import { monitorActivities } from './activities.js';

const project = 'watched';
const folder = mkdtempSync(path.join(tmpdir(), 'trainyard-window-'));
const store = new FileStore(path.join(folder, 'store'));
const artifacts = new Artifacts(store);
let valkey: ValkeyService;
let redis: Redis;
let reference: Ref<File>;

beforeAll(async () => {
  valkey = await startValkey({ dir: path.join(folder, 'valkey') });
  redis = new Redis(valkey.url);
  const rows = Array.from({ length: 200 }, (_, i) => ({ mass: i % 10, island: i % 2 === 0 ? 'Biscoe' : 'Dream' }));
  const columns = [
    { name: 'mass', type: 'number' as const },
    { name: 'island', type: 'text' as const },
  ];
  reference = await writeProfile(artifacts, profileOf(rows, columns));
});

afterAll(async () => {
  redis?.disconnect();
  await valkey?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const deskOf = (isFormer = false): MonitorDesk => ({ artifacts, redis, project, isFormer, scratch: folder });
const configOf = (endpoint: string, window: number): MonitorConfig => ({
  endpoint,
  columns: [
    { name: 'mass', type: 'integer' },
    { name: 'island', type: 'text' },
  ],
  label: { name: 'species', type: 'text' },
  reference,
  table: { kind: 'table', digest: digestText('training'), size: 1 },
  ...{ window, alpha: 0.05, minEffect: 0.1, everyMs: 1000, retrain: null },
});
const askOf = (config: MonitorConfig): WindowAsk => ({
  ...{ config, accepted: [], number: 1, cursor: '0-0', entries: 0, lost: 0 },
});
/** What is asked after a window, as the monitor's Workflow does. */
const next = (ask: WindowAsk, { cursor, entries, lost, window }: Taken): WindowAsk => ({
  ...{ ...ask, number: window.number + 1, cursor, entries, lost },
});
type Taken = Extract<WindowAnswer, { ready: true }>;

async function rowsOf(table: Ref<Table>): Promise<TableRow[]> {
  const file = await (await artifacts.open(table)).path(TABLE_FILE);
  return withDatabase({}, (database) => readRows(database, file));
}

function request(id: string, rows: number, more: Partial<LoggedRequest> = {}): LoggedRequest {
  const each = <T>(value: (row: number) => T): T[] => Array.from({ length: rows }, (_, row) => value(row));
  return {
    ...{ id, at: 1_700_000_000_000 + rows, version: 1 + (rows % 2) },
    rows: each((row) => ({ mass: row % 10, island: row % 2 === 0 ? 'Biscoe' : 'Dream' })),
    labels: each(() => 'Adelie'),
    probabilities: each(() => 0.9),
    ...more,
  };
}

const log = (endpoint: string, text: string): Promise<unknown> =>
  redis.xadd(predictionStream(project, endpoint), '*', 'p', text);

/** What a stream may hold: requests, the same ones again, and what is none. */
const entry = fc.oneof(
  { weight: 6, arbitrary: fc.record({ id: fc.nat(30), rows: fc.integer({ min: 0, max: 7 }) }) },
  { weight: 1, arbitrary: fc.constantFrom('', 'no JSON', '{}', '{"id": "x", "rows": [{}]}', '{"id": 1, "rows": []}') },
);

test('whatever stands in the stream, every row counts once in its window, and taking a window again gives the same', async () => {
  let draw = 0;
  let windows = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(entry, { minLength: 10, maxLength: 60 }),
      fc.integer({ min: 3, max: 20 }),
      fc.array(fc.tuple(fc.nat(30), fc.nat(6), fc.constantFrom('Adelie', 'Gentoo')), { maxLength: 40 }),
      async (entries, size, known) => {
        const endpoint = `drawn-${draw++}`;
        for (const one of entries)
          await log(endpoint, typeof one === 'string' ? one : JSON.stringify(request(`r${one.id}`, one.rows)));
        if (known.length > 0)
          await writeOutcomes(
            redis,
            { project, endpoint },
            known.map(([id, row, label]) => ({ requestId: `r${id}`, row, label })),
          );
        const outcomes = new Map(known.map(([id, row, label]) => [`r${id}#${row}`, label]));

        // Said plainly: entries one after the other, a window closed when it has rows enough.
        const expected: { rows: string[]; entries: number }[] = [];
        let open: string[] = [];
        entries.forEach((one, at) => {
          if (typeof one === 'string') return;
          const ids = Array.from({ length: one.rows }, (_, row) => `r${one.id}#${row}`);
          open = [...new Set([...open, ...ids])];
          if (open.length < size) return;
          expected.push({ rows: open, entries: at + 1 });
          open = [];
        });

        let ask = askOf(configOf(endpoint, size));
        for (const { rows, entries: count } of expected) {
          const answer = await takeWindow(deskOf(), ask);
          expect(await takeWindow(deskOf(), ask)).toEqual(answer);
          if (!answer.ready) throw new Error(`window ${ask.number} is not ready: ${answer.rows} rows`);
          windows++;
          const held = await rowsOf(answer.window.table);
          expect(held.map((row) => row['_row'])).toEqual(rows);
          expect(held.map((row) => row['_outcome'])).toEqual(rows.map((id) => outcomes.get(id) ?? null));
          const labelled = rows.filter((id) => outcomes.has(id));
          const right = labelled.filter((id) => outcomes.get(id) === 'Adelie').length;
          expect(answer).toMatchObject({ entries: count, lost: 0 });
          expect(answer.window).toMatchObject({
            ...{ number: ask.number, rows: rows.length, labelled: labelled.length },
            accuracy: labelled.length === 0 ? null : right / labelled.length,
          });
          ask = next(ask, answer);
        }
        expect(await takeWindow(deskOf(), ask)).toEqual({ ready: false, rows: open.length });
      },
    ),
    { numRuns: 12, seed: 5 },
  );
  expect(windows).toBeGreaterThan(20);
});

test('a request that was sent many times made a window of one row', async () => {
  for (let i = 0; i < 20; i++)
    await log('again', JSON.stringify(request('same', 1, { labels: [i === 0 ? 'Adelie' : 'Gentoo'] })));
  const ask = askOf(configOf('again', 10));
  expect(await takeWindow(deskOf(), ask)).toEqual({ ready: false, rows: 1 });
  await log('again', JSON.stringify(request('other', 9)));
  const answer = (await takeWindow(deskOf(), ask)) as Taken;
  expect(answer).toMatchObject({ ready: true, entries: 21, window: { rows: 10 } });
  // As it was answered first.
  expect((await rowsOf(answer.window.table))[0]).toMatchObject({ _row: 'same#0', _predicted: 'Adelie' });
});

test('an entry of the stream that is no whole request held its monitor up for ever', async () => {
  await log('odd', JSON.stringify({ id: 'x', rows: [{}] }));
  await log('odd', JSON.stringify(request('late', 1, { at: 1e300 })));
  await log('odd', JSON.stringify(request('nested', 1, { rows: [{ mass: { deep: 1 } as never }] })));
  await log('odd', JSON.stringify(request('whole', 5)));
  const answer = await takeWindow(deskOf(), askOf(configOf('odd', 5)));
  expect(answer).toMatchObject({ ready: true, entries: 4, window: { rows: 5, versions: [2] } });
});

test('entries that the stream let go before they were counted are counted as lost, once', async () => {
  for (let i = 0; i < 30; i++) await log('trimmed', JSON.stringify(request(`r${i}`, 1)));
  const first = (await takeWindow(deskOf(), askOf(configOf('trimmed', 5)))) as Taken;
  expect(first).toMatchObject({ entries: 5, lost: 0 });
  // Five are counted already: of the 20 that go, 15 are lost.
  await redis.xtrim(predictionStream(project, 'trimmed'), 'MAXLEN', 10);
  const second = (await takeWindow(deskOf(), next(askOf(configOf('trimmed', 5)), first))) as Taken;
  expect(second).toMatchObject({ entries: 10, lost: 15 });
  const third = (await takeWindow(deskOf(), next(askOf(configOf('trimmed', 5)), second))) as Taken;
  expect(third).toMatchObject({ entries: 15, lost: 15 });
  expect((await rowsOf(third.window.table)).map((row) => row['_row'])).toEqual(
    [25, 26, 27, 28, 29].map((i) => `r${i}#0`),
  );
});

test('a monitor of a former release counts what was logged under the former name too, in the order of time', async () => {
  const texts = Array.from({ length: 12 }, (_, i) => JSON.stringify(request(`r${i}`, 1)));
  for (const [i, text] of texts.entries()) {
    const stream = i % 3 === 0 ? formerPredictionStream('moved') : predictionStream(project, 'moved');
    // Two streams may hold entries of one id.
    await redis.xadd(stream, `${1000 + Math.floor(i / 2)}-${i % 3 === 0 ? 0 : i % 2}`, 'p', text);
  }
  let ask = askOf(configOf('moved', 4));
  const seen: unknown[] = [];
  for (;;) {
    const answer = await takeWindow(deskOf(true), ask);
    if (!answer.ready) break;
    seen.push(...(await rowsOf(answer.window.table)).map((row) => row['_row']));
    ask = next(ask, answer);
  }
  expect(new Set(seen).size).toBe(seen.length);
  expect(seen.length).toBeGreaterThanOrEqual(8);
  expect(ask.lost).toBe(0);
});

test('the labelled rows of windows are those whose outcome is known by now, each once, as the training table has them', async () => {
  const cell = fc.oneof(fc.integer({ min: -5, max: 5 }), fc.constant(null));
  let draw = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(cell, fc.option(fc.constantFrom('1', '2', '3'))), { minLength: 4, maxLength: 20 }),
      async (rows) => {
        const endpoint = `labelled-${draw++}`;
        const config = { ...configOf(endpoint, rows.length), label: { name: 'toes', type: 'integer' as const } };
        const logged = rows.map(([mass]) => ({ mass, island: 'Biscoe' }));
        await log(endpoint, JSON.stringify(request('all', rows.length, { rows: logged })));
        const { window } = (await takeWindow(deskOf(), askOf(config))) as Taken;
        // Known only later.
        const known = rows.flatMap(([, label], row) => (label === null ? [] : [{ requestId: 'all', row, label }]));
        if (known.length > 0) await writeOutcomes(redis, { project, endpoint }, known);
        const twice = [window.table, window.table];
        const { fresh, labelled } = await labelledRows(deskOf(), config, twice);
        expect(labelled).toBe(known.length);
        expect(await rowsOf(fresh)).toEqual(
          known.map(({ row, label }) => ({ _row: `all#${row}`, ...logged[row], toes: Number(label) })),
        );
        const profile = await readProfile(deskOf(), await profileTables(deskOf(), config, twice));
        expect(profile).toEqual(
          profileOf(logged, [
            { name: 'mass', type: 'number' },
            { name: 'island', type: 'text' },
          ]),
        );
      },
    ),
    { numRuns: 8 },
  );
});

const access = { temporal: undefined as never, taskQueue: `trainyard-${project}`, store };

test('without Redis an Activity of a monitor says what to do, and is tried again', async () => {
  const { 'trainyard.monitorWindow': take } = monitorActivities(access);
  await expect(new MockActivityEnvironment().run(take, askOf(configOf('none', 5)))).rejects.toMatchObject({
    ...{ type: 'TY-REDIS-AWAY', nonRetryable: false },
    message: expect.stringContaining('set redis.url'),
  });
});

test('while Redis is slow the server hears that a window is taken, and nothing stays in the temporary folder', async () => {
  await log('slow', JSON.stringify(request('r', 5)));
  const left = async (): Promise<string[]> =>
    (await readdir(tmpdir())).filter((name) => name.startsWith('trainyard-monitor-'));
  const before = await left();
  const { id: workflowId } = monitorId(project, 'slow');
  const environment = new MockActivityEnvironment({ workflowExecution: { workflowId, runId: 'r' } });
  let beats = 0;
  environment.on('heartbeat', () => beats++);
  const control = new Redis(valkey.url);
  await control.client('PAUSE', 5000, 'ALL');
  const answer = await environment.run(
    monitorActivities({ ...access, redis })['trainyard.monitorWindow'],
    askOf(configOf('slow', 5)),
  );
  control.disconnect();
  expect(answer).toMatchObject({ ready: true, window: { rows: 5 } });
  expect(beats).toBeGreaterThan(0);
  expect((await left()).filter((name) => !before.includes(name))).toEqual([]);
});

test('an outcome that is corrected counts as it was corrected, and one that is sent again says nothing new', async () => {
  const report = fc.record({ id: fc.nat(4), row: fc.nat(2), label: fc.constantFrom('a', 'b') });
  let draw = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(fc.array(report, { minLength: 1, maxLength: 6 }), { maxLength: 8 }), async (batches) => {
      const of = { project, endpoint: `outcomes-${draw++}` };
      const plain = new Map<string, string>();
      for (const batch of batches) {
        const outcomes = batch.map(({ id, row, label }) => ({ requestId: `r${id}`, row, label }));
        let fresh = 0;
        for (const { requestId, row, label } of outcomes) {
          if (plain.get(`${requestId}#${row}`) !== label) fresh++;
          plain.set(`${requestId}#${row}`, label);
        }
        expect(await writeOutcomes(redis, of, outcomes)).toBe(fresh);
        // A reply that was lost: what is sent again changes nothing, unless the batch itself says two things of a row.
        const rows = new Set(outcomes.map(({ requestId, row }) => `${requestId}#${row}`));
        if (rows.size === outcomes.length) expect(await writeOutcomes(redis, of, outcomes)).toBe(0);
      }
      for (const [id, label] of plain) {
        const [requestId = '', row] = id.split('#');
        expect(await redis.get(outcomeKey(project, of.endpoint, requestId, Number(row)))).toBe(label);
      }
    }),
    { numRuns: 15 },
  );
});
