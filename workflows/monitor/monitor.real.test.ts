import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Context } from '@temporalio/activity';
import { Client, Connection } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { inWords } from '../../activities/failure-boundary.js';
import {
  configureMonitor,
  freezeMonitor,
  getMonitor,
  pauseMonitor,
  resumeMonitor,
} from '../../client/monitor/monitors.js';
import { digestText } from '../../core/digest.js';
import { monitorId, retrainingRunId } from '../../core/ids.js';
import type { File, Ref, Table } from '../../core/kinds.js';
import { startTemporal, type TemporalService } from '../../setup/index.js';
import { MONITOR, type MonitorActivities, type MonitorConfig, type MonitorState, type WindowAsk } from './contract.js';
import { countWindow, newMonitor, type TakenWindow } from './ledger.js';

// The Workflow as it is, on the real server; what its Activities answer is the test's to say.

const taskQueue = 'trainyard-watched';
const order = { by: 'test', why: 'to see' };
const file = (name: string): Ref<File> => ({ kind: 'file', digest: digestText(name), size: 1 });
const table = (name: string): Ref<Table> => ({ kind: 'table', digest: digestText(name), size: 1 });

/** What an endpoint's Activities answer. */
interface Source {
  window(ask: WindowAsk): Promise<TakenWindow | { ready: false; rows: number }>;
  fresh?(): Promise<number>;
  profile?(): Promise<void>;
  /** The run whose model serves, once it does. */
  champion?: string;
}

const sources = new Map<string, Source>();
const sourceOf = (endpoint: string): Source => sources.get(endpoint)!;
const activities: MonitorActivities = {
  'trainyard.monitorWindow': (ask) => sourceOf(ask.config.endpoint).window(ask),
  'trainyard.monitorFresh': async ({ config }) => ({
    fresh: table('fresh'),
    labelled: (await sourceOf(config.endpoint).fresh?.()) ?? 0,
  }),
  'trainyard.monitorChampion': async ({ endpoint }) => {
    const run = sourceOf(endpoint).champion;
    return run === undefined ? null : { version: 2, run };
  },
  'trainyard.monitorProfile': async ({ config }) => {
    await sourceOf(config.endpoint).profile?.();
    return file(`rows of ${config.endpoint}`);
  },
};

let server: TemporalService;
let connection: Connection;
let native: NativeConnection;
let worker: Worker;
let running: Promise<void>;
let access: { temporal: Client; taskQueue: string };

beforeAll(async () => {
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  server = await startTemporal({ uiPort: false });
  connection = await Connection.connect({ address: server.address });
  native = await NativeConnection.connect({ address: server.address });
  access = { temporal: new Client({ connection }), taskQueue };
  const workflowsPath = fileURLToPath(new URL('../../tests/monitor/bundle.ts', import.meta.url));
  const deployNext = async (endpoint: string, run: string): Promise<number> => {
    sourceOf(endpoint).champion = run;
    return 2;
  };
  worker = await Worker.create({
    ...{ connection: native, taskQueue, workflowsPath },
    activities: { ...inWords({ ...activities }), deployNext },
  });
  running = worker.run();
});

afterAll(async () => {
  worker?.shutdown();
  await running;
  await native?.close();
  await connection?.close();
  await server?.stop();
});

const configOf = (endpoint: string, retrain: Partial<NonNullable<MonitorConfig['retrain']>> | null): MonitorConfig => ({
  endpoint,
  columns: [],
  label: { name: 'species', type: 'text' },
  reference: file('reference'),
  table: table('training'),
  window: 10,
  alpha: 0.05,
  minEffect: 0.1,
  everyMs: 100,
  retrain: retrain && { pipeline: 'retrain', params: {}, leastLabelled: 1, cooldownMs: 0, most: 4, ...retrain },
});

const takenWindow = (number: number, drifted: boolean): TakenWindow => ({
  ready: true,
  ...{ cursor: `${number}-0`, entries: number, lost: 0 },
  window: {
    ...{ number, rows: 10, labelled: 0, accuracy: null, from: 0, to: 1, versions: [1], drifted },
    findings: drifted ? [{ column: 'mass', of: 'values', effect: 1, corrected: 0, says: `mass in ${number}` }] : [],
    table: table(`window ${number}`),
    report: { kind: 'json', digest: digestText(`report ${number}`), size: 1 },
  },
});

const until = (endpoint: string, isSo: (state: MonitorState) => boolean): Promise<MonitorState> =>
  expect
    .poll(() => getMonitor(access, endpoint), { timeout: 60_000, interval: 50 })
    .toSatisfy(isSo)
    .then(() => getMonitor(access, endpoint));

test('whatever is ordered meanwhile, and wherever it continues as new, each window counts once and in its order', async () => {
  const orders = fc.array(fc.constantFrom('pause', 'freeze', 'configure', 'nudge', 'more'), {
    minLength: 4,
    maxLength: 12,
  });
  const windows = fc.array(fc.boolean(), { minLength: 5, maxLength: 20 });
  let draw = 0;
  let parts = 0;
  await fc.assert(
    fc.asyncProperty(windows, orders, fc.integer({ min: 15, max: 60 }), async (all, asked, continueAfter) => {
      const endpoint = `random-${draw++}`;
      let there = 1;
      sources.set(endpoint, {
        window: async ({ number }) =>
          number <= there ? takenWindow(number, all[number - 1] ?? false) : { ready: false, rows: 0 },
      });
      const config = configOf(endpoint, null);
      const { id: workflowId } = monitorId('watched', endpoint);
      const handle = await access.temporal.workflow.start('monitor', {
        ...{ workflowId, taskQueue, args: [{ config, continueAfter }] },
      });
      const { runId } = await handle.describe();
      for (const one of asked) {
        if (one === 'pause') {
          await pauseMonitor(access, endpoint, order);
          there = Math.min(all.length, there + 2);
          await resumeMonitor(access, endpoint, order);
        } else if (one === 'freeze') await freezeMonitor(access, endpoint, { ...order, frozen: there % 2 === 0 });
        else if (one === 'configure') await configureMonitor(access, config);
        else if (one === 'nudge') await handle.signal(MONITOR.nudge);
        else there = Math.min(all.length, there + 3);
      }
      there = all.length;
      const state = await until(endpoint, (now) => now.windows === all.length);
      const plain = all.reduce(
        (known, drifted, at) => countWindow(known, takenWindow(at + 1, drifted)),
        newMonitor(config),
      );
      const { recent, pending, cursor, entries, drifted } = plain;
      expect(state).toMatchObject({ recent, pending, cursor, entries, drifted, started: 0, problem: null });
      const words = { pause: ['paused', 'resumed'], freeze: ['frozen'], configure: ['configured'] };
      const expected = asked.flatMap((one) => (one in words ? words[one as keyof typeof words] : []));
      expect(state.notes.map(({ what }) => /^(un)?(\w+)/.exec(what)?.[2])).toEqual(expected);
      if ((await access.temporal.workflow.getHandle(workflowId).describe()).runId !== runId) parts++;
      await pauseMonitor(access, endpoint, order);
    }),
    { numRuns: 5, seed: 3 },
  );
  expect(parts).toBeGreaterThan(1);
});

test('a paused monitor that was told something just when it was to continue as new computed for ever', async () => {
  sources.set('told', { window: async () => ({ ready: false, rows: 0 }) });
  const config = configOf('told', null);
  const { id: workflowId } = monitorId('watched', 'told');
  const handle = await access.temporal.workflow.start('monitor', {
    // Short enough for its first step, and long at its second.
    ...{ workflowId, taskQueue, args: [{ state: { ...newMonitor(config), paused: true }, continueAfter: 6 }] },
  });
  const { runId } = await handle.describe();
  await freezeMonitor(access, 'told', { ...order, frozen: true });
  expect(await getMonitor(access, 'told')).toMatchObject({ paused: true, frozen: true });
  const current = access.temporal.workflow.getHandle(workflowId);
  await expect.poll(async () => (await current.describe()).runId, { timeout: 20_000 }).not.toBe(runId);
});

test('a problem stayed on the page although all went right again, until the next window came', async () => {
  let isAway = true;
  sources.set('mended', {
    window: async ({ number }) => (number === 1 ? takenWindow(1, true) : { ready: false, rows: 3 }),
    fresh: async () => {
      if (isAway) throw ApplicationFailure.nonRetryable('the store is away');
      return 0;
    },
  });
  await configureMonitor(access, configOf('mended', {}));
  expect((await until('mended', ({ problem }) => problem !== null)).problem).toBe('the store is away');
  isAway = false;
  const state = await until('mended', ({ problem }) => problem === null);
  expect(state).toMatchObject({ windows: 1, waiting: expect.stringContaining('it waits for outcomes: 0 of the 1') });
});

test('a window under comparison while the new model was accepted began another retraining for the same drift', async () => {
  const asked = deferred();
  const accepted = deferred();
  let begun = false;
  sources.set('overlap', {
    window: async ({ number, accepted: normal }) => {
      if (number === 1) return takenWindow(1, true);
      if (number > 2 || !begun) return { ready: false, rows: 0 };
      // Compared with what counts as normal now; the answer comes once the new model serves.
      expect(normal).toEqual([]);
      asked.resolve();
      const context = Context.current();
      const beat = setInterval(() => context.heartbeat(), 1000);
      await accepted.promise;
      clearInterval(beat);
      return takenWindow(2, true);
    },
    fresh: async () => {
      begun = true;
      return 5;
    },
    profile: () => asked.promise,
  });
  await configureMonitor(access, configOf('overlap', { params: { better: true } }));
  const promoted = await until('overlap', ({ retrainings: [one] }) => one?.promoted === true);
  const run = retrainingRunId('watched', 'retrain', 'overlap', 1);
  expect(promoted.retrainings).toMatchObject([{ run, verdict: 'promoted: version 2 serves' }]);
  expect(promoted).toMatchObject({ windows: 1, accepted: [file('rows of overlap')] });
  accepted.resolve();
  await until('overlap', ({ windows }) => windows === 2);
  // Time for what must not come.
  await sleep(1000);
  const state = await getMonitor(access, 'overlap');
  expect(state).toMatchObject({ started: 1, pending: null, drifted: 1, problem: null });
  expect(state.recent[1]).toMatchObject({ number: 2, drifted: false, findings: [] });
});

/** A promise that the test settles. */
function deferred(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let resolve = (): void => undefined;
  const promise = new Promise<void>((settle) => (resolve = settle));
  return { promise, resolve };
}
