import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { freezeMonitor, getMonitor, pauseMonitor, resumeMonitor } from '../../client/monitor/monitors.js';
import { monitorId, retrainingRunId } from '../../core/ids.js';
import type { Ref, Table } from '../../core/kinds.js';
import { readRows, withDatabase } from '@trainyard/tables';
import {
  access,
  artifacts,
  ask,
  interruptValkey,
  makeConfig,
  makeEndpoint,
  makeRows,
  project,
  retrainings,
  startWorker,
  state,
  taskQueue,
  temporal,
  until,
  useStage,
} from './stage.js';

const order = { by: 'test', why: 'to see' };

useStage();

test('windows without drift are counted once each, with their outcomes, and start nothing', async () => {
  startWorker();
  await makeEndpoint('calm');
  await ask('calm', makeRows(1000, 2), 0);
  const calm = await until('calm', ({ windows }) => windows === 10);
  expect(calm.recent.map(({ rows, labelled, accuracy, drifted }) => [rows, labelled, accuracy, drifted])).toEqual(
    Array.from({ length: 10 }, () => [100, 100, 0.9, false]),
  );
  expect(calm).toMatchObject({ drifted: 0, pending: null, started: 0, lost: 0 });
  const path0 = await (await artifacts.open(calm.recent[0]!.table)).path('data.parquet');
  const rows = await withDatabase({}, (database) => readRows(database, path0));
  expect(rows[9]).toEqual({
    _row: 'calm-0#9',
    ...makeRows(10, 2)[9],
    _predicted: 'Adelie',
    _probability: 0.9,
    _version: 1,
    _at: new Date(1_700_000_000_000).toISOString(),
    _outcome: 'Gentoo',
  });
});

test('drift starts one retraining though many windows alarm; its rows are labelled, and normal once the new model serves', async () => {
  startWorker();
  await makeEndpoint('shifted');
  await ask('shifted', makeRows(200, 2), 0);
  await ask('shifted', makeRows(2000, 3, 1.5), 200);
  const first = await until(
    'shifted',
    ({ retrainings: [one], windows }) => one?.verdict !== undefined && windows === 22,
  );
  expect(first.retrainings).toMatchObject([
    {
      number: 1,
      run: retrainingRunId(project, 'retrain', 'shifted', 1),
      columns: ['mass'],
      promoted: true,
      verdict: 'promoted: version 2 serves',
    },
  ]);
  expect(first.recent.slice(0, 3).map(({ drifted }) => drifted)).toEqual([false, false, true]);
  expect(first.recent[2]?.findings[0]?.says).toMatch(/^mass: median .* was, .* is/);
  const fresh = await artifacts.open(first.retrainings[0]!.fresh as Ref<Table>);
  const file = await fresh.path('data.parquet');
  const rows = await withDatabase({}, (database) => readRows(database, file));
  expect(Object.keys(rows[0]!)).toEqual(['_row', 'mass', 'island', 'species']);
  expect(new Set(rows.map((row) => row['_row'])).size).toBe(rows.length);
  await ask('shifted', makeRows(500, 4, 1.5), 2200);
  const after = await until('shifted', ({ windows }) => windows === 27);
  expect(after.recent.slice(-5).map(({ drifted }) => drifted)).toEqual([false, false, false, false, false]);
  // Back to what it was: as normal as before. To something else: drift again.
  await ask('shifted', makeRows(100, 5), 2700);
  await ask('shifted', makeRows(100, 6, -1.5), 2800);
  const back = await until('shifted', ({ windows }) => windows === 29);
  expect(back.recent.slice(-2).map(({ drifted }) => drifted)).toEqual([false, true]);
  expect(back.waiting ?? 'it cools down after the last retraining').toBe('it cools down after the last retraining');
  expect(await retrainings('shifted')).toEqual([retrainingRunId(project, 'retrain', 'shifted', 1)]);
});

test('a model that is not better leaves the alias, and its reason is on record; alarms go on without another retraining', async () => {
  startWorker();
  await makeEndpoint('worse', {}, { better: false });
  await ask('worse', makeRows(300, 3, 1.5), 0);
  await until('worse', ({ retrainings: [one] }) => one?.verdict !== undefined);
  await ask('worse', makeRows(1000, 4, 1.5), 300);
  const ended = await until('worse', ({ windows, waiting }) => windows === 13 && waiting !== null);
  expect(ended.retrainings).toMatchObject([
    { promoted: false, verdict: 'not better: f1 0.81 against 0.84 of version 1' },
  ]);
  expect(ended).toMatchObject({ drifted: 13, started: 1, waiting: 'it cools down after the last retraining' });
  expect(await retrainings('worse')).toEqual([retrainingRunId(project, 'retrain', 'worse', 1)]);
});

test('attempts have an end: as many within 30 days as configured, each with its verdict', async () => {
  startWorker();
  const { retrain } = await makeConfig('budget');
  await makeEndpoint('budget', { retrain: { ...retrain!, cooldownMs: 0, most: 2, params: { fails: true } } });
  for (let i = 0; i < 4; i++) {
    await ask('budget', makeRows(100, 10 + i, 1.5), i * 100);
    await until('budget', ({ windows, retrainings: all }) => windows === i + 1 && all.every((one) => one.endedAt));
  }
  const ended = await until('budget', ({ waiting }) => waiting === '2 retrainings within 30 days are the most');
  expect(ended.retrainings.map(({ verdict }) => verdict)).toEqual([
    'failed: the disk is full',
    'failed: the disk is full',
  ]);
});

test('drift without outcomes waits for them; frozen and paused monitors start nothing; orders say who and why', async () => {
  startWorker();
  await makeEndpoint('orders');
  await ask('orders', makeRows(100, 3, 1.5), 0, false);
  await until('orders', ({ waiting }) => waiting === 'it waits for outcomes: 0 of the 50 labelled rows that it needs');
  await freezeMonitor(access, 'orders', { ...order, frozen: true });
  await ask('orders', makeRows(100, 4, 1.5), 100);
  await until('orders', ({ windows, waiting }) => windows === 2 && waiting === 'retraining is frozen');
  await pauseMonitor(access, 'orders', order);
  await ask('orders', makeRows(100, 5, 1.5), 200);
  await sleep(700);
  expect(await state('orders')).toMatchObject({ windows: 2, started: 0, paused: true });
  await freezeMonitor(access, 'orders', { ...order, frozen: false });
  await resumeMonitor(access, 'orders', order);
  const ended = await until('orders', ({ retrainings: [one] }) => one?.verdict !== undefined);
  expect(ended).toMatchObject({ windows: 3, started: 1, retrainings: [{ promoted: true }] });
  expect(ended.notes.map(({ what }) => what)).toContain('paused by test: to see');
  await expect(pauseMonitor(access, 'orders', { by: '', why: 'x' })).rejects.toThrow('the order lacks "by"');
  await expect(getMonitor(access, 'order')).rejects.toThrow('did you mean "orders"?');
});

test('continuing as new loses no window and counts none twice', async () => {
  startWorker();
  const config = await makeConfig('long', { retrain: null });
  const input = { config, continueAfter: 60 };
  const handle = await temporal.workflow.start('monitor', {
    workflowId: monitorId(project, 'long').id,
    taskQueue,
    args: [input],
  });
  for (let i = 0; i < 8; i++) await ask('long', makeRows(500, 20 + i), i * 500);
  const ended = await until('long', ({ windows }) => windows === 40);
  expect(ended).toMatchObject({ entries: 400, lost: 0 });
  expect(ended.recent.map(({ number, from }) => [number, from - 1_700_000_000_000])).toEqual(
    Array.from({ length: 40 }, (_, i) => [i + 1, i * 100]),
  );
  const { runId } = await temporal.workflow.getHandle(monitorId(project, 'long').id).describe();
  expect(runId).not.toBe(handle.firstExecutionRunId);
});

test('with Redis gone and back again, nothing is lost or counted twice', async () => {
  startWorker();
  await makeEndpoint('redis', { retrain: null });
  await ask('redis', makeRows(250, 2), 0);
  await until('redis', ({ windows }) => windows === 2);
  await sleep(1200);
  await interruptValkey(1500);
  await ask('redis', makeRows(250, 3), 250);
  const ended = await until('redis', ({ windows }) => windows === 5);
  expect(ended).toMatchObject({ entries: 50, lost: 0, problem: null });
});
