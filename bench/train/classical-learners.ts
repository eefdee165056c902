/** The learners of train.* that are fitted without a library, as the benchmark and its test call them: one case for each of the peer's. */
import {
  bayesProbabilities,
  fitBayes,
  fitKernelVectors,
  fitLinear,
  fitLinearVectors,
  growTree,
  kernelVectorProbabilities,
  linearAnswers,
  linearVectorProbabilities,
  neighbourMeans,
  Neighbours,
  neighbourShares,
  treeAnswers,
  type NeighboursFit,
} from '@trainyard/learners';
import { classProbabilities, fitLogistic } from '@trainyard/numeric';

/** A data set with the fold of each row, as the peer dealt them. */
export interface FoldedSet {
  readonly name: string;
  /** How many; null where labels are numbers. */
  readonly classes: number | null;
  readonly width: number;
  readonly features: readonly number[];
  readonly labels: readonly number[];
  readonly folds: readonly number[];
}

export interface Part {
  readonly rows: number;
  readonly width: number;
  readonly features: Float64Array;
  readonly labels: Float64Array;
}

type Answer = (features: Float64Array, rows: number) => Float64Array;
/** Fits training rows, and gives what answers with probabilities or numbers. */
type Fit = (train: Part, classes: number) => Answer;

const classed = (train: Part, classes: number) => ({ ...train, labels: Int32Array.from(train.labels), classes });
const near = ({ rows, width, features, labels }: Part): NeighboursFit => ({
  rows,
  width,
  features,
  labels,
  k: 5,
  metric: 'euclidean',
  counted: 'uniform',
});
const logistic =
  (l1: number, l2: number): Fit =>
  (train, classes) => {
    // scikit-learn stops at this slope a row; ours goes on to 1e-8 unless told otherwise.
    const options = { l1, l2, weights: new Float64Array(classes).fill(1), iterations: 1000, tolerance: 1e-4 };
    const fit = fitLogistic(classed(train, classes), options);
    return (features, rows) => classProbabilities(fit, features, rows);
  };
const bayes =
  (distribution: 'gaussian' | 'bernoulli'): Fit =>
  (train, classes) => {
    const fit = fitBayes(classed(train, classes), { distribution, varianceSmoothing: 1e-9, alpha: 1, threshold: 0 });
    return (features, rows) => bayesProbabilities(fit, features, rows);
  };
const linear =
  (l1: number, l2: number): Fit =>
  (train) => {
    const fit = fitLinear(train, { l1: l1 * train.rows, l2, iterations: 1000, tolerance: 1e-4 });
    return (features, rows) => linearAnswers(fit, { features, rows });
  };

export const CLASSES: Readonly<Record<string, Fit>> = {
  logistic: logistic(0, 1),
  'logistic l1': logistic(1, 0),
  'gaussian naive Bayes': bayes('gaussian'),
  'bernoulli naive Bayes': bayes('bernoulli'),
  neighbours(train, classes) {
    const fit = near(train);
    const all = new Neighbours(fit);
    return (features, rows) => neighbourShares(all, fit, classes, features, rows);
  },
  'linear svm'(train, classes) {
    const fit = fitLinearVectors(classed(train, classes), { c: 1, iterations: 1000, tolerance: 1e-4, seed: 1 });
    return (features, rows) => linearVectorProbabilities(fit, features, rows);
  },
  'rbf svm'(train, classes) {
    let [mean, spread] = [0, 0];
    for (const value of train.features) mean += value / train.features.length;
    for (const value of train.features) spread += (value - mean) ** 2 / train.features.length;
    const kernel = { name: 'rbf', gamma: 1 / (train.width * spread), degree: 3, coef0: 0 } as const;
    const options = { kernel, c: 1, tolerance: 1e-3, iterations: 10_000_000, seed: 1 };
    const fit = fitKernelVectors(classed(train, classes), options);
    return (features, rows) => kernelVectorProbabilities(fit, features, rows);
  },
  'decision tree'(train, classes) {
    const fit = growTree({ ...train, classes }, { depth: 1000, minLeaf: 1, minSplit: 2, minFall: 0 });
    return (features, rows) => treeAnswers(fit, features, rows);
  },
};

export const NUMBERS: Readonly<Record<string, Fit>> = {
  ordinary: linear(0, 0),
  ridge: linear(0, 1),
  lasso: linear(0.1, 0),
  neighbours(train) {
    const fit = near(train);
    const all = new Neighbours(fit);
    return (features, rows) => neighbourMeans(all, fit, features, rows);
  },
  'decision tree'(train) {
    const fit = growTree(train, { depth: 1000, minLeaf: 5, minSplit: 2, minFall: 0 });
    return (features, rows) => treeAnswers(fit, features, rows);
  },
};

/** The rows of a fold and all others, standardised by the others. */
export function foldOf(set: FoldedSet, fold: number): { train: Part; test: Part } {
  const { width, features, labels, folds } = set;
  const part = (isIn: (row: number) => boolean): Part => {
    const rows = labels.map((_, row) => row).filter(isIn);
    const own = Float64Array.from(rows.flatMap((row) => features.slice(row * width, (row + 1) * width)));
    return { rows: rows.length, width, features: own, labels: Float64Array.from(rows, (row) => labels[row]!) };
  };
  const train = part((row) => folds[row] !== fold);
  const test = part((row) => folds[row] === fold);
  for (let j = 0; j < width; j++) {
    const column = Float64Array.from({ length: train.rows }, (_, row) => train.features[row * width + j]!);
    const mean = column.reduce((a, b) => a + b, 0) / column.length;
    const spread = Math.sqrt(column.reduce((a, b) => a + (b - mean) ** 2, 0) / column.length) || 1;
    for (const { features: all, rows } of [train, test])
      for (let row = 0; row < rows; row++) all[row * width + j] = (all[row * width + j]! - mean) / spread;
  }
  return { train, test };
}

/** Accuracy, or R² of numbers. */
export function scoreOf(answers: Float64Array, { labels, rows }: Part, classes: number | null): number {
  if (classes === null) {
    const mean = labels.reduce((a, b) => a + b, 0) / rows;
    const left = labels.reduce((sum, label, row) => sum + (label - answers[row]!) ** 2, 0);
    return 1 - left / labels.reduce((sum, label) => sum + (label - mean) ** 2, 0);
  }
  let right = 0;
  for (let row = 0; row < rows; row++) {
    const own = answers.subarray(row * classes, (row + 1) * classes);
    if (own.indexOf(Math.max(...own)) === labels[row]) right++;
  }
  return right / rows;
}
