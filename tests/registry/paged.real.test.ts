import { afterAll, beforeAll, expect, test } from 'vitest';
import { getModel } from '../../client/registry/model-view.js';
import { getModelHead, moveAlias, readAliases, registerVersion, rollback } from '../../client/registry/models.js';
import { pagedCount } from '../../core/paged-list.js';
import { jsonBytes } from '../../core/paging.js';
import type { FormerState, ModelEvent, RegistryInput } from '../../workflows/registry/contract.js';
import { Stage } from '../processes/stage.js';
import { versionOf } from './versions.js';

let stage: Stage;
beforeAll(async () => {
  stage = await Stage.start(new URL('../bundles/registry.ts', import.meta.url));
});
afterAll(() => stage?.[Symbol.asyncDispose]());

const by = { by: 'test', why: 'because' };

async function begin(taskQueue: string, name: string, more: Partial<RegistryInput> = {}): Promise<void> {
  await stage.temporal.workflow.start('model-registry', {
    workflowId: `model/${name}`,
    taskQueue,
    args: [{ name, ...more } satisfies RegistryInput],
  });
}

test('many that register one old version at once are all told its number', async () => {
  const store = stage.store('once');
  await stage.work('once', store);
  await begin('once', 'once', { openBytes: 300 });
  const access = { temporal: stage.temporal, taskQueue: 'once', store };
  for (let n = 1; n <= 30; n++) await registerVersion(access, 'once', versionOf(`v${n}`));
  const asked = [...Array.from({ length: 4 }, () => 'v2'), ...Array.from({ length: 4 }, () => 'new')];
  const answers = await Promise.all(asked.map((text) => registerVersion(access, 'once', versionOf(text))));
  expect(answers.slice(0, 4)).toEqual(Array.from({ length: 4 }, () => ({ version: 2, created: false })));
  expect(answers.slice(4).map(({ version }) => version)).toEqual(Array.from({ length: 4 }, () => 31));
  expect(answers.filter(({ created }) => created)).toHaveLength(1);
});

test('a full store, and one that cannot be read, lose no version: facts leave the state after their page is kept', async () => {
  const store = stage.store('full');
  await stage.work('full', store);
  const access = { temporal: stage.temporal, taskQueue: 'full', store };
  store.full = true;
  for (let n = 1; n <= 20; n++) await registerVersion(access, 'full', versionOf(`v${n}`, 3_500));
  await moveAlias(access, 'full', { alias: 'champion', to: 3, ...by });
  const before = await getModel(access, 'full');
  expect(before.versions.map(({ version }) => version)).toEqual(Array.from({ length: 20 }, (_, n) => n + 1));
  await expect.poll(async () => (await getModel(access, 'full')).problem, { timeout: 30_000 }).toMatch(/no space left/);
  store.full = false;
  const isPaged = async () => pagedCount((await getModelHead(access, 'full')).versions) > 10;
  await expect.poll(isPaged, { timeout: 60_000, interval: 500 }).toBe(true);
  expect(await getModel(access, 'full')).toEqual({ ...before, problem: undefined });
  store.away = true;
  // What needs an old fact is refused in words, and leaves no trace; what does not goes on.
  await expect(moveAlias(access, 'full', { alias: 'champion', to: 1, ...by })).rejects.toThrow(/may not be read/);
  expect((await registerVersion(access, 'full', versionOf('v21', 3_500))).version).toBe(21);
  await moveAlias(access, 'full', { alias: 'champion', to: 21, ...by });
  expect((await readAliases(access, 'full'))?.aliases['champion']).toMatchObject({ version: 21, run: 'run v21' });
  store.away = false;
  await moveAlias(access, 'full', { alias: 'champion', to: 1, ...by });
  expect((await readAliases(access, 'full'))?.aliases['champion']).toMatchObject({ version: 1, run: 'run v1' });
}, 120_000);

test('a registry that 0.1.0 had filled, so that it refused new versions for ever, takes them again', async () => {
  const store = stage.store('former');
  await stage.work('former', store);
  const versions = Array.from({ length: 357 }, (_, at) => {
    const { model, ...facts } = versionOf(`v${at + 1}`, 3_500);
    return { version: at + 1, model, ...facts, registeredAt: '2026-01-01T00:00:00.000Z' };
  });
  const history = versions.map(({ version, run }): ModelEvent => {
    return { number: version, at: '2026-01-01T00:00:00.000Z', what: 'registered', version, run, ...by };
  });
  const aliases = { champion: { version: 2, since: '2026-01-01', move: 0, past: [1], ...by } };
  const full: FormerState = { name: 'former', versions, aliases, history };
  expect(jsonBytes(full)).toBeGreaterThan(1_400_000);
  await begin('former', 'former', { state: full });
  const access = { temporal: stage.temporal, taskQueue: 'former', store };
  const isShort = async () => jsonBytes(await getModelHead(access, 'former')) < 100_000;
  await expect.poll(isShort, { timeout: 60_000, interval: 300 }).toBe(true);
  expect(await registerVersion(access, 'former', versionOf('v358', 3_500))).toEqual({ version: 358, created: true });
  expect(await registerVersion(access, 'former', versionOf('v17', 3_500))).toEqual({ version: 17, created: false });
  const unmarked = { tags: {}, deprecated: null, deleted: null };
  expect((await getModel(access, 'former', { most: 357, versionsBefore: 358 })).versions).toEqual(
    versions.map((version) => ({ ...version, ...unmarked })),
  );
  expect((await rollback(access, 'former', { alias: 'champion', ...by })).to).toBe(1);
}, 120_000);
