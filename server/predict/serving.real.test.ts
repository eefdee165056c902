import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Client, Connection } from '@temporalio/client';
import { NativeConnection, Worker } from '@temporalio/worker';
import type { FastifyInstance } from 'fastify';
import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { TrainyardClient } from '../../client/index.js';
import { getModel } from '../../client/registry/model-view.js';
import { exampleRow } from '../../cli/run/serving.js';
import { moveAlias, registerVersion, rollback } from '../../client/registry/models.js';
import type { Model, Ref } from '../../core/kinds.js';
import { writeMassModel } from '../../models/mass-model.test-part.js';
import { emoji, folder as texts, tables } from '../../plugins/train/text/emoji.test-part.js';
import { textNetNode } from '../../plugins/train/worker.js';
import { endpointNode } from '../../plugins/deploy/worker.js';
import { startTemporal, startValkey, type TemporalService, type ValkeyService } from '../../setup/index.js';
import { outcomeStream, predictionStream } from '../../core/ids.js';
import { Artifacts, FileStore } from '../../store/index.js';
import { runNode } from '../../worker/testing/index.js';
import type { LoggedRequest } from '../../core/prediction-streams.js';
import { createServer, listen } from '../index.js';
import { writeHistoryModel } from './history-model.test-part.js';
import { predictRoutes, type PredictOptions } from './index.js';

const taskQueue = 'trainyard-served';
const key = 'a-key-for-this-test';
let folder = '';
let temporalServer: TemporalService;
let valkey: ValkeyService;
let worker: Worker;
let running: Promise<void>;
let native: NativeConnection;
let client: TrainyardClient;
let redis: Redis;
let artifacts: Artifacts;
const servers: FastifyInstance[] = [];

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'trainyard-serving-'));
  [temporalServer, valkey] = await Promise.all([
    startTemporal({ uiPort: false, dbFile: path.join(folder, 'temporal.db') }),
    startValkey({ dir: path.join(folder, 'valkey') }),
  ]);
  const connection = await Connection.connect({ address: temporalServer.address });
  native = await NativeConnection.connect({ address: temporalServer.address });
  redis = new Redis(valkey.url);
  redis.on('error', () => undefined);
  const store = new FileStore(path.join(folder, 'store'));
  artifacts = new Artifacts(store);
  client = {
    temporal: new Client({ connection }),
    namespace: 'default',
    taskQueue,
    store,
    redis,
    close: () => connection.close(),
  };
  const workflowsPath = fileURLToPath(new URL('../../tests/bundles/registry.ts', import.meta.url));
  worker = await Worker.create({ connection: native, taskQueue, workflowsPath });
  running = worker.run();
});

afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

afterAll(async () => {
  worker?.shutdown();
  await running;
  await native?.close();
  await client?.close();
  redis?.disconnect();
  await Promise.all([temporalServer?.stop(), valkey?.stop()]);
  rmSync(folder, { recursive: true, force: true });
});

function deploy(name: string, model: Ref, more: object = {}) {
  return runNode(endpointNode, {
    params: { name, ...more },
    inputs: { model },
    host: { client: async () => client },
    store: client.store,
  });
}

async function serve(options: Partial<PredictOptions> = {}, services: object = {}): Promise<string> {
  const app = createServer({
    services: { store: client.store, client, redis, ...services },
    keys: [{ name: 'test', key }],
    routes: [predictRoutes({ stateFolder: path.join(folder, 'state'), pollMs: 60_000, ...options })],
  });
  servers.push(app);
  return listen(app);
}

async function post(url: string, body: unknown, headers: object = {}): Promise<{ status: number; body: any }> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  return { status: response.status, body: await response.json() };
}

const get = async (url: string): Promise<any> => (await fetch(url)).json();

test('a deployed model answers by both interfaces, with the same numbers', async () => {
  await deploy('both', await writeMassModel(artifacts));
  const url = await serve();
  const plain = await post(
    `${url}/v1/endpoints/both/predict`,
    { rows: [{ mass: 7 }, { mass: null }] },
    { 'x-request-id': 'r-1' },
  );
  expect(plain).toMatchObject({ status: 200, body: { model: 'both', version: 1, requestId: 'r-1' } });
  expect(plain.body.predictions.map((p: any) => p.label)).toEqual(['gentoo', 'adelie']);
  expect(plain.body.predictions[0].probabilities.gentoo).toBeCloseTo(1 / (1 + Math.exp(-4)), 12);
  const v2 = await post(`${url}/v2/models/both/infer`, {
    id: 'r-2',
    inputs: [{ name: 'mass', shape: [2, 1], datatype: 'FP64', data: [[7], [null]] }],
  });
  expect(v2.body).toMatchObject({ model_name: 'both', model_version: '1', id: 'r-2' });
  const probabilities = v2.body.outputs.find((o: any) => o.name === 'probabilities');
  expect(probabilities).toMatchObject({ shape: [2, 2], datatype: 'FP64' });
  expect(probabilities.data.slice(0, 2)).toEqual(
    ['adelie', 'gentoo'].map((c) => plain.body.predictions[0].probabilities[c]),
  );
  expect((await post(`${url}/v1/endpoints/both/predict`, { row: { mass: 7 } })).body.predictions).toEqual([
    plain.body.predictions[0],
  ]);
  expect(await get(`${url}/v2/models/both`)).toMatchObject({
    inputs: [{ name: 'mass', datatype: 'FP64', shape: [-1] }],
  });
  expect(await get(`${url}/v2/health/ready`)).toEqual({ ready: true });
});

test('a net that was trained on raw text is asked with raw text', async () => {
  const inputs = await tables('served', emoji);
  const params = { label: 'group', column: 'name', steps: 12, epochs: 3, learningRate: 0.01, batchSize: 64 };
  const trained = await runNode(textNetNode, { params, inputs, store: client.store });
  await deploy('signs', trained.outputs['model']!.ref as Ref<Model>);
  const url = await serve();
  // It is slow enough to be scored in a process of its own, which starts first.
  await expect.poll(async () => (await get(`${url}/v1/endpoints/signs`)).ready, { timeout: 120_000 }).toBe(true);
  const { status, body } = await post(`${url}/v1/endpoints/signs/predict`, {
    rows: [{ name: 'flag: Iceland' }, { name: '' }, { name: null }],
  });
  expect(status).toBe(200);
  expect(body.predictions.map((p: any) => p.label)[0]).toBe('Flags');
  expect(body.predictions[1]).toEqual(body.predictions[2]);
  const v2 = await post(`${url}/v2/models/signs/infer`, {
    inputs: [{ name: 'name', shape: [1], datatype: 'BYTES', data: ['flag: Iceland'] }],
  });
  expect(v2.body.outputs.find((o: any) => o.name === 'label').data).toEqual(['Flags']);
  expect(await post(`${url}/v1/endpoints/signs/predict`, { rows: [{ name: 7 }] })).toMatchObject({ status: 422 });
  rmSync(texts, { recursive: true });
});

test('a model of earlier rows could not be deployed: its sample was sent as if rows of it were requests', async () => {
  const model = await writeHistoryModel(client.store);
  await deploy('sales', model);
  const url = await serve();
  const ask = (row: unknown) => post(`${url}/v1/endpoints/sales/predict`, { row });
  const sent = (sold: number | null) =>
    JSON.stringify([
      { day: '2024-02-28', sold: 9, shop: 'a' },
      { day: '2024-02-29', sold, shop: 'a' },
    ]);
  const { status, body } = await ask({ day: '2024-03-01', earlier: sent(null) });
  expect(status).toBe(200);
  // Earlier rows go through the cleaning that the table went through.
  expect(body.predictions).toEqual((await ask({ day: '2024-03-01', earlier: sent(0) })).body.predictions);
  expect(body.predictions).not.toEqual((await ask({ day: '2024-03-01', earlier: sent(25) })).body.predictions);
  const other = sent(0).replace('"a"', '"b"');
  // As every row that the model does not take: not as a fault of a node.
  for (const earlier of [other, 'none', '[1]', '[{"day":"2024-02-28"}]'])
    expect(await ask({ day: '2024-03-01', earlier })).toMatchObject({
      status: 422,
      body: { type: 'urn:trainyard:error:TY-PREDICT-INPUT' },
    });
  // What the command prints is a row that the model takes.
  expect(await ask(await exampleRow(client, model.digest))).toMatchObject({ status: 200 });
});

test('a wrong request is a problem that names field and row, and is no fault of the server', async () => {
  await deploy('wrong', await writeMassModel(artifacts));
  const url = await serve();
  const at = `${url}/v1/endpoints/wrong/predict`;
  const cases: [unknown, number, string][] = [
    [{ rows: [{ mass: 1 }, { mass: 'heavy' }] }, 422, 'row 1, field "mass" must be a number or null'],
    [{ rows: [{}] }, 422, 'row 0, field "mass" is missing'],
    [{ rows: [{ mass: 1, mas: 1 }] }, 422, 'field "mas" is no input of the model; did you mean "mass"?'],
    [{ rows: [] }, 422, 'the request has no rows'],
    [{ rows: [7] }, 422, 'row 0 is no object'],
    [{ rows: [{ mass: 1 }], row: { mass: 1 } }, 422, 'either rows or row'],
    [{ roes: [] }, 422, 'no field "roes"'],
    ['[]', 422, 'the body is no JSON object'],
    ['{"rows": [{"mass": NaN}]}', 400, 'JSON'],
    [{ rows: Array.from({ length: 10_001 }, () => ({ mass: 1 })) }, 422, '10001 rows'],
  ];
  for (const [body, status, words] of cases) {
    const answer = await post(at, body);
    expect([answer.status, answer.body.detail]).toEqual([status, expect.stringContaining(words) as string]);
  }
  expect(await post(`${url}/v1/endpoints/wrng/predict`, { row: { mass: 1 } })).toMatchObject({
    status: 404,
    body: { code: 'TY-ENDPOINT-UNKNOWN', detail: expect.stringContaining('did you mean "wrong"?') as string },
  });
  const tensors = [{ name: 'mass', shape: [3], datatype: 'FP64', data: [1] }];
  expect(await post(`${url}/v2/models/wrong/infer`, { inputs: tensors })).toMatchObject({
    status: 422,
    body: { where: { field: 'inputs[0].data' } },
  });
});

test('an alias moves under load: no request is lost, and each is answered by one version', async () => {
  const models = await Promise.all([writeMassModel(artifacts), writeMassModel(artifacts, { sureness: 2 })]);
  await deploy('swap', models[0]!);
  const url = await serve();
  const sure = [1, 2].map((sureness) => 1 / (1 + Math.exp(-2 * sureness)));
  let loading = true;
  const seen: number[] = [];
  const load = Array.from({ length: 8 }, async () => {
    while (loading) {
      const { status, body } = await post(`${url}/v1/endpoints/swap/predict`, { rows: [{ mass: 6 }, { mass: 6 }] });
      expect(status).toBe(200);
      for (const { probabilities } of body.predictions)
        expect(probabilities.gentoo).toBeCloseTo(sure[body.version - 1]!, 12);
      seen.push(body.version);
    }
  });
  await sleep(200);
  await deploy('swap', models[1]!);
  await expect.poll(() => seen.at(-1), { interval: 5, timeout: 20_000 }).toBe(2);
  await rollback({ temporal: client.temporal, taskQueue, redis }, 'swap', {
    alias: 'champion',
    by: 'test',
    why: 'worse',
  });
  await expect.poll(() => seen.at(-1), { interval: 5, timeout: 20_000 }).toBe(1);
  loading = false;
  await Promise.all(load);
  expect(seen.length).toBeGreaterThan(50);
});

test('a moved alias is heard of within 200 ms', async () => {
  const models = await Promise.all([writeMassModel(artifacts), writeMassModel(artifacts, { sureness: 2 })]);
  for (const model of models) await deploy('quick', model);
  const url = await serve();
  const took: number[] = [];
  for (const to of [1, 2, 1, 2, 1]) {
    await moveAlias(client, 'quick', { alias: 'champion', to, by: 'test', why: 'to see how long it takes' });
    const moved = performance.now();
    await expect
      .poll(async () => (await get(`${url}/v1/endpoints/quick`)).version, { interval: 2, timeout: 20_000 })
      .toBe(to);
    took.push(performance.now() - moved);
  }
  // The best of five: what else the machine does is no property of the server.
  expect(Math.min(...took)).toBeLessThan(200);
});

test('a model that cannot be opened leaves the version before in service, and says why', async () => {
  const good = await writeMassModel(artifacts);
  await deploy('damaged', good);
  const url = await serve({ pollMs: 200 });
  const bad = (await artifacts.write('model', { value: {}, files: { 'model.json': '{}' } })) as Ref<Model>;
  await expect(deploy('damaged', bad)).rejects.toThrow('format');
  const by = { by: 'test', why: 'by hand' };
  const facts = { run: 'r', lineage: 'r', pipeline: 'p', metrics: {}, signature: null, evidence: null };
  await registerVersion(client, 'damaged', { model: bad, ...facts, ...by });
  await moveAlias(client, 'damaged', { alias: 'champion', to: 2, ...by });
  await expect
    .poll(async () => (await get(`${url}/v1/endpoints`)).endpoints.find((e: any) => e.name === 'damaged').problem)
    .toContain('version 2 cannot be opened');
  expect((await post(`${url}/v1/endpoints/damaged/predict`, { row: { mass: 6 } })).body.version).toBe(1);
  await moveAlias(client, 'damaged', { alias: 'champion', to: 1, ...by });
  await expect.poll(async () => (await get(`${url}/v1/endpoints/damaged`)).problem).toBeNull();
});

test('a deployment done again registers and moves nothing, and one that was overtaken is told', async () => {
  const [first, second] = await Promise.all([
    writeMassModel(artifacts, { sureness: 3 }),
    writeMassModel(artifacts, { sureness: 4 }),
  ]);
  await using once = await deploy('again', first);
  await using twice = await deploy('again', first);
  expect(twice.output.value).toEqual(once.output.value);
  await expect(deploy('again', second, { expected: null })).rejects.toMatchObject({ code: 'TY-ALIAS-MOVED' });
  const state = await getModel(client, 'again');
  expect(state.history.map((event) => event.what)).toEqual(['registered', 'moved', 'registered']);
  expect(state.versions[0]).toMatchObject({
    metrics: { 'validation.f1.macro': 0.9 },
    signature: { classes: ['adelie', 'gentoo'] },
  });
});

test('requests are logged once each, outcomes join them, and sending outcomes again changes nothing', async () => {
  await deploy('logged', await writeMassModel(artifacts));
  const url = await serve();
  const at = `${url}/v1/endpoints/logged`;
  const asked = await Promise.all(
    Array.from({ length: 50 }, (_, i) => post(`${at}/predict`, { rows: [{ mass: i / 5 }, { mass: null }] })),
  );
  await expect.poll(async () => (await get(at)).log.written).toBe(100);
  const entries = (await redis.xrange(predictionStream('served', 'logged'), '-', '+')).map(
    ([, f]) => JSON.parse(f[1]!) as LoggedRequest,
  );
  expect(entries.map(({ id }) => id).sort()).toEqual(asked.map(({ body }) => body.requestId as string).sort());
  expect(entries[0]).toMatchObject({ version: 1, rows: [{ mass: expect.any(Number) as number }, { mass: null }] });
  const outcomes = [{ requestId: asked[0]!.body.requestId, row: 1, label: 'gentoo' }];
  expect((await post(`${at}/outcomes`, { outcomes })).status).toBe(401);
  const headers = { authorization: `Bearer ${key}` };
  expect((await post(`${at}/outcomes`, { outcomes }, headers)).body).toMatchObject({ received: 1, recorded: 1 });
  expect((await post(`${at}/outcomes`, { outcomes }, headers)).body).toMatchObject({ received: 1, recorded: 0 });
  expect(await redis.xlen(outcomeStream('served', 'logged'))).toBe(1);
  expect(await post(`${at}/outcomes`, { requestId: 'x', label: 'gento' }, headers)).toMatchObject({
    status: 422,
    body: { detail: expect.stringContaining('did you mean "gentoo"?') as string },
  });
});

test('with Redis gone answers go on, what the log cannot hold is counted, and the rest arrives once when it is back', async () => {
  await deploy('away', await writeMassModel(artifacts));
  const url = await serve({ log: { capacity: 30 } });
  const at = `${url}/v1/endpoints/away`;
  await post(`${at}/predict`, { row: { mass: 1 } });
  await expect.poll(async () => (await get(at)).log.written).toBe(1);
  process.kill(valkey.pid, 'SIGKILL');
  await valkey.exited;
  for (let i = 0; i < 50; i++) expect((await post(`${at}/predict`, { row: { mass: i } })).status).toBe(200);
  expect((await get(at)).log).toMatchObject({ waiting: 30, dropped: 20 });
  valkey = await startValkey({ dir: path.join(folder, 'valkey'), port: valkey.port });
  await expect.poll(async () => (await get(at)).log.waiting, { timeout: 15_000 }).toBe(0);
  const rows = (await redis.xrange(predictionStream('served', 'away'), '-', '+')).length;
  // The entry of before may be lost with the server: it writes its file once a second.
  expect([30, 31]).toContain(rows);
});

test('a server started while Temporal and Redis are away serves the last known version, and catches up afterwards', async () => {
  const models = await Promise.all([
    writeMassModel(artifacts, { sureness: 5 }),
    writeMassModel(artifacts, { sureness: 6 }),
  ]);
  await deploy('alone', models[0]!);
  const stateFolder = path.join(folder, 'state-alone');
  await serve({ stateFolder });
  await servers.pop()!.close();
  const gone = await Connection.connect({ address: temporalServer.address });
  await gone.close();
  const nobody = new Redis(1, { lazyConnect: true, maxRetriesPerRequest: 0 });
  nobody.on('error', () => undefined);
  const url = await serve(
    { stateFolder },
    { client: { temporal: new Client({ connection: gone }), taskQueue }, redis: nobody },
  );
  expect((await post(`${url}/v1/endpoints/alone/predict`, { row: { mass: 6 } })).body).toMatchObject({ version: 1 });
  nobody.disconnect();
  await deploy('alone', models[1]!);
  const back = await serve({ stateFolder });
  expect((await post(`${back}/v1/endpoints/alone/predict`, { row: { mass: 6 } })).body).toMatchObject({ version: 2 });
});
