import { afterAll, beforeAll, expect, test } from 'vitest';
import { getModelHead, moveAlias, registerVersion } from '../../client/registry/models.js';
import type { Webhook } from '../../core/config.js';
import type { RegistryInput } from '../../workflows/registry/contract.js';
import { Stage } from '../processes/stage.js';
import { Receiver, toldTo } from '../processes/webhooks.js';
import { versionOf } from './versions.js';

let stage: Stage;
const receivers: Receiver[] = [];
beforeAll(async () => {
  stage = await Stage.start(new URL('../bundles/registry.ts', import.meta.url));
});
afterAll(async () => {
  await stage?.[Symbol.asyncDispose]();
  for (const receiver of receivers) receiver.close();
});

const by = { by: 'test', why: 'because' };

async function receiver(): Promise<Receiver> {
  const started = await Receiver.start();
  receivers.push(started);
  return started;
}

const hook = (name: string, { url }: { readonly url: string }, models?: string[]): Webhook => ({
  name,
  url,
  secret: 'signed-with',
  ...(models ? { models } : {}),
});

async function begin(name: string, input: Partial<RegistryInput> = {}): Promise<void> {
  await stage.temporal.workflow.start('model-registry', {
    workflowId: `model/${name}`,
    taskQueue: name,
    args: [{ name, ...input } satisfies RegistryInput],
  });
}

test('each event comes signed and in order until it is acknowledged; one that is down holds up nobody and misses nothing', async () => {
  const [well, down, elsewhere] = [await receiver(), await receiver(), await receiver()];
  down.status = 503;
  const store = stage.store('told');
  const access = { temporal: stage.temporal, taskQueue: 'told', store };
  const webhooks = [hook('well', well), hook('down', down), hook('elsewhere', elsewhere, ['another'])];
  await stage.work('told', store, { activities: toldTo(webhooks, access) });
  await begin('told', { openBytes: 400, continueAfter: 60 });
  for (let n = 1; n <= 12; n++) {
    await registerVersion(access, 'told', versionOf(`v${n}`));
    await moveAlias(access, 'told', { alias: 'champion', to: n, ...by });
  }
  const all = Array.from({ length: 24 }, (_, n) => n + 1);
  await expect.poll(() => well.lines, { timeout: 60_000 }).toEqual(all);
  expect(well.received.slice(0, 2)).toMatchObject([
    { id: 'told.told.1', type: 'model.version.registered', data: { project: 'told', model: 'told', version: 1 } },
    { id: 'told.told.2', type: 'model.alias.moved', data: { alias: 'champion', from: null, to: 1, by: 'test' } },
  ]);
  const { outbox } = await getModelHead(access, 'told');
  expect(outbox?.hooks['down']).toEqual({ delivered: 0, problem: 'the receiver answered 503' });
  expect(new Set(down.received.map(({ id }) => id))).toEqual(new Set(['told.told.1']));
  down.status = 200;
  await expect.poll(() => down.lines, { timeout: 120_000, interval: 500 }).toEqual(all);
  expect([well.wrong, down.wrong, elsewhere.received.length]).toEqual([0, 0, 0]);
}, 240_000);

test('a worker that is killed while it tells, or before anybody knows that it did, leaves no event out', async () => {
  const told = await receiver();
  const store = stage.store('killed');
  const access = { temporal: stage.temporal, taskQueue: 'killed', store };
  await begin('killed');
  const { deaths } = await stage.respawn('killed', store.name, ['sending-event', 'event-sent'], [hook('told', told)]);
  for (let n = 1; n <= 3; n++) await registerVersion(access, 'killed', versionOf(`v${n}`));
  await expect.poll(() => told.lines, { timeout: 200_000, interval: 500 }).toEqual([1, 2, 3]);
  expect(deaths()).toBe(2);
  // What came twice came under one id.
  expect(new Set(told.received.map(({ id }) => id)).size).toBe(3);
}, 240_000);
