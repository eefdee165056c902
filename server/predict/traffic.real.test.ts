import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client, Connection } from '@temporalio/client';
import { NativeConnection, Worker } from '@temporalio/worker';
import type { FastifyInstance } from 'fastify';
import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { armFigures } from '../../client/registry/arm-figures.js';
import { trafficAt } from '../../client/registry/intervals.js';
import { moveAlias, registerVersion, setTraffic } from '../../client/registry/models.js';
import { armCountsKey, predictionStream, shadowStream } from '../../core/ids.js';
import type { Model, Ref } from '../../core/kinds.js';
import type { LoggedRequest } from '../../core/prediction-streams.js';
import { provideParts } from '../../core/provided-parts.js';
import { partsOf } from '../../core/provided-parts.js';
import { armsOfSlots, seedOf, slotOf, type TrafficAsk } from '../../core/traffic.js';
import { writeMassModel } from '../../models/mass-model.test-part.js';
import { logisticRegression } from '../../plugins/train/kinds/logistic.js';
import { startTemporal, startValkey, type TemporalService, type ValkeyService } from '../../setup/index.js';
import { Artifacts, FileStore, type Store } from '../../store/index.js';
import { createServer, listen } from '../index.js';
import { predictRoutes } from './index.js';
import { writeBirds } from './served.test-part.js';

const taskQueue = 'trainyard-arms';
const project = 'arms';
const by = { by: 'test', why: 'to see' };
let folder = '';
let temporal: TemporalService;
let valkey: ValkeyService;
let connection: Connection;
let native: NativeConnection;
let worker: Worker;
let running: Promise<void>;
let redis: Redis;
let store: Store;
let access: { temporal: Client; taskQueue: string; redis: Redis; store: Store };
const servers: FastifyInstance[] = [];

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'trainyard-arms-'));
  provideParts(() => partsOf([logisticRegression]));
  [temporal, valkey] = await Promise.all([
    startTemporal({ uiPort: false }),
    startValkey({ dir: path.join(folder, 'valkey') }),
  ]);
  connection = await Connection.connect({ address: temporal.address });
  native = await NativeConnection.connect({ address: temporal.address });
  redis = new Redis(valkey.url);
  redis.on('error', () => undefined);
  store = new FileStore(path.join(folder, 'store'));
  access = { temporal: new Client({ connection }), taskQueue, redis, store };
  const workflowsPath = fileURLToPath(new URL('../../tests/bundles/registry.ts', import.meta.url));
  worker = await Worker.create({ connection: native, taskQueue, workflowsPath });
  running = worker.run();
}, 120_000);

afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

afterAll(async () => {
  worker?.shutdown();
  await running;
  await native?.close();
  await connection?.close();
  redis?.disconnect();
  await Promise.all([temporal?.stop(), valkey?.stop()]);
  rmSync(folder, { recursive: true, force: true });
});

/** A model of several versions, the first of which is served. */
async function withVersions(name: string, models: readonly Ref<Model>[]): Promise<void> {
  const facts = { pipeline: 'p', metrics: {}, signature: null, evidence: null };
  for (const [i, model] of models.entries())
    await registerVersion(access, name, { model, run: `r${i}`, lineage: `r${i}`, ...facts, ...by });
  await moveAlias(access, name, { alias: 'champion', to: 1, ...by });
}

async function serve(services: object = {}): Promise<string> {
  const app = createServer({
    services: { store, client: access, redis, ...services },
    keys: [{ name: 'test', key: 'a-key-for-this-test' }],
    routes: [predictRoutes({ stateFolder: path.join(folder, 'state'), pollMs: 60_000 })],
  });
  servers.push(app);
  return listen(app);
}

interface Said {
  readonly status: number;
  readonly version: number;
}
async function ask(url: string, name: string, id: string, row: object = { mass: 6 }): Promise<Said> {
  const response = await fetch(`${url}/v1/endpoints/${name}/predict`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-request-id': id },
    body: JSON.stringify({ row }),
  });
  const { version } = (await response.json()) as { version: number };
  return { status: response.status, version };
}

const describeOne = async (url: string, name: string): Promise<any> =>
  (await fetch(`${url}/v1/endpoints/${name}`)).json();
const followed = (url: string, name: string) => async () => (await describeOne(url, name)).traffic?.number ?? null;
const plan = (mode: TrafficAsk['mode'], share: number): TrafficAsk => ({
  mode,
  arms: [{ name: 'candidate', version: 2, share }],
});
const logged = async (stream: string): Promise<LoggedRequest[]> =>
  (await redis.xrange(stream, '-', '+')).map(([, f]) => JSON.parse(f[1]!) as LoggedRequest);

test('a canary answers its units, who stay in it as it grows, and a plan is heard of within 200 ms', async () => {
  await withVersions('grows', [
    await writeMassModel(new Artifacts(store)),
    await writeMassModel(new Artifacts(store), { sureness: 2 }),
  ]);
  const url = await serve();
  let expected: number | null = null;
  let before = new Set<string>();
  const took: number[] = [];
  for (const share of [0.05, 0.25, 0.5]) {
    ({ number: expected } = await setTraffic(access, 'grows', { plan: plan('canary', share), expected, ...by }));
    const set = performance.now();
    await expect.poll(followed(url, 'grows'), { interval: 2, timeout: 20_000 }).toBe(expected);
    took.push(performance.now() - set);
    const { traffic } = await describeOne(url, 'grows');
    const arms = armsOfSlots(traffic.arms);
    const inIt = new Set<string>();
    for (let unit = 0; unit < 120; unit++) {
      const { status, version } = await ask(url, 'grows', `u-${unit}`);
      expect(status).toBe(200);
      // The rule is told, so that anybody can work out who was where.
      expect(version).toBe(arms[slotOf(seedOf(traffic.salt), `u-${unit}`)] === 1 ? 2 : 1);
      if (version === 2) inIt.add(`u-${unit}`);
    }
    for (const unit of before) expect(inIt.has(unit)).toBe(true);
    expect(inIt.size).toBeGreaterThanOrEqual(before.size);
    before = inIt;
  }
  expect(before.size).toBeGreaterThan(30);
  // The best of three: what else the machine does is no property of the server.
  expect(Math.min(...took)).toBeLessThan(200);
  await expect
    .poll(async () => (await logged(predictionStream(project, 'grows'))).length, { timeout: 10_000 })
    .toBe(360);
  for (const { version, arm } of await logged(predictionStream(project, 'grows')))
    expect(arm).toBe(version === 2 ? 'candidate' : 'stable');
  await expect
    .poll(async () => redis.hget(armCountsKey(project, 'grows', expected!), 'candidate:requests'), { timeout: 10_000 })
    .toBe(String(before.size));
  const told = await armFigures(access, 'grows', expected!);
  expect(told.map(({ arm, errors }) => [arm, errors])).toEqual([
    ['candidate', 0],
    ['stable', 0],
  ]);
  expect(told[0]!.p95).toBeGreaterThanOrEqual(told[0]!.p50!);
  expect(await trafficAt(access, 'grows', new Date())).toMatchObject({ line: expected, plan: { mode: 'canary' } });
  // The arm becomes the version in service, and the plan ends.
  await moveAlias(access, 'grows', { alias: 'champion', to: 2, ...by });
  await setTraffic(access, 'grows', { plan: null, expected, ...by });
  await expect.poll(followed(url, 'grows'), { timeout: 20_000 }).toBeNull();
  expect((await ask(url, 'grows', 'last')).version).toBe(2);
  expect(await trafficAt(access, 'grows', new Date())).toBeUndefined();
}, 60_000);

test('what an arm cannot answer, the stable version answers; a mistake of the caller is nobody’s error', async () => {
  const artifacts = new Artifacts(store);
  // The arm asks for a column that callers do not send.
  await withVersions('needs', [await writeMassModel(artifacts), await writeBirds(artifacts)]);
  const url = await serve();
  const { number } = await setTraffic(access, 'needs', { plan: plan('canary', 1), ...by });
  await expect.poll(followed(url, 'needs'), { timeout: 20_000 }).toBe(number);
  for (let unit = 0; unit < 20; unit++)
    expect(await ask(url, 'needs', `u-${unit}`)).toEqual({ status: 200, version: 1 });
  expect((await ask(url, 'needs', 'wrong', { mass: 'heavy' })).status).toBe(422);
  const counts = () => redis.hgetall(armCountsKey(project, 'needs', number));
  await expect
    .poll(counts, { timeout: 10_000 })
    .toMatchObject({ 'candidate:errors': '20', 'candidate:requests': '20', 'stable:requests': '20' });
  expect(await counts()).not.toHaveProperty('stable:errors');
}, 60_000);

test('a shadow is asked afterwards: its answers stand in a log of their own, and no monitor takes them for served', async () => {
  const artifacts = new Artifacts(store);
  await withVersions('shadowed', [await writeMassModel(artifacts), await writeMassModel(artifacts, { sureness: 3 })]);
  const url = await serve();
  const { number } = await setTraffic(access, 'shadowed', { plan: plan('shadow', 1), ...by });
  await expect.poll(followed(url, 'shadowed'), { timeout: 20_000 }).toBe(number);
  for (let unit = 0; unit < 30; unit++) expect((await ask(url, 'shadowed', `u-${unit}`)).version).toBe(1);
  const shadows = () => logged(shadowStream(project, 'shadowed'));
  await expect.poll(async () => (await shadows()).length, { timeout: 10_000 }).toBe(30);
  for (const { version, arm, plan: of } of await shadows())
    expect({ version, arm, of }).toEqual({ version: 2, arm: 'candidate', of: number });
  const served = await logged(predictionStream(project, 'shadowed'));
  expect(served.map(({ version }) => version)).toEqual(Array.from({ length: 30 }, () => 1));
}, 60_000);

test('a plan whose version cannot be opened leaves the one before in force, and one is followed without Temporal and Redis', async () => {
  const artifacts = new Artifacts(store);
  const broken = (await artifacts.write('model', { value: {}, files: { 'model.json': '{}' } })) as Ref<Model>;
  await withVersions('stays', [
    await writeMassModel(artifacts),
    await writeMassModel(artifacts, { sureness: 2 }),
    broken,
  ]);
  const url = await serve();
  const { number } = await setTraffic(access, 'stays', { plan: plan('canary', 1), ...by });
  await expect.poll(followed(url, 'stays'), { timeout: 20_000 }).toBe(number);
  const bad = { mode: 'canary' as const, arms: [{ name: 'candidate', version: 3, share: 1 }] };
  await setTraffic(access, 'stays', { plan: bad, ...by });
  await expect
    .poll(async () => (await describeOne(url, 'stays')).problem, { timeout: 20_000 })
    .toContain('version 3 cannot be opened');
  expect(await ask(url, 'stays', 'u')).toEqual({ status: 200, version: 2 });
  await Promise.all(servers.splice(0).map((server) => server.close()));
  const away = { temporal: new Client({ connection: Connection.lazy({ address: '127.0.0.1:1' }) }), taskQueue };
  const alone = await serve({ client: away, redis: undefined });
  expect(await ask(alone, 'stays', 'u')).toEqual({ status: 200, version: 2 });
}, 60_000);
