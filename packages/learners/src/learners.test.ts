import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { classProbabilities, fitLogistic, randomFrom } from '@trainyard/numeric';
import {
  bayesProbabilities,
  centreDistances,
  fitBayes,
  fitKernelVectors,
  fitKMeans,
  fitLinear,
  fitLinearVectors,
  growTree,
  kernelDecisions,
  kernelVectorProbabilities,
  linearAnswers,
  linearVectorProbabilities,
  neighbourMeans,
  Neighbours,
  neighbourShares,
  treeAnswers,
  type BayesDistribution,
  type Kernel,
  type NeighboursFit,
} from './index.js';
import { couple, fitSigmoid } from './support-vectors/probabilities.js';

interface Line {
  coefficients: number[];
  intercept: number;
}
interface Reference {
  data: Record<'iris' | 'wine' | 'diabetes', { width: number; features: number[]; labels: number[] }>;
  rows: number[];
  linear: Record<string, Line>;
  logistic: Record<
    string,
    { classes: number; l1: number; l2: number; coefficients: number[]; probabilities: number[] }
  >;
  bayes: Record<string, number[]>;
  neighbours: Record<string, number[]>;
  vectors: { linear: { coefficients: number[]; intercepts: number[] } } & Record<
    'rbf' | 'poly' | 'sigmoid',
    { gamma: number; counts: number[]; decisions: number[]; labels: number[] }
  >;
  sigmoid: { slope: number; offset: number };
  trees: { classes: number[]; numbers: number[] };
  clusters: { iris: number; wine: number };
}
const reference = JSON.parse(
  readFileSync(new URL('./reference/scikit-learn.json', import.meta.url), 'utf8'),
) as Reference;

/** A data set, and the same with mean 0 and variance 1. */
function dataOf(name: 'iris' | 'wine' | 'diabetes') {
  const { width, features: given, labels } = reference.data[name];
  const rows = labels.length;
  const features = Float64Array.from(given);
  const z = features.slice();
  for (let j = 0; j < width; j++) {
    const column = Array.from({ length: rows }, (_, row) => features[row * width + j]!);
    const mean = column.reduce((a, b) => a + b, 0) / rows;
    const spread = Math.sqrt(column.reduce((a, b) => a + (b - mean) ** 2, 0) / rows);
    column.forEach((value, row) => (z[row * width + j] = (value - mean) / spread));
  }
  const classes = { labels: Int32Array.from(labels), classes: 3 };
  return { rows, width, features, z, numbers: Float64Array.from(labels), ...classes };
}
const [iris, wine, diabetes] = [dataOf('iris'), dataOf('wine'), dataOf('diabetes')];
const pick = (features: Float64Array, width: number, rows: readonly number[]): Float64Array =>
  Float64Array.from(rows.flatMap((row) => [...features.subarray(row * width, (row + 1) * width)]));
const every = (of: number, step: number): number[] => Array.from({ length: Math.ceil(of / step) }, (_, i) => i * step);

function expectClose(actual: ArrayLike<number>, expected: readonly number[], within: number): void {
  expect(actual.length).toBe(expected.length);
  const off = expected.findIndex(
    (value, i) => !(Math.abs(actual[i]! - value) <= within * Math.max(1, Math.abs(value))),
  );
  expect(off < 0 ? '' : `${actual[off]} at ${off}, not ${expected[off]}`).toBe('');
}

describe('linear regression has the coefficients of scikit-learn', () => {
  const weights = Float64Array.from({ length: 442 }, (_, row) => 0.5 + (row % 4) / 2);
  const { rows, width, z, numbers } = diabetes;
  const plain = { rows, width, features: z, labels: numbers };
  const wide = { rows: 6, width, features: z.subarray(0, 60), labels: numbers.subarray(0, 6) };
  const dependent = {
    ...plain,
    width: 7,
    features: Float64Array.from(
      every(rows, 1).flatMap((row) => {
        const own = z.subarray(row * width, row * width + 4);
        return [...own, own[0]!, own[1]!, 1];
      }),
    ),
  };
  const cases: {
    name: string;
    data: typeof plain & { weights?: Float64Array };
    l1?: number;
    l2?: number;
    to?: number;
  }[] = [
    { name: 'ordinary', data: plain },
    { name: 'weighted', data: { ...plain, weights } },
    { name: 'unscaled', data: { ...plain, features: diabetes.features } },
    { name: 'dependent', data: dependent },
    { name: 'wide', data: wide },
    { name: 'ridge', data: plain, l2: 7 },
    { name: 'ridge weighted', data: { ...plain, weights }, l2: 7 },
    { name: 'ridge wide', data: wide, l2: 7 },
    { name: 'lasso', data: plain, l1: 2 * rows, to: 1e-6 },
    { name: 'elastic net', data: plain, l1: 0.15 * rows, l2: 0.35 * rows, to: 1e-6 },
  ];
  test.each(cases)('$name', ({ name, data, l1 = 0, l2 = 0, to = 1e-9 }) => {
    const fit = fitLinear(data, { l1, l2, iterations: 100_000, tolerance: 1e-14 });
    expect(fit.converged).toBe(true);
    const expected = reference.linear[name]!;
    expectClose(fit.coefficients, expected.coefficients, to);
    expectClose([fit.intercept], [expected.intercept], to);
    if (name === 'lasso') expect([...fit.coefficients].filter((one) => one === 0).length).toBeGreaterThan(1);
  });

  test('a constant feature has no say, whatever its size, and one row answers with its label', () => {
    for (const constant of [1e6 + 0.1, 1e90, -3]) {
      const features = Float64Array.from(every(50, 1).flatMap((row) => [constant, z[row]!]));
      const data = { rows: 50, width: 2, features, labels: numbers.subarray(0, 50) };
      expect(fitLinear(data, { l1: 0, l2: 0, iterations: 1, tolerance: 1 }).coefficients[0]).toBe(0);
    }
    const one = { rows: 1, width: 2, features: Float64Array.of(1, 2), labels: Float64Array.of(7) };
    const fit = fitLinear(one, { l1: 0, l2: 0, iterations: 1, tolerance: 1 });
    expect(linearAnswers(fit, { rows: 1, features: Float64Array.of(5, 5) })).toEqual(Float64Array.of(7));
  });
});

describe('logistic regression with an L1 penalty is that of scikit-learn', () => {
  test.each(Object.entries(reference.logistic))('%s', (_, { classes, l1, l2, coefficients, probabilities }) => {
    const rows = classes === 2 ? wine.labels.filter((label) => label < 2).length : wine.rows;
    const data = { rows, width: 13, features: wine.z, labels: wine.labels };
    const fit = fitLogistic(data, {
      l1,
      l2,
      weights: new Float64Array(classes).fill(1),
      iterations: 20_000,
      tolerance: 1e-9,
    });
    expect(fit.minimum.converged).toBe(true);
    // Features as of all 178 rows; the reference's two classes were scaled with them.
    const asked = pick(wine.z, 13, every(rows, 7));
    expectClose(classProbabilities(fit, asked, asked.length / 13), probabilities, 1e-5);
    const own =
      classes === 2
        ? every(13, 1).map((j) => fit.coefficients[2 * j + 1]! - fit.coefficients[2 * j]!)
        : fit.coefficients;
    expectClose(own, coefficients, 1e-4);
    expect([...fit.coefficients].filter((one) => one === 0).length).toBeGreaterThan(5);
  });
});

describe('naive Bayes answers as scikit-learn', () => {
  const weights = Float64Array.from({ length: 178 }, (_, row) => 0.5 + (row % 4) / 2);
  const cases: {
    name: string;
    distribution: BayesDistribution;
    z?: boolean;
    weights?: Float64Array;
    alpha?: number;
  }[] = [
    { name: 'gaussian', distribution: 'gaussian' },
    { name: 'gaussian weighted', distribution: 'gaussian', weights },
    { name: 'multinomial', distribution: 'multinomial', alpha: 0.5 },
    { name: 'bernoulli', distribution: 'bernoulli', z: true, alpha: 2 },
  ];
  test.each(cases)('$name', ({ name, distribution, z = false, alpha = 1, ...more }) => {
    const features = z ? wine.z : wine.features;
    const fit = fitBayes(
      { ...wine, features, ...more },
      { distribution, varianceSmoothing: 1e-9, alpha, threshold: 0.1 },
    );
    const answers = bayesProbabilities(fit, pick(features, 13, reference.rows), reference.rows.length);
    expectClose(answers, reference.bayes[name]!, 1e-9);
  });
});

describe('nearest neighbours', () => {
  const half = every(wine.rows, 2);
  const points = {
    rows: half.length,
    width: 13,
    features: pick(wine.z, 13, half),
    labels: half.map((row) => wine.labels[row]!),
  };
  const asked = pick(wine.z, 13, reference.rows);
  const cases: { name: string; k: number; metric?: NeighboursFit['metric']; counted?: NeighboursFit['counted'] }[] = [
    { name: 'uniform', k: 5 },
    { name: 'distance', k: 7, counted: 'distance' },
    { name: 'manhattan', k: 4, metric: 'manhattan' },
  ];
  test.each(cases)(
    'of classes answer as scikit-learn: $name',
    ({ name, metric = 'euclidean', counted = 'uniform', k }) => {
      const fit: NeighboursFit = { ...points, k, metric, counted };
      const shares = neighbourShares(new Neighbours(fit), fit, 3, asked, reference.rows.length);
      expectClose(shares, reference.neighbours[name]!, 1e-9);
    },
  );

  test('of numbers answer as scikit-learn', () => {
    const some = every(diabetes.rows, 2);
    const fit: NeighboursFit = {
      rows: some.length,
      width: 10,
      features: pick(diabetes.z, 10, some),
      labels: some.map((row) => diabetes.numbers[row]!),
      k: 6,
      metric: 'euclidean',
      counted: 'distance',
    };
    const means = neighbourMeans(new Neighbours(fit), fit, diabetes.z.subarray(0, 400), 40);
    expectClose(means, reference.neighbours['numbers']!, 1e-9);
  });

  test('a tree finds what looking at every row finds, ties included', () => {
    const random = randomFrom(4);
    for (const metric of ['euclidean', 'manhattan'] as const)
      for (const width of [1, 3, 9]) {
        // Few values: many rows are equally far.
        const features = Float64Array.from({ length: 500 * width }, () => random.integer(4) / 7);
        const fit: NeighboursFit = { rows: 500, width, features, labels: [], k: 9, metric, counted: 'uniform' };
        const found = (by: 'tree' | 'every row'): number[][] => {
          const all: number[][] = [];
          new Neighbours(fit, by).each(features.subarray(0, 60 * width), 60, (_, nearest) => all.push([...nearest]));
          return all;
        };
        expect(found('tree')).toEqual(found('every row'));
      }
  });
});

describe('support vectors', () => {
  const asked = pick(wine.z, 13, reference.rows);
  const data = { ...wine, features: wine.z };
  test('linear ones have the coefficients of LIBLINEAR', () => {
    const fit = fitLinearVectors(data, { c: 0.7, iterations: 100_000, tolerance: 1e-11, seed: 1 });
    expect(fit.converged).toBe(true);
    expectClose(fit.coefficients, reference.vectors.linear.coefficients, 1e-6);
    expectClose(fit.intercepts, reference.vectors.linear.intercepts, 1e-6);
    const answers = linearVectorProbabilities(fit, wine.z, wine.rows);
    expect(right(answers, wine.labels)).toBeGreaterThan(0.98);
  });

  const kernels: { name: 'rbf' | 'poly' | 'sigmoid'; c?: number; degree?: number; coef0?: number }[] = [
    { name: 'rbf', c: 2 },
    { name: 'poly', degree: 2, coef0: 1 },
    { name: 'sigmoid', coef0: 0.5 },
  ];
  test.each(kernels)('with the kernel $name have the decisions of LIBSVM', ({ name, c = 1, degree = 3, coef0 = 0 }) => {
    const expected = reference.vectors[name];
    const kernel: Kernel = { name, gamma: expected.gamma, degree, coef0 };
    const fit = fitKernelVectors(data, { kernel, c, tolerance: 1e-9, iterations: 1e6, seed: 1 });
    expect(fit.converged).toBe(true);
    expect([...(fit.counts as Float64Array)]).toEqual(expected.counts);
    expectClose(kernelDecisions(fit, asked, reference.rows.length), expected.decisions, 1e-6);
    const answers = kernelVectorProbabilities(fit, asked, reference.rows.length);
    expect(right(answers, expected.labels)).toBe(1);
  });

  test('the sigmoid is that of scikit-learn, and coupling gives back the probabilities that pairs came from', () => {
    const decisions = Float64Array.from({ length: wine.rows }, (_, row) => wine.z[row * 13]! * 2);
    const { slope, offset } = fitSigmoid(decisions, (row) => wine.labels[row] === 0, new Float64Array(178).fill(1));
    expectClose([slope, offset], [reference.sigmoid.slope, reference.sigmoid.offset], 1e-4);
    const truth = [0.5, 0.2, 0.25, 0.05];
    const pairs = Float64Array.from(truth.flatMap((p) => truth.map((q) => p / (p + q))));
    const found = new Float64Array(4);
    couple(pairs, 4, found, 0);
    expectClose(found, truth, 1e-2);
    expect(found.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 12);
  });

  test('the same seed gives the same bits, another other folds', () => {
    const kernel: Kernel = { name: 'rbf', gamma: 0.1, degree: 3, coef0: 0 };
    const once = (seed: number) => fitKernelVectors(data, { kernel, c: 1, tolerance: 1e-3, iterations: 1e6, seed });
    expect(once(1)).toEqual(once(1));
    expect(once(2).sigmoids).not.toEqual(once(1).sigmoids);
    expect(once(2).coefficients).toEqual(once(1).coefficients);
  });
});

describe('decision trees answer as scikit-learn', () => {
  test('classes', () => {
    const fit = growTree(wine, { depth: 3, minLeaf: 1, minSplit: 2, minFall: 0 });
    const answers = treeAnswers(fit, pick(wine.features, 13, reference.rows), reference.rows.length);
    expectClose(answers, reference.trees.classes, 1e-9);
  });

  test('numbers', () => {
    const weights = Float64Array.from({ length: 442 }, (_, row) => 0.5 + (row % 4) / 2);
    const { rows, width, features, numbers } = diabetes;
    const fit = growTree(
      { rows, width, features, labels: numbers, weights },
      { depth: 4, minLeaf: 5, minSplit: 2, minFall: 0 },
    );
    expectClose(treeAnswers(fit, features, 60), reference.trees.numbers, 1e-9);
  });

  test('without limits a tree knows its rows by heart, and a constant feature is never split', () => {
    const fit = growTree(iris, { depth: 1000, minLeaf: 1, minSplit: 2, minFall: 0 });
    expect(right(treeAnswers(fit, iris.features, iris.rows), iris.labels)).toBe(1);
    const constant = { ...iris, width: 1, features: new Float64Array(150).fill(3) };
    expect(growTree(constant, { depth: 9, minLeaf: 1, minSplit: 2, minFall: 0 }).nodes).toHaveLength(3);
  });
});

test('k-means finds clusters as tight as scikit-learn, the same for the same seed', () => {
  for (const [name, data] of [
    ['iris', iris],
    ['wine', { ...wine, features: wine.z }],
  ] as const) {
    const fit = fitKMeans(data, { clusters: 3, starts: 20, iterations: 300, tolerance: 0, seed: 5 });
    expect(fit.inertia).toBeLessThanOrEqual(reference.clusters[name] * (1 + 1e-9));
    const distances = centreDistances(fit, data.features, data.rows);
    fit.labels.forEach((label, row) =>
      expect(Math.min(...distances.subarray(row * 3, row * 3 + 3))).toBe(distances[row * 3 + label]),
    );
  }
  const options = { clusters: 7, starts: 2, iterations: 50, tolerance: 0, seed: 5 };
  expect(fitKMeans(iris, options)).toEqual(fitKMeans(iris, options));
  const few = { rows: 5, width: 1, features: Float64Array.of(1, 1, 1, 2, 2) };
  expect(fitKMeans(few, { ...options, clusters: 4 }).inertia).toBe(0);
  // The first row is the only one of its cluster.
  const alone = { rows: 4, width: 1, features: Float64Array.of(0, 1, 1, 1) };
  for (let seed = 0; seed < 20; seed++) {
    const { centres, inertia } = fitKMeans(alone, { ...options, clusters: 3, seed });
    expect([...new Set(centres)].sort()).toEqual([0, 1]);
    expect(inertia).toBe(0);
  }
});

/** Share of rows whose most probable class is theirs. */
function right(answers: Float64Array, labels: ArrayLike<number>): number {
  const classes = answers.length / labels.length;
  let count = 0;
  for (let row = 0; row < labels.length; row++) {
    const own = answers.subarray(row * classes, (row + 1) * classes);
    if (own.indexOf(Math.max(...own)) === labels[row]) count++;
  }
  return count / labels.length;
}
