import { beforeAll, describe, expect, test } from 'vitest';
import { randomFrom } from '@trainyard/numeric';
import type { FittedTransform } from '@trainyard/transforms';
import { openModel, openScorer, writeModel } from '../../../models/index.js';
import { partsOf } from '../../../core/provided-parts.js';
import { ensureLightgbm } from '../../../setup/lightgbm.js';
import { modelKindCases, type ModelKindExample } from '../../../worker/testing/index.js';
import { loadLightgbm } from '../../kit/lightgbm.js';
import { layered, layersSchema } from '../layers/index.js';
import { tensorsOf } from '../net/layered-untrained.js';
import { forecastNet } from './forecast-net.js';
import { forecastTrees } from './forecast-trees.js';
import { lagForecast } from './lag-forecast.js';
import { tensorParts } from './tensor-kind.js';
import { textDigest } from './trees.js';

const COLUMNS = ['heat now', 'heat -1', 'heat -2'];
const transform: FittedTransform = {
  format: 'trainyard.transform/2',
  rows: 3,
  steps: COLUMNS.map((column) => ({ kind: 'pass', column, type: 'number' })),
};
const rows = [
  { 'heat now': 1, 'heat -1': 2, 'heat -2': 3 },
  { 'heat now': -4, 'heat -1': 0.5, 'heat -2': 1e5 },
  { 'heat now': 0, 'heat -1': 7, 'heat -2': 0.25 },
];
const naive: ModelKindExample = {
  kind: lagForecast,
  task: { type: 'forecasting', label: 'heat next', horizon: 2 },
  settings: { width: 3, places: [1, 0], fallback: 20 },
  files: {},
  transform,
  rows,
};

describe('the model kind "naive forecast"', () => {
  for (const promise of modelKindCases) test(promise.name, () => promise.run(naive));

  test('answers the values of a season before, and the mean of training where one is missing', async () => {
    const { files } = await writeModel({ ...naive, metrics: {}, training: {}, libraries: {} });
    const model = await openModel({ ...files } as Parameters<typeof openModel>[0], partsOf([lagForecast]));
    expect(await model.predict(rows)).toEqual([{ values: [2, 1] }, { values: [0.5, -4] }, { values: [7, 0] }]);
    expect(await model.predict([{ ...rows[0]!, 'heat -1': null }])).toEqual([{ values: [20, 1] }]);
    await model.dispose();
  });
});

describe('the model kind "forecast net"', () => {
  const layers = layersSchema.parse([{ layer: 'conv1d', filters: 2 }, { layer: 'last' }, { layer: 'dense', units: 6, activation: 'linear' }]); // prettier-ignore
  const { weights } = layered(layers, [3, 1]);
  const random = randomFrom(8);
  const values = Float32Array.from({ length: 6 + 2 + 12 + 6 }, () => random.uniform() * 2 - 1);
  const takes = { input: [3, 1], places: [2, 1, 0], centers: [1, 1, 1], scales: [4, 4, 4] };
  const net = { input: [3, 1], layers, ends: { center: 0.5, scale: 2, rising: false } };
  const parts = (more: object) =>
    tensorParts({ takes, net, levels: [1, 0], fallback: 20, ...more } as never, tensorsOf(weights, values));
  const example: ModelKindExample = {
    ...naive,
    kind: forecastNet,
    task: { type: 'forecasting', label: 'heat next', horizon: 2, quantiles: [0.1, 0.9] },
    ...parts({}),
  };
  for (const promise of modelKindCases) test(promise.name, () => promise.run(example));

  test('adds the feature that was taken off, or the mean of training where it is missing, with quantiles in rising order', async () => {
    const answersOf = (more: object, ...row: number[]) =>
      openScorer({ ...example, ...parts(more) }, async (score) => [...(await score(Float64Array.from(row), 1))]);
    const [whole, bare] = [await answersOf({}, 3, 7, -2), await answersOf({ levels: undefined }, 3, 7, -2)];
    expect(whole.slice(0, 2)).toEqual([bare[0]! + 7, bare[1]! + 3]);
    for (const step of [0, 1]) expect(whole[4 + step]!).toBeGreaterThanOrEqual(whole[2 + step]!);
    // What is missing is the mean for the net, and the fallback for its level.
    const [gap, mean] = [await answersOf({}, 3, NaN, -2), await answersOf({ levels: undefined }, 3, 1, -2)];
    expect(gap.slice(0, 2)).toEqual([mean[0]! + 20, mean[1]! + 3]);
  });

  test('refuses a card whose task has other steps', async () => {
    const wrong = { ...example, task: { ...example.task, horizon: 3 } as typeof example.task };
    await expect(openScorer(wrong, () => 0)).rejects.toThrow('does not fit the steps');
  });
});

describe('the model kind "forecast trees"', () => {
  let example: ModelKindExample;
  beforeAll(async () => {
    await ensureLightgbm();
    const lightgbm = await loadLightgbm();
    const random = randomFrom(5);
    const features = Float64Array.from({ length: 600 }, () => random.uniform());
    const parameters = { objective: 'regression', num_leaves: 4, num_threads: 1, deterministic: true, verbosity: -1 };
    const texts = Array.from({ length: 6 }, (_, k) => {
      const labels = Float32Array.from({ length: 200 }, (_value, row) => features[row * 3 + (k % 3)]! * (6 - k));
      const data = lightgbm.dataset({ rows: 200, width: 3, features, labels }, parameters);
      const booster = lightgbm.booster(data, parameters);
      for (let i = 0; i < 5; i++) booster.grow();
      const text = booster.text();
      booster.free();
      data.free();
      return text;
    });
    const parts = texts.map((text, k) => ({ file: `trees-${k}.txt`, iterations: 5, sha256: textDigest(text) }));
    example = {
      ...naive,
      kind: forecastTrees,
      task: { type: 'forecasting', label: 'heat next', horizon: 2, quantiles: [0.1, 0.9] },
      settings: { width: 3, features: COLUMNS, categories: [], fills: [], levels: [1, 0], fallback: 0, parts } as never,
      files: Object.fromEntries(texts.map((text, k) => [`trees-${k}.txt`, text])),
    };
  });
  for (const promise of modelKindCases) test(promise.name, () => promise.run(example));

  test('adds the feature that was taken off, and puts the quantiles of a step in rising order', async () => {
    const whole = await openScorer(example, async (score) => [...(await score(Float64Array.of(0.2, 0.5, 0.9), 1))]);
    const bare = { ...example, settings: { ...(example.settings as object), levels: undefined } as never };
    const plain = await openScorer(bare, async (score) => [...(await score(Float64Array.of(0.2, 0.5, 0.9), 1))]);
    const level = [0.5, 0.2];
    expect(whole.slice(0, 2)).toEqual(plain.slice(0, 2).map((value, step) => value + level[step]!));
    for (const step of [0, 1]) expect(whole[4 + step]!).toBeGreaterThanOrEqual(whole[2 + step]!);
  });

  test('refuses a card whose task has other steps', async () => {
    const wrong = { ...example, task: { ...example.task, horizon: 3 } as typeof example.task };
    await expect(openScorer(wrong, () => 0)).rejects.toThrow('do not fit the steps');
  });
});
