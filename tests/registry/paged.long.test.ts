import { afterAll, beforeAll, expect, test } from 'vitest';
import { getModel, getVersion } from '../../client/registry/model-view.js';
import { getModelHead, moveAlias, registerVersion, rollback } from '../../client/registry/models.js';
import { isTrainyardError } from '@trainyard/errors';
import { countOf, pagedCount } from '../../core/paged-list.js';
import type { ModelEvent, RegistryInput, RegistryState } from '../../workflows/registry/contract.js';
import { move, register, rollback as rollBack } from '../../workflows/registry/ledger.js';
import { Stage } from '../processes/stage.js';
import { versionOf } from './versions.js';
import { emptyModel } from '../../workflows/registry/state.js';

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

/** Asks until a worker lives for long enough to answer: as those who deploy do, all of it may be asked twice. */
async function again<T>(ask: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      if (!/Workflow Task in failed state/.test(String(error))) throw error;
    }
  }
}

/** Numbers below `most` that look drawn, the same in each run. */
function drawing(seed: number): (most: number) => number {
  let state = seed;
  return (most) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return (state >>> 8) % most;
  };
}

async function codeOf(act: () => unknown): Promise<unknown> {
  try {
    return await act();
  } catch (error) {
    if (!isTrainyardError(error)) throw error;
    return error.code;
  }
}

test('a registry that has moved nearly everything into the store answers and decides as if it had all with it', async () => {
  const store = stage.store('oracle');
  // Nothing is cached: each step replays all before it.
  await stage.work('oracle', store, { cached: false });
  await begin('oracle', 'oracle', { openBytes: 50, continueAfter: 150 });
  const access = { temporal: stage.temporal, taskQueue: 'oracle', store };
  const draw = drawing(7);
  let state: RegistryState = emptyModel('oracle');
  const told = (change: () => { state: RegistryState; answer: object }) => () => {
    const next = change();
    ({ state } = next);
    return next.answer;
  };
  for (let n = 0; n < 240; n++) {
    const kind = draw(10);
    const versions = countOf(state.versions);
    const at = '2026-01-01T00:00:00.000Z';
    let asked: [ask: () => Promise<unknown>, tell: () => object];
    if (kind < 3) {
      const request = versionOf(`v${draw(90)}`);
      asked = [() => registerVersion(access, 'oracle', request), told(() => register(state, request, at))];
    } else if (kind < 9) {
      const once = draw(2) === 0 ? undefined : `key ${draw(60)}`;
      const expected = draw(4) === 0 ? draw(versions + 1) : undefined;
      const request = { alias: draw(5) === 0 ? 'other' : 'champion', to: draw(versions + 2), once, expected, ...by };
      asked = [() => moveAlias(access, 'oracle', request), told(() => move(state, request, at))];
    } else {
      const request = { alias: 'champion', ...by };
      asked = [() => rollback(access, 'oracle', request), told(() => rollBack(state, request, at))];
    }
    const [real, expected] = [await codeOf(asked[0]), await codeOf(asked[1])];
    if (typeof expected === 'string') expect(real).toBe(expected);
    else expect({ ...(real as object), at: 0 }).toEqual({ ...(expected as object), at: 0 });
  }
  const bare = (events: readonly ModelEvent[]) => events.map((event) => ({ ...event, at: '' }));
  const view = await getModel(access, 'oracle', { most: 1_000 });
  expect(view.versions.map((one) => ({ ...one, registeredAt: '' }))).toEqual(
    state.versions.open.map((one) => ({ ...one, registeredAt: '', tags: {}, deprecated: null, deleted: null })),
  );
  expect(bare(view.history)).toEqual(bare(state.history.open));
  expect(Object.entries(view.aliases).map(([alias, { version, past }]) => [alias, version, past])).toEqual(
    Object.entries(state.aliases).map(([alias, { version, past }]) => [alias, version, past.open]),
  );
  // That is to say: hardly anything of it was in the state.
  const head = await getModelHead(access, 'oracle');
  for (const list of [head.versions, head.history]) expect(pagedCount(list)).toBeGreaterThan(countOf(list) - 10);
  expect(pagedCount(head.aliases['champion']!.past)).toBeGreaterThan(0);
  const { counts } = await getModel(access, 'oracle', { most: 3, versionsBefore: 11 });
  expect(counts).toEqual({ versions: countOf(state.versions), history: countOf(state.history) });
  expect((await getModel(access, 'oracle', { most: 3, versionsBefore: 11 })).versions.map((v) => v.version)).toEqual([
    8, 9, 10,
  ]);
  expect((await getVersion(access, 'oracle', 1)).run).toBe(state.versions.open[0]!.run);
  await expect(getVersion(access, 'oracle', 4_000)).rejects.toThrow('oracle has no version 4000');
}, 420_000);

test('a worker that is killed before a page is kept, or when the registry does not know it yet, changes nothing', async () => {
  const store = stage.store('killed');
  const points = ['keeping-page', 'page-kept', 'page-kept', 'keeping-page'];
  const { deaths } = await stage.respawn('killed', store.name, points);
  await begin('killed', 'killed', { openBytes: 2_000, continueAfter: 150 });
  const access = { temporal: stage.temporal, taskQueue: 'killed', store };
  for (let n = 1; n <= 60; n++)
    expect((await again(() => registerVersion(access, 'killed', versionOf(`v${n}`)))).version).toBe(n);
  await again(() => moveAlias(access, 'killed', { alias: 'champion', to: 5, once: 'last', ...by }));
  expect(deaths()).toBe(points.length);
  const { versions, history } = await getModel(access, 'killed');
  expect(versions.map(({ run }) => run)).toEqual(Array.from({ length: 60 }, (_, n) => `run v${n + 1}`));
  expect(history.map(({ number }) => number)).toEqual(Array.from({ length: 61 }, (_, n) => n + 1));
  expect(pagedCount((await getModelHead(access, 'killed')).versions)).toBeGreaterThan(50);
}, 240_000);
