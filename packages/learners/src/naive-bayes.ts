import { softmax } from '@trainyard/numeric';
import { weightsOf, type ClassRows, type FeatureRows } from './rows.js';

export type BayesDistribution = 'gaussian' | 'multinomial' | 'bernoulli';

/** A fitted naive Bayes classifier: of each class its share, and of each of its features a law of its own. */
export interface BayesFit {
  readonly distribution: BayesDistribution;
  readonly width: number;
  readonly classes: number;
  /** Logarithm of the share of each class, `[classes]`. */
  readonly priors: ArrayLike<number>;
  /** `[classes, width]`: gaussian, the means; multinomial, the logarithms of the shares of the features; bernoulli, of the chances that a feature is there. */
  readonly first: ArrayLike<number>;
  /** `[classes, width]`: gaussian, the variances; bernoulli, the logarithms of the chances that a feature is not there; multinomial, zeros. */
  readonly second: ArrayLike<number>;
  /** Bernoulli: a feature above it is there. */
  readonly threshold: number;
}

export interface BayesOptions {
  readonly distribution: BayesDistribution;
  /** Gaussian: added to each variance, as a share of the largest variance of a feature. */
  readonly varianceSmoothing: number;
  /** Multinomial and bernoulli: added to each count (Laplace 1, Lidstone below). */
  readonly alpha: number;
  readonly threshold: number;
}

/**
 * Naive Bayes (Manning, Raghavan and Schütze 2008, chapter 13; Chan, Golub and LeVeque 1982 for the variances). Features of multinomial
 * are counts, 0 or more.
 */
export function fitBayes(data: ClassRows, options: BayesOptions): BayesFit {
  const { width, classes, rows, labels } = data;
  const weights = weightsOf(data);
  const totals = new Float64Array(classes);
  for (let row = 0; row < rows; row++) totals[labels[row]!]! += weights[row]!;
  const total = totals.reduce((sum, weight) => sum + weight, 0);
  const priors = totals.map((weight) => Math.log(weight / total));
  const { distribution, threshold } = options;
  const laws =
    distribution === 'gaussian' ? gaussian(data, weights, totals, options) : counted(data, weights, totals, options);
  return { distribution, width, classes, priors, ...laws, threshold };
}

type Laws = Pick<BayesFit, 'first' | 'second'>;

/** Two passes: sums about the mean lose nothing to a large mean. */
function gaussian(
  data: ClassRows,
  weights: Float64Array,
  totals: Float64Array,
  { varianceSmoothing }: BayesOptions,
): Laws {
  const { rows, width, classes, features, labels } = data;
  const means = new Float64Array(classes * width);
  const variances = new Float64Array(classes * width);
  for (let row = 0; row < rows; row++) {
    const at = labels[row]! * width;
    const share = weights[row]! / totals[labels[row]!]!;
    for (let j = 0; j < width; j++) means[at + j]! += share * features[row * width + j]!;
  }
  for (let row = 0; row < rows; row++) {
    const at = labels[row]! * width;
    const share = weights[row]! / totals[labels[row]!]!;
    for (let j = 0; j < width; j++) variances[at + j]! += share * (features[row * width + j]! - means[at + j]!) ** 2;
  }
  const most = largestVariance(data);
  const added = varianceSmoothing * (most > 0 ? most : 1);
  for (let i = 0; i < variances.length; i++) variances[i]! += added;
  return { first: means, second: variances };
}

/** Of all rows together, weights left out. */
function largestVariance({ rows, width, features }: FeatureRows): number {
  let most = 0;
  for (let j = 0; j < width; j++) {
    let [mean, spread] = [0, 0];
    for (let row = 0; row < rows; row++) mean += features[row * width + j]! / rows;
    for (let row = 0; row < rows; row++) spread += (features[row * width + j]! - mean) ** 2 / rows;
    most = Math.max(most, spread);
  }
  return most;
}

function counted(data: ClassRows, weights: Float64Array, totals: Float64Array, options: BayesOptions): Laws {
  const { rows, width, classes, features, labels } = data;
  const { alpha, threshold } = options;
  const isThere = options.distribution === 'bernoulli';
  const counts = new Float64Array(classes * width);
  for (let row = 0; row < rows; row++) {
    const at = labels[row]! * width;
    for (let j = 0; j < width; j++) {
      const value = features[row * width + j]!;
      counts[at + j]! += weights[row]! * (isThere ? (value > threshold ? 1 : 0) : value);
    }
  }
  const first = new Float64Array(counts.length);
  const second = new Float64Array(counts.length);
  for (let k = 0; k < classes; k++) {
    const own = counts.subarray(k * width, (k + 1) * width);
    const all = isThere ? totals[k]! + 2 * alpha : own.reduce((sum, count) => sum + count, 0) + alpha * width;
    own.forEach((count, j) => {
      first[k * width + j] = Math.log((count + alpha) / all);
      if (isThere) second[k * width + j] = Math.log((all - count - alpha) / all);
    });
  }
  return { first, second };
}

/** Probability of each class for each row: `[rows, classes]`. */
export function bayesProbabilities(fit: BayesFit, features: Float64Array, rows: number): Float64Array {
  const { distribution, width, classes, priors, first, second, threshold } = fit;
  const scores = new Float64Array(rows * classes);
  const constants = Float64Array.from({ length: classes }, (_, k) => {
    let sum = priors[k]!;
    if (distribution === 'gaussian')
      for (let j = 0; j < width; j++) sum -= Math.log(2 * Math.PI * second[k * width + j]!) / 2;
    return sum;
  });
  for (let row = 0; row < rows; row++) {
    for (let k = 0; k < classes; k++) {
      let sum = constants[k]!;
      for (let j = 0, at = k * width; j < width; j++, at++) {
        const value = features[row * width + j]!;
        if (distribution === 'gaussian') sum -= (value - first[at]!) ** 2 / second[at]! / 2;
        else if (distribution === 'multinomial') sum += value * first[at]!;
        else sum += value > threshold ? first[at]! : second[at]!;
      }
      scores[row * classes + k] = sum;
    }
    softmax(scores, row * classes, (row + 1) * classes);
  }
  return scores;
}
