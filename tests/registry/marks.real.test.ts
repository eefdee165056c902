import { afterAll, beforeAll, expect, test } from 'vitest';
import { intervalsOf, standingAt } from '../../client/registry/intervals.js';
import { getModel, getVersion } from '../../client/registry/model-view.js';
import {
  annotateVersion,
  deleteVersion,
  getModelHead,
  moveAlias,
  registerVersion,
  rollback,
} from '../../client/registry/models.js';
import { countOf, pagedCount } from '../../core/paged-list.js';
import { isAliasEvent, type RegistryInput } from '../../workflows/registry/contract.js';
import { Stage } from '../processes/stage.js';
import { versionOf } from './versions.js';

let stage: Stage;
beforeAll(async () => {
  stage = await Stage.start(new URL('../bundles/registry.ts', import.meta.url));
});
afterAll(() => stage?.[Symbol.asyncDispose]());

const by = { by: 'test', why: 'because' };

/** A model with so many versions whose lists are in pages from 300 bytes on. */
async function model(name: string, versions: number) {
  const store = stage.store(name);
  await stage.work(name, store);
  await stage.temporal.workflow.start('model-registry', {
    workflowId: `model/${name}`,
    taskQueue: name,
    args: [{ name, openBytes: 300 } satisfies RegistryInput],
  });
  const access = { temporal: stage.temporal, taskQueue: name, store };
  for (let n = 1; n <= versions; n++) await registerVersion(access, name, versionOf(`v${n}`));
  return access;
}

test('tags and words of a version hold as they were said last, however many were said since', async () => {
  const access = await model('tagged', 3);
  await annotateVersion(access, 'tagged', { version: 2, tags: { region: 'eu', audited: 'no' }, ...by });
  for (let n = 0; n < 30; n++)
    await annotateVersion(access, 'tagged', { version: 3, tags: { [`t${n}`]: 'x'.repeat(100) }, ...by });
  await annotateVersion(access, 'tagged', { version: 2, tags: { audited: 'yes', region: null }, ...by });
  await annotateVersion(access, 'tagged', { version: 2, deprecated: 'wrong units', ...by });
  const isPaged = async () => pagedCount((await getModelHead(access, 'tagged')).marks!) > 10;
  await expect.poll(isPaged, { timeout: 30_000 }).toBe(true);
  expect(await getVersion(access, 'tagged', 2)).toMatchObject({ tags: { audited: 'yes' }, deprecated: 'wrong units' });
  expect(Object.keys((await getVersion(access, 'tagged', 3)).tags)).toHaveLength(30);
  await annotateVersion(access, 'tagged', { version: 2, deprecated: null, ...by });
  expect((await getVersion(access, 'tagged', 2)).deprecated).toBeNull();
  expect(await getVersion(access, 'tagged', 1)).toMatchObject({ tags: {}, deprecated: null, deleted: null });
  for (const wrong of [{ version: 4 }, { version: 1, tags: { 'a b': 'c' } }, { version: 1 }])
    await expect(annotateVersion(access, 'tagged', { ...wrong, ...by })).rejects.toMatchObject({
      code: expect.stringMatching(/TY-MODEL-(UNKNOWN|REQUEST)/) as string,
    });
}, 60_000);

test('a deleted version is moved to by nobody, keeps its number and its times, and comes back when it is registered again', async () => {
  const access = await model('deleted', 4);
  for (const to of [1, 2, 3]) await moveAlias(access, 'deleted', { alias: 'champion', to, ...by });
  await expect(deleteVersion(access, 'deleted', { version: 3, ...by })).rejects.toThrow(
    'version 3 is in use: champion stands at it',
  );
  expect(await deleteVersion(access, 'deleted', { version: 2, ...by })).toMatchObject({ changed: true });
  expect(await deleteVersion(access, 'deleted', { version: 2, ...by })).toMatchObject({ changed: false });
  await expect(moveAlias(access, 'deleted', { alias: 'champion', to: 2, ...by })).rejects.toThrow(
    'version 2 was deleted',
  );
  await expect(rollback(access, 'deleted', { alias: 'champion', ...by })).rejects.toThrow('version 2 was deleted');
  await expect(annotateVersion(access, 'deleted', { version: 2, deprecated: 'x', ...by })).rejects.toThrow(
    'was deleted',
  );
  expect(await getVersion(access, 'deleted', 2)).toMatchObject({ deleted: { by: 'test', why: 'because' } });
  expect(await intervalsOf(access, 'deleted', { version: 2 })).toMatchObject([{ alias: 'champion', version: 2 }]);
  expect(await registerVersion(access, 'deleted', versionOf('v5'))).toEqual({ version: 5, created: true });
  expect(await registerVersion(access, 'deleted', versionOf('v2'))).toEqual({ version: 2, created: false });
  expect((await getVersion(access, 'deleted', 2)).deleted).toBeNull();
  expect(await rollback(access, 'deleted', { alias: 'champion', ...by })).toMatchObject({ from: 3, to: 2 });
}, 60_000);

test('which version answered at a moment is what the whole history says, for each moment of it', async () => {
  const access = await model('moments', 5);
  const moves = [1, 2, null, 3, 3, 1, 5, 4, null, 2] as const;
  for (const [n, to] of moves.entries())
    for (const alias of n % 3 === 0 ? ['champion', 'challenger'] : ['champion'])
      await moveAlias(access, 'moments', { alias, to, ...by }).catch(() => undefined);
  await rollback(access, 'moments', { alias: 'challenger', ...by }).catch(() => undefined);
  const head = await getModelHead(access, 'moments');
  expect(pagedCount(head.history)).toBeGreaterThan(5);
  const { history } = await getModel(access, 'moments', { most: 500 });
  expect(history).toHaveLength(countOf(head.history));
  for (const alias of ['champion', 'challenger'])
    for (const { at } of history)
      for (const shift of [-1, 0, 1]) {
        const moment = Date.parse(at) + shift;
        const last = history.filter((e) => isAliasEvent(e) && e.alias === alias && Date.parse(e.at) <= moment).at(-1);
        const found = await standingAt(access, 'moments', alias, new Date(moment));
        expect(found?.version ?? null).toBe(last && isAliasEvent(last) ? last.to : null);
        expect(found?.line).toBe(last && isAliasEvent(last) && last.to !== null ? last.number : undefined);
      }
  const intervals = await intervalsOf(access, 'moments', { alias: 'champion' });
  expect(intervals.map(({ version }) => version).reverse()).toEqual(moves.filter((to) => to !== null));
  for (const [n, { until }] of intervals.slice(1).entries()) expect(until! <= intervals[n]!.from).toBe(true);
  expect(intervals[0]?.until).toBeNull();
  expect(await standingAt(access, 'moments', 'champion', new Date(0))).toBeUndefined();
}, 60_000);
