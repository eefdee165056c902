import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Client, Connection, type WorkflowHandle } from '@temporalio/client';
import { DefaultLogger, Runtime } from '@temporalio/worker';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { planBackfill, recordBackfill } from '../../client/backfill/plan.js';
import type { DurableProcess, ProcessServices } from '../../client/process.js';
import { ReviewDesk } from '../../client/review/reviews.js';
import { digestText } from '../../core/digest.js';
import { startTemporal, startValkey, type TemporalService, type ValkeyService } from '../../setup/index.js';
import { FileStore } from '../../store/index.js';
import { processCases, type ProcessExample } from '../../worker/testing/index.js';
import type { BackfillInput } from '../../workflows/backfill/contract.js';
import type { MonitorInput, MonitorState } from '../../workflows/monitor/contract.js';
import { REGISTRY, type RegistryInput } from '../../workflows/registry/contract.js';
import type { ReviewInput } from '../../workflows/review/contract.js';
import type { TriggerInput, TriggerState } from '../../workflows/trigger/contract.js';
import { backfillProcess } from './backfill.js';
import { labelReviewProcess } from './label-review.js';
import { registryProcess } from './model-registry.js';
import { monitorProcess } from './monitor.js';
import { triggerProcess } from './trigger.js';

const folder = mkdtempSync(path.join(tmpdir(), 'trainyard-processes-'));
let temporal: TemporalService;
let valkey: ValkeyService;
let services: ProcessServices;
const ends: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  [temporal, valkey] = await Promise.all([startTemporal({ uiPort: false }), startValkey({})]);
  ends.push(
    () => temporal.stop(),
    () => valkey.stop(),
  );
  const connection = await Connection.connect({ address: temporal.address });
  const redis = new Redis(valkey.url);
  redis.on('error', () => undefined);
  ends.push(
    () => connection.close(),
    async () => redis.disconnect(),
  );
  const store = new FileStore(path.join(folder, 'store'));
  const client = {
    temporal: new Client({ connection }),
    namespace: 'default',
    taskQueue: 'trainyard-processes',
    store,
    redis,
    close: async () => undefined,
  };
  services = { client, store };
  await recordBackfill(
    store,
    planBackfill({ pipeline: 'echo', param: 'day', values: [1, 2, 3], id: 'three' }, 'processes'),
  );
  // What triggers watch is a project's.
  process.env['TRAINYARD_PROJECT'] = folder;
}, 120_000);
afterAll(async () => {
  for (const end of ends.reverse()) await end();
  rmSync(folder, { recursive: true, force: true });
});

const others = [new URL('./echo.test-part.ts', import.meta.url)];
const stateOf = (handle: WorkflowHandle): Promise<unknown> => handle.query('state');
const answerNext = async ({ workflowId }: WorkflowHandle): Promise<void> => {
  const desk = new ReviewDesk({ temporal: services.client.temporal });
  const { held } = await desk.next(workflowId, { reviewer: 'ann', hold: 1 });
  const [item = -1] = held;
  await desk.answer(workflowId, { item, label: 'Gentoo', reviewer: 'ann', ms: 900, requestId: `ann-${item}`, hold: 1 });
};
let asked = 0;
/** Each of another queue: answers of an equal review would be found. */
const review = (): ReviewInput => ({
  args: {
    queue: { kind: 'json', digest: digestText(`queue ${++asked}`), size: 1 },
    items: 6,
    label: 'species',
    labels: ['Adelie', 'Gentoo'],
    reviewers: 1,
    guideline: '',
    byDefault: 'keep',
    leaseMs: 600_000,
    askAgain: true,
  },
  run: { id: 'run-review', lineage: 'run-review', pipeline: 'penguins', seed: 0, cause: null },
  name: 'answers',
  scope: 'answers',
});
const register = async (handle: WorkflowHandle): Promise<void> => {
  const { versions } = await handle.query<{ versions: readonly unknown[] }>('state');
  const model = { kind: 'model', digest: digestText(String(versions.length)), size: 1 };
  const facts = { run: 'r', lineage: 'r', pipeline: 'p', metrics: {}, signature: null, evidence: null };
  await handle.executeUpdate(REGISTRY.register, { args: [{ model, ...facts, by: 'test', why: 'a case' }] });
};
let contents = 0;
const change = async (handle: WorkflowHandle): Promise<void> => {
  const changes = async (): Promise<number> => (await handle.query<TriggerState>('state')).seen?.sequence ?? 0;
  const before = await changes();
  writeFileSync(path.join(folder, 'rows.csv'), `n\n${++contents}\n`);
  await expect.poll(changes, { timeout: 60_000 }).toBeGreaterThan(before);
};
const registry: RegistryInput = { name: 'penguins' };
const watching: TriggerInput = { config: { pipeline: 'echo', source: 'rows.csv', everyMs: 200, params: {} } };
const partitions: BackfillInput = { id: 'three', pipeline: 'echo', parallel: 1 };
const mass = { name: 'mass', type: 'number' } as const;
const monitored: MonitorInput = {
  config: {
    endpoint: 'penguins',
    columns: [mass],
    label: { name: 'species', type: 'text' },
    reference: { kind: 'file', digest: digestText('profile'), size: 1 },
    table: { kind: 'table', digest: digestText('table'), size: 1 },
    window: 100,
    alpha: 0.01,
    minEffect: 0.1,
    everyMs: 500,
    retrain: null,
  },
};
const order = (what: 'pause' | 'resume') => (handle: WorkflowHandle) =>
  handle.executeUpdate(what, { args: [{ by: 'test', why: 'a case' }] });

// A study is a part of a run, on whose engine it lives: tests/studies holds the same promises of it.
const examples: readonly ProcessExample[] = [
  {
    process: labelReviewProcess as DurableProcess,
    input: review,
    continuing: () => ({ ...review(), continueAfter: 20 }),
    steps: Array.from({ length: 6 }, () => answerNext),
    gave: (result) => expect(result).toMatchObject({ kind: 'json', value: { settled: 6, closed: 'complete' } }),
  },
  {
    process: registryProcess,
    input: () => registry,
    continuing: () => ({ ...registry, continueAfter: 12 }),
    steps: Array.from({ length: 5 }, () => register),
    state: stateOf,
  },
  {
    process: triggerProcess,
    input: () => watching,
    continuing: () => ({ ...watching, continueAfter: 30 }),
    steps: [change, change],
    // When a file was looked at last is no state that a worker could change.
    state: async (handle) => {
      const { config, seen } = (await stateOf(handle)) as TriggerState;
      return { config, sequence: seen?.sequence };
    },
    others,
  },
  {
    process: backfillProcess,
    input: () => partitions,
    continuing: () => ({ ...partitions, continueAfter: 12 }),
    steps: [],
    gave: (result) => expect(result).toEqual({ outcome: 'done', reached: 3 }),
    others,
  },
  {
    process: monitorProcess,
    input: () => monitored,
    continuing: () => ({ ...monitored, continueAfter: 20 }),
    steps: [order('pause'), order('resume'), order('pause'), order('resume')],
    state: async (handle) => {
      const { config, paused, notes } = (await stateOf(handle)) as MonitorState;
      return { config, paused, notes };
    },
  },
];

for (const example of examples)
  describe(`the process ${example.process.name}`, { timeout: 240_000 }, () => {
    for (const one of processCases)
      test.runIf(one.applies(example))(one.name, () => one.run(example, { address: temporal.address, services }));
  });
