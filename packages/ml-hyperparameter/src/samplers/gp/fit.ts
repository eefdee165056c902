/**
 * The most probable hyperparameters of a Gaussian process: Matérn 5/2 kernel with a length scale per feature, constant
 * mean and amplitude in closed form, noise estimated.
 */
import { factorise, inverseOf, solveLower, solveUpper } from '../../numeric/cholesky.js';
import { descend } from '../../numeric/descend.js';
import { exp, log } from '../../numeric/elementary.js';
import type { Features } from './features.js';

export const SQRT_5 = 2.23606797749979;
/** Weight of the prior that puts the amplitude of standardised values at 1: as of so many observations. */
export const AMPLITUDE_PRIOR = 2;

/** Logs of the length scales, then the log of the noise variance in units of the amplitude. */
export type Hyperparameters = Float64Array;

/** Bounds of the logs of length scales (in units of a range's width) and of the noise variance. */
const LENGTH_BOUNDS = [log(5e-3), log(1e3)] as const;
const NOISE_BOUNDS = [log(1e-8), log(1)] as const;

/**
 * Prior of the log length scales: normal around half a range in one dimension, longer in more dimensions, so that a
 * box of many dimensions is not all distance (as in Hvarfner et al., Vanilla Bayesian optimization performs great in
 * high dimensions, 2024), but far shorter than there: a start that believes in long scales stays blind to valleys.
 */
function priorMean(features: number): number {
  return log(0.5) + 0.25 * log(features);
}
const PRIOR_VARIANCE = 1;
/** Prior of the log noise variance: normal, wide; most trainings and functions repeat themselves closely. */
const NOISE_MEAN = log(1e-5);
const NOISE_VARIANCE = 9;

/** Squared differences of all pairs, feature by feature; pairs run (1,0), (2,0), (2,1), … */
function pairDifferences(features: Features, rows: readonly Float64Array[]): Float64Array[] {
  const n = rows.length;
  return Array.from({ length: features.count }, (_, f) => {
    const out = new Float64Array((n * (n - 1)) / 2);
    let at = 0;
    for (let a = 1; a < n; a++) {
      const u = (rows[a] as Float64Array)[f] as number;
      for (let b = 0; b < a; b++) {
        const v = (rows[b] as Float64Array)[f] as number;
        out[at++] = features.nominal[f] === 1 ? (u === v ? 0 : 1) : (u - v) * (u - v);
      }
    }
    return out;
  });
}

/** Where a search for hyperparameters may start. */
export function neutralHyperparameters(features: Features): Hyperparameters {
  const start = new Float64Array(features.count + 1).fill(priorMean(features.count));
  start[features.count] = NOISE_MEAN;
  return start;
}

/** Hyperparameters and how probable they are. */
export interface Fit {
  readonly hyperparameters: Hyperparameters;
  /** Negative log of likelihood times prior, up to a constant. */
  readonly cost: number;
}

/** Most probable hyperparameters near a start, in at most `evaluations` looks at the likelihood. `extra` are variances of single values. */
export function fit(
  features: Features,
  rows: readonly Float64Array[],
  values: ArrayLike<number>,
  start: Hyperparameters,
  evaluations: number,
  extra?: Float64Array,
): Fit {
  const n = rows.length;
  const d = features.count;
  const differences = pairDifferences(features, rows);
  const pairs = (n * (n - 1)) / 2;
  const squared = new Float64Array(pairs);
  const slope = new Float64Array(pairs);
  const matrix = new Float64Array(n * n);
  const mean = priorMean(d);
  const weights = new Float64Array(d);
  /** Where the likelihood was asked last, with what its gradient takes over; nothing where it had none. */
  let last: { theta: Float64Array; noise: number; alpha: Float64Array; scale: number } | undefined;
  const cost = (theta: Float64Array): number => {
    squared.fill(0);
    for (let f = 0; f < d; f++) weights[f] = exp(-2 * (theta[f] as number));
    for (let f = 0; f < d; f++) {
      const w = weights[f] as number;
      const diff = differences[f] as Float64Array;
      for (let p = 0; p < pairs; p++) squared[p] = (squared[p] as number) + w * (diff[p] as number);
    }
    const noise = exp(theta[d] as number);
    let at = 0;
    for (let a = 0; a < n; a++) {
      for (let b = 0; b < a; b++, at++) {
        const r = SQRT_5 * Math.sqrt(squared[at] as number);
        const e = exp(-r);
        matrix[a * n + b] = (1 + r + (r * r) / 3) * e;
        slope[at] = (-5 / 6) * (1 + r) * e;
      }
      matrix[a * n + a] = 1 + noise + (extra?.[a] ?? 0);
    }
    last = undefined;
    if (!factorise(matrix, n)) return Infinity;
    let logDeterminant = 0;
    for (let i = 0; i < n; i++) logDeterminant += log(matrix[i * n + i] as number);
    const { alpha, quadratic } = centred(matrix, n, values);
    last = { theta, noise, alpha, scale: (n + AMPLITUDE_PRIOR) / (quadratic + AMPLITUDE_PRIOR) };
    let prior = 0;
    for (let f = 0; f < d; f++) {
      const off = (theta[f] as number) - mean;
      prior += (off * off) / (2 * PRIOR_VARIANCE);
    }
    const off = (theta[d] as number) - NOISE_MEAN;
    prior += (off * off) / (2 * NOISE_VARIANCE);
    return (
      0.5 * (n + AMPLITUDE_PRIOR) * log((quadratic + AMPLITUDE_PRIOR) / (n + AMPLITUDE_PRIOR)) + logDeterminant + prior
    );
  };
  const gradientOfCost = (gradient: Float64Array): void => {
    gradient.fill(0);
    if (last === undefined) return;
    const { theta, noise, alpha, scale } = last;
    const inverse = inverseOf(matrix, n);
    const weighted = slope;
    let at = 0;
    let noiseGradient = 0;
    for (let a = 0; a < n; a++) {
      const mine = scale * (alpha[a] as number);
      for (let b = 0; b < a; b++, at++)
        weighted[at] = ((inverse[a * n + b] as number) - mine * (alpha[b] as number)) * (slope[at] as number);
      noiseGradient += (inverse[a * n + a] as number) - mine * (alpha[a] as number);
    }
    for (let f = 0; f < d; f++) {
      const diff = differences[f] as Float64Array;
      let sum = 0;
      for (let p = 0; p < pairs; p++) sum += (weighted[p] as number) * (diff[p] as number);
      const off = (theta[f] as number) - mean;
      gradient[f] = -2 * (weights[f] as number) * sum + off / PRIOR_VARIANCE;
    }
    const off = (theta[d] as number) - NOISE_MEAN;
    gradient[d] = 0.5 * noise * noiseGradient + off / NOISE_VARIANCE;
  };
  const low = new Float64Array(d + 1).fill(LENGTH_BOUNDS[0]);
  const high = new Float64Array(d + 1).fill(LENGTH_BOUNDS[1]);
  low[d] = NOISE_BOUNDS[0];
  high[d] = NOISE_BOUNDS[1];
  const end = descend({ value: cost, gradient: gradientOfCost }, start, {
    low,
    high,
    evaluations,
    gain: 1e-3,
    reach: 1,
  });
  return { hyperparameters: end.x, cost: end.value };
}

/** K⁻¹(y − m) with the best constant m, from the factor of K. */
export function centred(
  factor: Float64Array,
  n: number,
  values: ArrayLike<number>,
  stride = n,
): { alpha: Float64Array; mean: number; quadratic: number } {
  const alpha = Float64Array.from({ length: n }, (_, i) => values[i] as number);
  const ones = new Float64Array(n).fill(1);
  solveLower(factor, n, alpha, stride);
  solveLower(factor, n, ones, stride);
  let top = 0;
  let bottom = 0;
  for (let i = 0; i < n; i++) {
    top += (alpha[i] as number) * (ones[i] as number);
    bottom += (ones[i] as number) * (ones[i] as number);
  }
  const mean = top / bottom;
  let quadratic = 0;
  for (let i = 0; i < n; i++) {
    alpha[i] = (alpha[i] as number) - mean * (ones[i] as number);
    quadratic += (alpha[i] as number) * (alpha[i] as number);
  }
  solveUpper(factor, n, alpha, stride);
  return { alpha, mean, quadratic };
}
