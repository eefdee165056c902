import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Client, Connection } from '@temporalio/client';
import { bundleWorkflowCode } from '@temporalio/worker';
import { build } from 'esbuild';
import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { moveAlias, registerVersion } from '../../client/models.js';
import { configureMonitor, freezeMonitor, getMonitor, pauseMonitor, resumeMonitor } from '../../client/monitors.js';
import { digestText } from '../../core/digest.js';
import type { File, Ref, Table } from '../../core/kinds.js';
import { PROFILE_FILE, profileOf } from '../../drift/index.js';
import { randomFrom } from '../../models/index.js';
import { startTemporal, startValkey, type TemporalService, type ValkeyService } from '../../setup/index.js';
import { Artifacts, FileStore } from '../../store/index.js';
import { readRows, withDatabase } from '../../tables/index.js';
import { writeOutcomes } from '../../server/predict/outcomes.js';
import { PredictionLog } from '../../server/predict/prediction-log.js';
import { MONITOR, monitorId, type MonitorConfig, type MonitorState } from '../../workflows/monitor/contract.js';
import type { LoggedRequest } from '../../workflows/monitor/streams.js';
import type { WorkerSettings } from './worker.js';

const taskQueue = 'monitor-test';
const order = { by: 'test', why: 'to see' };
let folder = '';
let server: TemporalService;
let valkey: ValkeyService;
let temporal: Client;
let redis: Redis;
let log: PredictionLog;
let artifacts: Artifacts;
let settings: WorkerSettings;
let program = '';
const workers = new Set<ChildProcess>();

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'trainyard-monitor-test-'));
  [server, valkey] = await Promise.all([
    startTemporal({ uiPort: false, dbFile: path.join(folder, 'temporal.db') }),
    startValkey({ dir: path.join(folder, 'valkey') }),
  ]);
  temporal = new Client({ connection: await Connection.connect({ address: server.address }) });
  redis = new Redis(valkey.url);
  log = new PredictionLog(redis);
  const store = path.join(folder, 'store');
  artifacts = new Artifacts(new FileStore(store));
  const quiet = {
    log: () => undefined,
    trace: () => undefined,
    debug: () => undefined,
    info: () => undefined,
    warn: console.warn,
    error: console.error,
  };
  const workflowsPath = fileURLToPath(new URL('./bundle.ts', import.meta.url));
  const { code } = await bundleWorkflowCode({ workflowsPath, logger: quiet });
  const bundle = path.join(folder, 'bundle.js');
  writeFileSync(bundle, code);
  // The worker's program, bundled, since Node does not run TypeScript; packages are found through a link.
  symlinkSync(fileURLToPath(new URL('../../node_modules', import.meta.url)), path.join(folder, 'node_modules'));
  program = path.join(folder, 'worker.mjs');
  const entryPoints = [fileURLToPath(new URL('./worker.ts', import.meta.url))];
  await build({ entryPoints, outfile: program, bundle: true, platform: 'node', format: 'esm', packages: 'external' });
  settings = { address: server.address, redisUrl: valkey.url, store, taskQueue, bundle };
});

afterEach(async () => {
  await Promise.all([...workers].map(stopWorker));
});

afterAll(async () => {
  await log?.close();
  redis?.disconnect();
  await temporal?.connection.close();
  await Promise.all([server?.stop(), valkey?.stop()]);
  rmSync(folder, { recursive: true, force: true });
});

function startWorker(crash?: WorkerSettings['crash']): ChildProcess {
  const given = JSON.stringify({ ...settings, ...(crash ? { crash } : {}) });
  const child = spawn(process.execPath, [program, given], { stdio: ['ignore', 'ignore', 'pipe'] });
  workers.add(child);
  let errors = '';
  child.stderr?.on('data', (chunk: Buffer) => (errors += chunk.toString()));
  child.once('exit', (code) => {
    workers.delete(child);
    if (code !== 0 && code !== null) console.error(errors);
  });
  return child;
}

async function stopWorker(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await ended;
}

const columns = [
  { name: 'mass', type: 'number' },
  { name: 'island', type: 'text' },
] as const;
const drift = columns.map(({ name, type }) => ({ name, type }));

/** Rows of a seeded stream; `shift` moves the mass. */
function makeRows(size: number, seed: number, shift = 0): { mass: number | null; island: string }[] {
  const random = randomFrom(seed);
  return Array.from({ length: size }, () => ({
    mass: random.uniform() < 0.03 ? null : 3 + 2 * random.uniform() + shift,
    island: ['Biscoe', 'Dream', 'Torgersen'][random.integer(3)]!,
  }));
}

async function makeConfig(endpoint: string, more: Partial<MonitorConfig> = {}, params = {}): Promise<MonitorConfig> {
  const profile = profileOf(makeRows(500, 1), drift);
  const { kind: _, ...stored } = await artifacts.write('file', {
    value: {},
    files: { [PROFILE_FILE]: JSON.stringify(profile) },
  });
  return {
    endpoint,
    columns,
    label: { name: 'species', type: 'text' },
    reference: { ...stored, kind: 'file' } as Ref<File>,
    table: { kind: 'table', digest: digestText('training'), size: 0 },
    window: 100,
    alpha: 0.01,
    minEffect: 0.1,
    everyMs: 300,
    retrain: {
      pipeline: 'retrain',
      params: { better: true, ...params },
      leastLabelled: 50,
      cooldownMs: 600_000,
      most: 3,
    },
    ...more,
  };
}

async function makeEndpoint(endpoint: string, more: Partial<MonitorConfig> = {}, params = {}): Promise<MonitorConfig> {
  const config = await makeConfig(endpoint, more, params);
  const by = { by: 'test', why: 'first' };
  const facts = { run: 'first', lineage: 'first', pipeline: 'p', metrics: {}, signature: null, evidence: null };
  await registerVersion({ temporal, taskQueue }, endpoint, {
    model: { kind: 'model', digest: digestText(endpoint), size: 1 },
    ...facts,
    ...by,
  });
  await moveAlias({ temporal, taskQueue }, endpoint, { alias: 'champion', to: 1, ...by });
  await configureMonitor({ temporal, taskQueue }, config);
  return config;
}

/** Logs rows as a server does, ten to a request, and reports the outcomes of all of them. */
async function ask(
  endpoint: string,
  rows: ReturnType<typeof makeRows>,
  from: number,
  withOutcome = true,
): Promise<void> {
  for (let i = 0; i < rows.length; i += 10) {
    const part = rows.slice(i, i + 10);
    const request: LoggedRequest = {
      id: `${endpoint}-${from + i}`,
      at: 1_700_000_000_000 + from + i,
      version: 1,
      rows: part,
      labels: part.map(() => 'Adelie'),
      probabilities: part.map(() => 0.9),
    };
    log.add(endpoint, request);
    const outcomes = part.map((_, row) => ({ requestId: request.id, row, label: row < 9 ? 'Adelie' : 'Gentoo' }));
    if (withOutcome) await writeOutcomes(redis, endpoint, outcomes);
  }
  await expect.poll(() => log.figures(endpoint).waiting).toBe(0);
  await temporal.workflow
    .getHandle(monitorId(endpoint))
    .signal(MONITOR.nudge)
    .catch(() => undefined);
}

const state = (endpoint: string): Promise<MonitorState> => getMonitor({ temporal }, endpoint);

/** Runs of the pipeline for an endpoint, as Temporal has them. */
async function retrainings(endpoint: string): Promise<string[]> {
  await sleep(1500);
  const found: string[] = [];
  for await (const run of temporal.workflow.list({ query: `WorkflowType = 'retrain'` }))
    if (run.workflowId.startsWith(`retrain-retrain-${endpoint}-`)) found.push(run.workflowId);
  return found.sort();
}

async function until(endpoint: string, check: (state: MonitorState) => boolean): Promise<MonitorState> {
  let last: MonitorState | undefined;
  for (const began = performance.now(); performance.now() - began < 40_000; await sleep(100)) {
    last = await state(endpoint).catch(() => last);
    if (last && check(last)) return last;
  }
  throw new Error(`it did not come to that: ${JSON.stringify(last, null, 1)}`);
}

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
      run: 'retrain-retrain-shifted-1',
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
  expect(await retrainings('shifted')).toEqual(['retrain-retrain-shifted-1']);
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
  expect(await retrainings('worse')).toEqual(['retrain-retrain-worse-1']);
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
  await freezeMonitor({ temporal }, 'orders', { ...order, frozen: true });
  await ask('orders', makeRows(100, 4, 1.5), 100);
  await until('orders', ({ windows, waiting }) => windows === 2 && waiting === 'retraining is frozen');
  await pauseMonitor({ temporal }, 'orders', order);
  await ask('orders', makeRows(100, 5, 1.5), 200);
  await sleep(700);
  expect(await state('orders')).toMatchObject({ windows: 2, started: 0, paused: true });
  await freezeMonitor({ temporal }, 'orders', { ...order, frozen: false });
  await resumeMonitor({ temporal }, 'orders', order);
  const ended = await until('orders', ({ retrainings: [one] }) => one?.verdict !== undefined);
  expect(ended).toMatchObject({ windows: 3, started: 1, retrainings: [{ promoted: true }] });
  expect(ended.notes.map(({ what }) => what)).toContain('paused by test: to see');
  await expect(pauseMonitor({ temporal }, 'orders', { by: '', why: 'x' })).rejects.toThrow('the order lacks "by"');
  await expect(getMonitor({ temporal }, 'order')).rejects.toThrow('did you mean "orders"?');
});

test('continuing as new loses no window and counts none twice', async () => {
  startWorker();
  const config = await makeConfig('long', { retrain: null });
  const input = { config, continueAfter: 60 };
  const handle = await temporal.workflow.start('monitor', { workflowId: monitorId('long'), taskQueue, args: [input] });
  for (let i = 0; i < 8; i++) await ask('long', makeRows(500, 20 + i), i * 500);
  const ended = await until('long', ({ windows }) => windows === 40);
  expect(ended).toMatchObject({ entries: 400, lost: 0 });
  expect(ended.recent.map(({ number, from }) => [number, from - 1_700_000_000_000])).toEqual(
    Array.from({ length: 40 }, (_, i) => [i + 1, i * 100]),
  );
  const { runId } = await temporal.workflow.getHandle(monitorId('long')).describe();
  expect(runId).not.toBe(handle.firstExecutionRunId);
});

test('with Redis gone and back again, nothing is lost or counted twice', async () => {
  startWorker();
  await makeEndpoint('redis', { retrain: null });
  await ask('redis', makeRows(250, 2), 0);
  await until('redis', ({ windows }) => windows === 2);
  await sleep(1200);
  process.kill(valkey.pid, 'SIGKILL');
  await valkey.exited;
  await sleep(1500);
  valkey = await startValkey({ dir: path.join(folder, 'valkey'), port: valkey.port });
  await ask('redis', makeRows(250, 3), 250);
  const ended = await until('redis', ({ windows }) => windows === 5);
  expect(ended).toMatchObject({ entries: 50, lost: 0, problem: null });
});

describe('a worker killed with -9 leaves the same decisions as an undisturbed one, and one retraining', () => {
  const facts = ({ windows, drifted, recent, retrainings: all, started, entries }: MonitorState): unknown => ({
    windows,
    drifted,
    entries,
    started,
    recent: recent.slice(0, 3).map(({ rows, labelled, findings }) => ({ rows, labelled, findings })),
    retrainings: all.map(({ number, columns: which, labelled, verdict }) => ({ number, which, labelled, verdict })),
  });
  const play = async (endpoint: string, crash?: WorkerSettings['crash']): Promise<unknown> => {
    const doomed = startWorker(crash);
    await makeEndpoint(endpoint);
    await ask(endpoint, makeRows(200, 2), 0);
    await ask(endpoint, makeRows(100, 3, 1.5), 200);
    if (crash) {
      await new Promise((resolve) => (doomed.signalCode === null ? doomed.once('exit', resolve) : resolve(null)));
      expect(doomed.signalCode).toBe('SIGKILL');
      expect(existsSync(crash.marker)).toBe(true);
      startWorker(crash);
    }
    const ended = await until(
      endpoint,
      ({ retrainings: [one], windows }) => one?.verdict !== undefined && windows === 3,
    );
    expect(await retrainings(endpoint)).toEqual([`retrain-retrain-${endpoint}-1`]);
    return facts(ended);
  };

  test.each([
    ['after', 'trainyard.monitorWindow'],
    ['before', 'trainyard.monitorFresh'],
    ['after', 'trainyard.monitorFresh'],
    ['before', 'deployNext'],
    ['after', 'deployNext'],
    ['before', 'trainyard.monitorChampion'],
    ['after', 'trainyard.monitorProfile'],
  ] as const)(
    '%s %s',
    async (when, activity) => {
      const name = `k-${when}-${activity.replace(/^trainyard\./, '').toLowerCase()}`;
      const straight = await play(`${name}-straight`);
      await Promise.all([...workers].map(stopWorker));
      expect(await play(`${name}-killed`, { when, activity, marker: path.join(folder, name) })).toEqual(straight);
    },
    120_000,
  );
});
