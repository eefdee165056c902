// The real parts that the tests of monitors play on: Temporal, Valkey, a store, workers in processes of their own.
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Client, Connection } from '@temporalio/client';
import { bundleWorkflowCode } from '@temporalio/worker';
import { build } from 'esbuild';
import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import type { ProjectAccess } from '../../client/homes.js';
import { moveAlias, registerVersion } from '../../client/registry/models.js';
import { configureMonitor, getMonitor } from '../../client/monitor/monitors.js';
import { digestText } from '../../core/digest.js';
import { monitorId } from '../../core/ids.js';
import type { File, Ref } from '../../core/kinds.js';
import { PROFILE_FILE, profileOf } from '@trainyard/drift';
import { randomFrom } from '@trainyard/numeric';
import { startTemporal, startValkey, type TemporalService, type ValkeyService } from '../../setup/index.js';
import { Artifacts, FileStore } from '../../store/index.js';
import { writeOutcomes } from '../../server/predict/outcomes.js';
import { PredictionLog } from '../../server/predict/prediction-log.js';
import { MONITOR, type MonitorConfig, type MonitorState } from '../../workflows/monitor/contract.js';
import type { LoggedRequest } from '../../core/prediction-streams.js';
import type { WorkerSettings } from './worker.js';

export const taskQueue = 'trainyard-watched';
export const project = 'watched';
export let folder = '';
let server: TemporalService;
let valkey: ValkeyService;
export let temporal: Client;
export let access: ProjectAccess;
let redis: Redis;
let log: PredictionLog;
export let artifacts: Artifacts;
let settings: WorkerSettings;
let program = '';
const workers = new Set<ChildProcess>();

/** Starts the real parts; call it once in a test file, at the top. */
export function useStage(): void {
  beforeAll(start);
  afterEach(async () => {
    await stopWorkers();
  });
  afterAll(stop);
}

async function start(): Promise<void> {
  folder = mkdtempSync(path.join(tmpdir(), 'trainyard-monitor-test-'));
  [server, valkey] = await Promise.all([
    startTemporal({ uiPort: false, dbFile: path.join(folder, 'temporal.db') }),
    startValkey({ dir: path.join(folder, 'valkey') }),
  ]);
  temporal = new Client({ connection: await Connection.connect({ address: server.address }) });
  access = { temporal, taskQueue };
  redis = new Redis(valkey.url);
  redis.on('error', () => undefined);
  log = new PredictionLog(redis, project);
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
}

/** Kills all workers with -9. */
export async function stopWorkers(): Promise<void> {
  await Promise.all([...workers].map(stopWorker));
}

async function stop(): Promise<void> {
  await log?.close();
  redis?.disconnect();
  await temporal?.connection.close();
  await Promise.all([server?.stop(), valkey?.stop()]);
  rmSync(folder, { recursive: true, force: true });
}

/** Kills Valkey with -9 and starts it again on its data after a while. */
export async function interruptValkey(ms: number): Promise<void> {
  process.kill(valkey.pid, 'SIGKILL');
  await valkey.exited;
  await sleep(ms);
  valkey = await startValkey({ dir: path.join(folder, 'valkey'), port: valkey.port });
}

export function startWorker(crash?: WorkerSettings['crash']): ChildProcess {
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
export function makeRows(size: number, seed: number, shift = 0): { mass: number | null; island: string }[] {
  const random = randomFrom(seed);
  return Array.from({ length: size }, () => ({
    mass: random.uniform() < 0.03 ? null : 3 + 2 * random.uniform() + shift,
    island: ['Biscoe', 'Dream', 'Torgersen'][random.integer(3)]!,
  }));
}

export async function makeConfig(
  endpoint: string,
  more: Partial<MonitorConfig> = {},
  params = {},
): Promise<MonitorConfig> {
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

export async function makeEndpoint(
  endpoint: string,
  more: Partial<MonitorConfig> = {},
  params = {},
): Promise<MonitorConfig> {
  const config = await makeConfig(endpoint, more, params);
  const by = { by: 'test', why: 'first' };
  const facts = { run: 'first', lineage: 'first', pipeline: 'p', metrics: {}, signature: null, evidence: null };
  await registerVersion(access, endpoint, {
    model: { kind: 'model', digest: digestText(endpoint), size: 1 },
    ...facts,
    ...by,
  });
  await moveAlias(access, endpoint, { alias: 'champion', to: 1, ...by });
  await configureMonitor(access, config);
  return config;
}

/** Logs rows as a server does, ten to a request, and reports the outcomes of all of them. */
export async function ask(
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
    if (withOutcome) await writeOutcomes(redis, { project, endpoint }, outcomes);
  }
  await expect.poll(() => log.figures(endpoint).waiting).toBe(0);
  await temporal.workflow
    .getHandle(monitorId(project, endpoint).id)
    .signal(MONITOR.nudge)
    .catch(() => undefined);
}

export const state = (endpoint: string): Promise<MonitorState> => getMonitor(access, endpoint);

/** Runs of the pipeline for an endpoint, as Temporal has them. */
export async function retrainings(endpoint: string): Promise<string[]> {
  await sleep(1500);
  const found: string[] = [];
  for await (const run of temporal.workflow.list({ query: `WorkflowType = 'retrain'` }))
    if (run.workflowId.startsWith(`retrain-retrain-${endpoint}-`)) found.push(run.workflowId);
  return found.sort();
}

export async function until(endpoint: string, check: (state: MonitorState) => boolean): Promise<MonitorState> {
  let last: MonitorState | undefined;
  for (const began = performance.now(); performance.now() - began < 120_000; await sleep(100)) {
    last = await state(endpoint).catch(() => last);
    if (last && check(last)) return last;
  }
  throw new Error(`it did not come to that: ${JSON.stringify(last, null, 1)}`);
}
