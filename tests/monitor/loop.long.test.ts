import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client, Connection } from '@temporalio/client';
import { NativeConnection, Worker } from '@temporalio/worker';
import type { FastifyInstance } from 'fastify';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { inWords } from '../../activities/failure-boundary.js';
import { monitorActivities } from '../../activities/monitor/activities.js';
import type { TrainyardClient } from '../../client/index.js';
import { getMonitor } from '../../client/monitor/monitors.js';
import { moveAlias, registerVersion } from '../../client/registry/models.js';
import { aliasChannel } from '../../core/ids.js';
import type { Model, Ref } from '../../core/kinds.js';
import { randomFrom } from '@trainyard/numeric';
import { writeMassModel } from '../../models/mass-model.test-part.js';
import { endpointNode as deployNode } from '../../plugins/deploy/worker.js';
import { endpointNode as monitorNode } from '../../plugins/monitor/worker.js';
import { createServer, listen } from '../../server/index.js';
import { predictRoutes } from '../../server/predict/index.js';
import { startTemporal, startValkey, type TemporalService, type ValkeyService } from '../../setup/index.js';
import { Artifacts, FileStore } from '../../store/index.js';
import { sql, withDatabase } from '@trainyard/tables';
import { runNode } from '../../worker/testing/index.js';

const taskQueue = 'loop-test';
const key = 'a-key-for-this-test';
let folder = '';
let temporalServer: TemporalService;
let valkey: ValkeyService;
let client: TrainyardClient;
let artifacts: Artifacts;
let worker: Worker;
let running: Promise<void>;
let native: NativeConnection;
let app: FastifyInstance;
let url = '';
let better: Ref<Model>;

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'trainyard-loop-'));
  [temporalServer, valkey] = await Promise.all([startTemporal({ uiPort: false }), startValkey({})]);
  const connection = await Connection.connect({ address: temporalServer.address });
  native = await NativeConnection.connect({ address: temporalServer.address });
  const temporal = new Client({ connection });
  const redis = new Redis(valkey.url);
  redis.on('error', () => undefined);
  const store = new FileStore(path.join(folder, 'store'));
  artifacts = new Artifacts(store);
  client = { temporal, namespace: 'default', taskQueue, store, redis, close: () => connection.close() };
  better = await writeMassModel(artifacts, { above: 6, sureness: 3 });
  worker = await Worker.create({
    connection: native,
    taskQueue,
    workflowsPath: fileURLToPath(new URL('./bundle.ts', import.meta.url)),
    activities: {
      ...inWords({ ...monitorActivities({ temporal, taskQueue, store, redis }) }),
      deployNext: async (endpoint: string, run: string): Promise<number> => {
        const by = { by: 'test', why: 'retrained' };
        const facts = { run, lineage: run, pipeline: 'retrain', metrics: {}, signature: null, evidence: null };
        const { version } = await registerVersion(client, endpoint, { model: better, ...facts, ...by });
        await moveAlias(client, endpoint, { alias: 'champion', to: version, once: run, ...by });
        return version;
      },
    },
  });
  running = worker.run();
  app = createServer({
    services: { store, client, redis },
    keys: [{ name: 'test', key }],
    routes: [predictRoutes({ stateFolder: path.join(folder, 'state'), pollMs: 60_000 })],
  });
  url = await listen(app);
});

afterAll(async () => {
  await app?.close();
  worker?.shutdown();
  await running;
  await native?.close();
  client?.redis?.disconnect();
  await client?.close();
  await Promise.all([temporalServer?.stop(), valkey?.stop()]);
  rmSync(folder, { recursive: true, force: true });
});

const masses = (size: number, seed: number, shift: number): number[] => {
  const random = randomFrom(seed);
  return Array.from({ length: size }, () => 3 + 4 * random.uniform() + shift);
};

async function post(at: string, body: unknown): Promise<{ version: number; requestId: string }> {
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${key}` };
  const response = await fetch(`${url}${at}`, { method: 'POST', headers, body: JSON.stringify(body) });
  expect(response.status).toBe(200);
  return (await response.json()) as { version: number; requestId: string };
}

/** Asks for each mass by itself, and tells afterwards what it was. */
async function serve(values: readonly number[], threshold: number): Promise<number[]> {
  const answers = [];
  for (const mass of values) answers.push(await post('/v1/endpoints/loop/predict', { row: { mass } }));
  const outcomes = answers.map(({ requestId }, i) => ({
    requestId,
    row: 0,
    label: values[i]! > threshold ? 'gentoo' : 'adelie',
  }));
  await post('/v1/endpoints/loop/outcomes', { outcomes });
  return answers.map(({ version }) => version);
}

test('from a deployed model over shifted traffic to the next one that serves, driven by what the server tells', async () => {
  const host = { client: async () => client };
  const { store } = client;
  const model = await writeMassModel(artifacts, { sureness: 3 });
  await using deployed = await runNode(deployNode, { params: { name: 'loop' }, inputs: { model }, host, store });
  expect(deployed.output.value).toMatchObject({ version: 1, announced: true });

  const file = path.join(folder, 'training.parquet');
  const rows = masses(400, 1, 0).map((mass, i) => ({ _row: `r${i}`, mass, species: mass > 5 ? 'gentoo' : 'adelie' }));
  const value = await withDatabase({}, async (database) => {
    const text = (name: string) => ({ name, type: 'text' as const });
    await database.insert('rows', [text('_row'), { name: 'mass', type: 'number' }, text('species')], rows);
    return database.write(sql`FROM rows`, file);
  });
  const reference = { value, files: { 'data.parquet': { path: file } } };
  const retrain = { pipeline: 'retrain', params: { better: true }, leastLabelled: 30, cooldown: 0 };
  const params = { name: 'loop', window: 50, every: 3_600_000, retrain };
  await using watched = await runNode(monitorNode, { params, inputs: { model, reference }, host, store });
  expect(watched.output.value).toMatchObject({ monitor: 'monitor/loop-test/loop', columns: 1, referenceRows: 400 });

  expect(new Set(await serve(masses(100, 2, 0), 5))).toEqual(new Set([1]));
  await expect.poll(async () => (await getMonitor(client, 'loop')).windows, { timeout: 30_000 }).toBe(2);
  expect(await getMonitor(client, 'loop')).toMatchObject({ drifted: 0, recent: [{ rows: 50 }, { rows: 50 }] });

  await serve(masses(60, 3, 2), 6);
  await expect
    .poll(async () => (await getMonitor(client, 'loop')).retrainings[0]?.verdict, { timeout: 40_000 })
    .toBe('promoted: version 2 serves');
  // The move was made without Redis being told: the server's next look finds it, here for the sake of time by telling.
  await client.redis?.publish(aliasChannel('loop-test'), JSON.stringify({ model: 'loop' }));
  await expect.poll(async () => (await post('/v1/endpoints/loop/predict', { row: { mass: 5.5 } })).version).toBe(2);

  const page = await (await fetch(`${url}/models/loop`, { headers: { accept: 'text/html' } })).text();
  for (const words of ['Model loop', 'promoted: version 2 serves', 'mass: median', 'champion moved 1'])
    expect(page).toContain(words);
  const shown = (await (await fetch(`${url}/api/monitors/loop`)).json()) as { windows: number };
  expect(shown.windows).toBeGreaterThanOrEqual(3);
  expect((await fetch(`${url}/api/monitors/lop`)).status).toBe(404);
}, 120_000);
