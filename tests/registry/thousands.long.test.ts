import { expect, test } from 'vitest';
import { getModel, getVersion } from '../../client/registry/model-view.js';
import { getModelHead, listModels, moveAlias, registerVersion, rollback } from '../../client/registry/models.js';
import { pagedCount } from '../../core/paged-list.js';
import { jsonBytes } from '../../core/paging.js';
import { Stage } from '../processes/stage.js';
import { versionOf } from './versions.js';

const VERSIONS = 5_000;
const EVIDENCE = 3_500;
const by = { by: 'test', why: 'better' };

test(`a model of ${VERSIONS} versions with evidence takes the next, and shows the first without reading the rest`, async () => {
  await using stage = await Stage.start(new URL('../bundles/registry.ts', import.meta.url));
  const store = stage.store('thousands');
  await stage.work('thousands', store);
  const access = { temporal: stage.temporal, taskQueue: 'thousands', store };
  const measured: string[] = [];
  const measure = async (): Promise<void> => {
    const { versions } = await getModel(access, 'thousands', { most: 1 });
    const count = versions[0]!.version;
    const times: number[] = [];
    for (let n = 1; n <= 20; n++) {
      const began = performance.now();
      await registerVersion(access, 'thousands', versionOf(`v${count + n}`, EVIDENCE));
      times.push(performance.now() - began);
    }
    times.sort((a, b) => a - b);
    measured.push(`${count}: ${times[10]!.toFixed(0)} ms (${times[0]!.toFixed(0)} to ${times[19]!.toFixed(0)})`);
  };
  const upTo = async (count: number): Promise<void> => {
    const { counts } = await getModel(access, 'thousands', { most: 1 });
    for (let next = counts.versions + 1; next <= count; next += 8)
      await Promise.all(
        Array.from({ length: Math.min(8, count - next + 1) }, (_, at) =>
          registerVersion(access, 'thousands', versionOf(`v${next + at}`, EVIDENCE)),
        ),
      );
  };
  await registerVersion(access, 'thousands', versionOf('v1', EVIDENCE));
  await moveAlias(access, 'thousands', { alias: 'champion', to: 1, once: 'first', ...by });
  await upTo(100);
  await measure();
  for (let count = 500; count < VERSIONS; count += 500) {
    await upTo(count);
    await moveAlias(access, 'thousands', { alias: 'champion', to: count - 250, once: `to ${count}`, ...by });
  }
  await upTo(VERSIONS - 20);
  await measure();

  const head = await getModelHead(access, 'thousands');
  const { counts, aliases } = await getModel(access, 'thousands');
  expect(counts.versions).toBe(VERSIONS);
  expect(aliases['champion']).toMatchObject({
    version: 4_250,
    past: [1, 250, 750, 1250, 1750, 2250, 2750, 3250, 3750],
  });
  // All but the newest are in the store, and what is carried is a few pages, however many versions there are.
  expect(pagedCount(head.versions)).toBeGreaterThan(VERSIONS - 20);
  expect(jsonBytes(head)).toBeLessThan(120_000);
  store.reads = 0;
  const first = await getVersion(access, 'thousands', 2);
  expect(first.evidence).toHaveLength(EVIDENCE);
  expect(store.reads).toBeLessThanOrEqual(4);
  measured.push(`the head has ${jsonBytes(head)} bytes; version 2 took ${store.reads} reads`);

  // Every version is there once, and whoever asks again is told its number.
  const numbers: number[] = [];
  for (let before: number | undefined; ;) {
    const { versions } = await getModel(access, 'thousands', { versionsBefore: before, most: 500 });
    if (versions.length === 0) break;
    numbers.unshift(...versions.map(({ version }) => version));
    before = versions[0]!.version;
  }
  expect(numbers).toEqual(Array.from({ length: VERSIONS }, (_, n) => n + 1));
  const one = await getVersion(access, 'thousands', 77);
  expect(await registerVersion(access, 'thousands', { ...one, metrics: {} })).toEqual({ version: 77, created: false });
  const once = await moveAlias(access, 'thousands', { alias: 'champion', to: 1, once: 'first', ...by });
  expect(once).toMatchObject({ from: null, to: 1, move: 2 });
  expect((await rollback(access, 'thousands', { alias: 'champion', ...by })).to).toBe(3_750);
  await moveAlias(access, 'thousands', { alias: 'champion', to: 3, ...by });
  expect((await listModels(access))[0]).toMatchObject({
    versions: VERSIONS,
    aliases: { champion: { version: 3, run: (await getVersion(access, 'thousands', 3)).run } },
  });
  console.log(measured.join('\n'));
}, 1_200_000);
