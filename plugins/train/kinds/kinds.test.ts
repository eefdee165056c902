import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { UserError } from '@trainyard/errors';
import { partsOf } from '../../../core/provided-parts.js';
import { randomFrom } from '@trainyard/numeric';
import type { Json } from '../../../core/index.js';
import { openModel, type FeatureScorer, type ModelKind, type Tensors } from '../../../models/index.js';
import { modelKindCases, type ModelKindExample } from '../../../worker/testing/index.js';
import type { FittedTransform } from '@trainyard/transforms';
import * as kinds from '../parts.js';
import { biasName, kernelName } from './dense-net.js';
import { tensorParts } from './tensor-kind.js';

const random = randomFrom(1);
const singles = (size: number) => Float32Array.from({ length: size }, () => random.uniform() * 2 - 1);
const doubles = (size: number) => Float64Array.from({ length: size }, () => random.uniform() * 2 - 1);

const column = (name: string) =>
  ({ kind: 'numeric', column: name, fill: 0, center: 0, scale: 1, clip: 1e6, indicator: false }) as const;
const transform: FittedTransform = {
  format: 'trainyard.transform/1',
  rows: 3,
  steps: ['a', 'b', 'c', 'd'].map(column),
};
const rows = [
  { a: 1, b: 2, c: 3, d: 4 },
  { a: -1, b: null, c: 0, d: 1e5 },
  { a: 0, b: 0, c: 0, d: 0 },
];

/** One model of each kind: 4 features, 3 classes, or what its task has. */
const models: { kind: ModelKind; architecture: object; tensors: Tensors; task?: ModelKindExample['task'] }[] = [
  {
    kind: kinds.denseNet,
    architecture: {
      features: 4,
      layers: [
        { units: 5, activation: 'tanh' },
        { units: 3, activation: 'linear' },
      ],
    },
    tensors: {
      [kernelName(0)]: { shape: [4, 5], values: singles(20) },
      [biasName(0)]: { shape: [5], values: singles(5) },
      [kernelName(1)]: { shape: [5, 3], values: singles(15) },
      [biasName(1)]: { shape: [3], values: singles(3) },
    },
  },
  {
    kind: kinds.logisticRegression,
    architecture: {},
    tensors: {
      coefficients: { shape: [4, 3], values: doubles(12) },
      intercepts: { shape: [3], values: doubles(3) },
    },
  },
  {
    kind: kinds.constant,
    architecture: { features: 4 },
    tensors: { probabilities: { shape: [3], values: Float64Array.of(0.2, 0.3, 0.5) } },
  },
  {
    kind: kinds.linearRegression,
    architecture: {},
    task: { type: 'regression', label: 'y' },
    tensors: { coefficients: { shape: [4], values: doubles(4) }, intercept: { shape: [1], values: doubles(1) } },
  },
  {
    kind: kinds.naiveBayes,
    architecture: { distribution: 'gaussian', threshold: 0 },
    tensors: {
      priors: { shape: [3], values: Float64Array.of(-1, -1.1, -1.2) },
      first: { shape: [3, 4], values: doubles(12) },
      second: { shape: [3, 4], values: doubles(12).map((value) => 1 + value ** 2) },
    },
  },
  {
    kind: kinds.kNearest,
    architecture: { k: 2, metric: 'euclidean', votes: 'distance' },
    tensors: {
      features: { shape: [5, 4], values: doubles(20) },
      labels: { shape: [5], values: Float64Array.of(0, 1, 2, 1, 0) },
    },
  },
  {
    kind: kinds.linearVectors,
    architecture: { classes: 3 },
    tensors: {
      coefficients: { shape: [3, 4], values: doubles(12) },
      intercepts: { shape: [3], values: doubles(3) },
      sigmoids: { shape: [3, 2], values: Float64Array.of(-2, 0.1, -1, 0, -3, 0.2) },
    },
  },
  {
    kind: kinds.kernelVectors,
    architecture: { name: 'rbf', gamma: 0.3, degree: 3, coef0: 0 },
    tensors: {
      vectors: { shape: [6, 4], values: doubles(24) },
      counts: { shape: [3], values: Float64Array.of(2, 3, 1) },
      coefficients: { shape: [2, 6], values: doubles(12) },
      intercepts: { shape: [3], values: doubles(3) },
      sigmoids: { shape: [3, 2], values: Float64Array.of(-2, 0.1, -1, 0, -3, 0.2) },
    },
  },
  {
    kind: kinds.cart,
    architecture: { features: 4 },
    tensors: {
      nodes: { shape: [3, 3], values: Float64Array.of(1, 0.5, 2, -1, 0, 0, -1, 0, 0) },
      values: { shape: [3, 3], values: Float64Array.of(0.2, 0.3, 0.5, 1, 0, 0, 0, 0.25, 0.75) },
    },
  },
  {
    kind: kinds.clusterCentres,
    architecture: {},
    task: { type: 'embedding', size: 2 },
    tensors: { centres: { shape: [2, 4], values: doubles(8) } },
  },
];

const { ensemble, forecastNet, forecastTrees, lagForecast, layeredNet, quantileTrees, textNet, trees } = kinds;
const ELSEWHERE = [ensemble, forecastNet, forecastTrees, lagForecast, layeredNet, quantileTrees, textNet, trees];

test('every kind of this family is looked at here', () => {
  expect(models.map(({ kind }) => kind.name).sort()).toEqual(
    Object.values(kinds)
      .filter(({ part }) => part === 'model kind')
      // They need LightGBM's library or TensorFlow.js (trees.real.test.ts, nodes.real.test.ts of the trees, layered-net.real.test.ts,
      // text-net.real.test.ts), are made of others (ensemble.test.ts), or forecast (forecasts.real.test.ts).
      .filter((kind) => !ELSEWHERE.includes(kind as never))
      .map(({ name }) => name)
      .sort(),
  );
});

for (const { kind, architecture, tensors, task } of models)
  describe(`the model kind "${kind.name}"`, () => {
    const example: ModelKindExample = {
      kind,
      task: task ?? { type: 'classification', label: 'y', classes: ['r', 's', 't'] },
      ...tensorParts(architecture as never, tensors),
      transform,
      rows,
    };
    for (const one of modelKindCases) test(one.name, () => one.run(example));

    test('refuses tensors that are missing or of another shape', async () => {
      for (const name of Object.keys(tensors)) {
        const { [name]: taken, ...others } = tensors;
        const open = (given: Tensors) => {
          const { settings, files } = tensorParts(architecture as never, given);
          const bytes = async () => files['weights.bin'] as Uint8Array;
          const settled = kind.settings.parse(settings);
          return async () => kind.open({ ...example, settings: settled, inputs: [], bytes, path: async () => '' });
        };
        await expect(open(others)()).rejects.toThrow(UserError);
        const wrong = { shape: [1, ...taken!.shape], values: taken!.values };
        await expect(open({ ...others, [name]: wrong })()).rejects.toThrow('does not fit');
      }
    });
  });

test('a tree that leads back, neighbours of classes that are not there and vectors that are miscounted are refused', async () => {
  const broken = async (name: string, tensor: string, values: Float64Array, expected: RegExp) => {
    const { kind, architecture, tensors } = models.find((one) => one.kind.name === name)!;
    const { settings, files } = tensorParts(architecture as never, {
      ...tensors,
      [tensor]: { ...tensors[tensor]!, values },
    });
    const task = { type: 'classification', label: 'y', classes: ['r', 's', 't'] } as const;
    const bytes = async () => files['weights.bin'] as Uint8Array;
    const open = async () =>
      kind.open({
        task: { ...task, classes: [...task.classes] },
        settings: kind.settings.parse(settings),
        inputs: [],
        bytes,
        path: async () => '',
      });
    await expect(open()).rejects.toThrow(expected);
  };
  await broken('decision tree', 'nodes', Float64Array.of(1, 0.5, 0, -1, 0, 0, -1, 0, 0), /leads nowhere/);
  await broken('k nearest neighbours', 'labels', Float64Array.of(0, 1, 3, 1, 0), /does not name/);
  await broken('kernel support vectors', 'counts', Float64Array.of(2, 3, 2), /counts 7 support vectors/);
});

test.each(['dense-net', 'logistic', 'constant'])(
  'a %s model that was written in the first format opens, and answers as it did',
  async (name) => {
    const folder = fileURLToPath(new URL(`../../../models/fixtures/format-1/${name}`, import.meta.url));
    const model = await openModel(folder, partsOf(Object.values(kinds)));
    const sample = JSON.parse(await readFile(`${folder}/sample.json`, 'utf8')) as {
      rows: Record<string, unknown>[];
      probabilities: number[][];
    };
    const answers = await model.predict(sample.rows);
    answers.forEach(({ probabilities }, row) =>
      Object.values(probabilities as Record<string, number>).forEach((p, k) =>
        expect(p).toBeCloseTo(sample.probabilities[row]![k]!, 6),
      ),
    );
    expect(model.card).toMatchObject({ format: 'trainyard.model/2', task: { type: 'classification' } });
    if (name === 'logistic') {
      const second = answers.map(({ probabilities }) => (probabilities as Record<string, number>)['yes']!);
      expect(answers.map(({ label }) => label)).toEqual(second.map((p) => (p >= 0.3 ? 'yes' : 'no')));
    }
    await model.dispose();
  },
);

describe('a dense net ends in', () => {
  const kernel = { shape: [1, 2], values: Float32Array.of(1, -1) };
  const bias = { shape: [2], values: Float32Array.of(0, 0.5) };
  const scoresOf = async (task: ModelKindExample['task'], ends: Json): Promise<number[]> => {
    const architecture = { features: 1, layers: [{ units: 2, activation: 'linear' }], ends };
    const { settings, files } = tensorParts(architecture as Json, { [kernelName(0)]: kernel, [biasName(0)]: bias });
    const scorer = await kinds.denseNet.open({
      task,
      settings: kinds.denseNet.settings.parse(settings),
      inputs: [],
      bytes: async () => files['weights.bin'] as Uint8Array,
      path: async () => '',
    });
    return [...(await (scorer as FeatureScorer).score(Float64Array.of(2), 1))];
  };
  test('probabilities of each class by itself', async () => {
    const task = { type: 'multi-label' as const, label: 'y', classes: ['a', 'b'], thresholds: [0.5, 0.5] };
    expect(await scoresOf(task, 'sigmoid')).toEqual([1 / (1 + Math.exp(-2)), 1 / (1 + Math.exp(1.5))]);
  });
  test('quantiles in the unit of the target, in rising order', async () => {
    const task = { type: 'quantiles' as const, label: 'y', quantiles: [0.1, 0.9] };
    expect(await scoresOf(task, { center: 100, scale: 10, rising: true })).toEqual([85, 120]);
  });
});

test('a kind that no plugin brings is refused, naming the nearest', async () => {
  const folder = fileURLToPath(new URL('../../../models/fixtures/format-1/constant', import.meta.url));
  await expect(openModel(folder, partsOf([kinds.denseNet]))).rejects.toThrow(/"constant"/);
});
