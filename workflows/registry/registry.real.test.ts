import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client, Connection } from '@temporalio/client';
import { NativeConnection, Worker } from '@temporalio/worker';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { digestText } from '../../core/digest.js';
import { pageActivities } from '../../activities/processes/pages.js';
import { getModel } from '../../client/registry/model-view.js';
import { listModels, moveAlias, readAliases, registerVersion, rollback } from '../../client/registry/models.js';
import { startTemporal, type TemporalService } from '../../setup/index.js';
import { FileStore, type Store } from '../../store/index.js';
import { toldTo } from '../../tests/processes/webhooks.js';
import type { MoveRequest, RegisterRequest, RegistryInput } from './contract.js';

const taskQueue = 'registry-test';
let server: TemporalService;
let connection: Connection;
let worker: Worker;
let running: Promise<void>;
let folder: string;
let native: NativeConnection;
let access: { temporal: Client; taskQueue: string; store: Store };

beforeAll(async () => {
  server = await startTemporal({ uiPort: false });
  connection = await Connection.connect({ address: server.address });
  native = await NativeConnection.connect({ address: server.address });
  folder = mkdtempSync(path.join(tmpdir(), 'trainyard-registry-'));
  access = { temporal: new Client({ connection }), taskQueue, store: new FileStore(folder) };
  const workflowsPath = fileURLToPath(new URL('../../tests/bundles/registry.ts', import.meta.url));
  worker = await Worker.create({
    ...{ connection: native, taskQueue, workflowsPath },
    activities: { ...pageActivities(access), ...toldTo([], access) },
  });
  running = worker.run();
});

afterAll(async () => {
  worker?.shutdown();
  await running;
  await native?.close();
  await connection?.close();
  await server?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const version = (text: string, run = `run-${text}`): RegisterRequest => ({
  model: { kind: 'model', digest: digestText(text), size: 1 },
  run,
  lineage: run,
  pipeline: 'penguins',
  metrics: { 'f1.macro': 0.9 },
  signature: null,
  evidence: null,
  by: 'test',
  why: 'first',
});
const to = (n: number, more: Partial<MoveRequest> = {}): MoveRequest => ({
  alias: 'champion',
  to: n,
  by: 'test',
  why: 'better',
  ...more,
});

test('the same model of the same lineage is one version, however often and however many at once ask', async () => {
  const asked = await Promise.all(Array.from({ length: 8 }, () => registerVersion(access, 'same', version('a'))));
  expect(asked.filter((answer) => answer.created)).toHaveLength(1);
  expect(new Set(asked.map((answer) => answer.version))).toEqual(new Set([1]));
  expect(await registerVersion(access, 'same', version('a', 'another run'))).toEqual({ version: 2, created: true });
  expect((await getModel(access, 'same')).versions.map((v) => v.run)).toEqual(['run-a', 'another run']);
});

test('of two promoters one wins and the other is told where the alias stands', async () => {
  for (const text of ['a', 'b', 'c']) await registerVersion(access, 'race', version(text));
  await moveAlias(access, 'race', to(1, { expected: null }));
  const both = await Promise.allSettled([2, 3].map((n) => moveAlias(access, 'race', to(n, { expected: 1 }))));
  const lost = both.filter((r) => r.status === 'rejected');
  expect(lost).toHaveLength(1);
  const { champion } = (await getModel(access, 'race')).aliases;
  expect(lost[0]?.reason).toMatchObject({
    code: 'TY-ALIAS-MOVED',
    expected: 'version 1',
    actual: `version ${champion?.version}, since ${champion?.since} by test: better`,
  });
});

test('a move asked again with its key moves nothing, also after others have moved on', async () => {
  for (const text of ['a', 'b']) await registerVersion(access, 'again', version(text));
  const first = await moveAlias(access, 'again', to(1, { once: 'deploy-1' }));
  await moveAlias(access, 'again', to(2));
  expect(await moveAlias(access, 'again', to(1, { once: 'deploy-1', expected: null }))).toEqual(first);
  expect((await getModel(access, 'again')).aliases['champion']?.version).toBe(2);
});

test('a rollback goes back through the versions that the alias stood at', async () => {
  for (const text of ['a', 'b', 'c']) await registerVersion(access, 'back', version(text));
  for (const n of [1, 2, 3]) await moveAlias(access, 'back', to(n));
  const back = { alias: 'champion', by: 'test', why: 'worse in service' };
  expect(await rollback(access, 'back', back)).toMatchObject({ from: 3, to: 2 });
  expect(await rollback(access, 'back', back)).toMatchObject({ from: 2, to: 1 });
  await expect(rollback(access, 'back', back)).rejects.toThrow('there is nothing to go back to');
});

test('bad requests are refused in words, and leave no trace', async () => {
  await registerVersion(access, 'words', version('a'));
  const before = await getModel(access, 'words');
  await expect(moveAlias(access, 'words', to(7))).rejects.toThrow('words has no version 7');
  await expect(moveAlias(access, 'words', to(1, { alias: 'No Alias' }))).rejects.toThrow('this is not an alias');
  await expect(moveAlias(access, 'words', to(1, { why: '' }))).rejects.toThrow('why is missing');
  await expect(moveAlias(access, 'wordz', to(1))).rejects.toThrow('did you mean "words"?');
  await expect(getModel(access, 'Not/AName')).rejects.toMatchObject({ code: 'TY-MODEL-REQUEST' });
  await expect(
    registerVersion(access, 'words', {
      ...version('b'),
      model: { kind: 'table', digest: digestText('b'), size: 1 } as never,
    }),
  ).rejects.toThrow('only a model can be registered');
  await expect(registerVersion(access, 'words', { ...version('b'), evidence: 'x'.repeat(5000) })).rejects.toThrow(
    'evidence is too large',
  );
  expect(await getModel(access, 'words')).toEqual(before);
});

test('1,000 reads during 100 moves always see one alias at one whole version, and continuing as new loses nothing', async () => {
  const input: RegistryInput = { name: 'long', continueAfter: 60 };
  const handle = await access.temporal.workflow.start('model-registry', {
    workflowId: 'model/long',
    taskQueue,
    args: [input],
  });
  const firstRun = (await handle.describe()).runId;
  for (const text of ['a', 'b']) await registerVersion(access, 'long', version(text));
  await moveAlias(access, 'long', to(1));
  let moving = true;
  let reads = 0;
  const seen = new Set<number | undefined>();
  const readers = Array.from({ length: 20 }, async () => {
    for (let newest = 0; moving || reads < 1000; reads++) {
      const at = (await readAliases(access, 'long'))?.aliases['champion'];
      seen.add(at?.version);
      expect(at?.model.digest).toBe(digestText(at?.version === 1 ? 'a' : 'b'));
      expect(at!.move).toBeGreaterThanOrEqual(newest);
      newest = at!.move;
      await new Promise((next) => setTimeout(next, 100));
    }
  });
  for (let n = 0; n < 100; n++)
    await moveAlias(access, 'long', to(n % 2 === 0 ? 2 : 1, { expected: n % 2 === 0 ? 1 : 2 }));
  moving = false;
  await Promise.all(readers);
  expect([...seen].sort()).toEqual([1, 2]);
  const state = await getModel(access, 'long', { most: 200 });
  expect(state.history.map((event) => event.number)).toEqual(Array.from({ length: 103 }, (_, i) => i + 1));
  expect((await access.temporal.workflow.getHandle('model/long').describe()).runId).not.toBe(firstRun);
  expect((await readAliases(access, 'long'))?.move).toBe(103);
}, 120_000);

test('models are listed with where their aliases stand', async () => {
  await expect.poll(async () => (await listModels(access)).map((m) => m.model), { timeout: 10_000 }).toContain('back');
  const back = (await listModels(access)).find((m) => m.model === 'back');
  expect(back?.aliases['champion']).toMatchObject({ version: 1, model: { digest: digestText('a') } });
});
