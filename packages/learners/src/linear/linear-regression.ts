import type { FeatureRows, NumberRows } from '../rows.js';
import { centre } from './centred.js';
import { descendCoordinates } from './coordinate-descent.js';
import { leastSquares } from './least-squares.js';
import { ridge } from './ridge.js';

export interface LinearFit {
  readonly width: number;
  /** `[width]`. */
  readonly coefficients: ArrayLike<number>;
  readonly intercept: number;
}

export interface LinearOptions {
  /** Times the sum of absolute coefficients is added to the loss. scikit-learn's Lasso has alpha = l1 / rows. */
  readonly l1: number;
  /** Half of it times the sum of squared coefficients is added. scikit-learn's Ridge has alpha = l2. */
  readonly l2: number;
  /** Most sweeps over the coefficients, where l1 is above 0. */
  readonly iterations: number;
  /** Largest duality gap, as a share of half the sum of squares of the labels about their mean, where l1 is above 0. */
  readonly tolerance: number;
}

/** What solving took: exact solutions take no iterations. */
export interface LinearSolved extends LinearFit {
  readonly coefficients: Float64Array;
  readonly iterations: number;
  readonly converged: boolean;
}

/**
 * Linear regression: least Σ weight · ½ (label − answer)² + l1 Σ |coefficient| + l2/2 Σ coefficient², the intercept not penalised.
 * Without penalties the solution of smallest norm, where features depend on each other. Draws no random numbers.
 */
export function fitLinear(data: NumberRows, { l1, l2, ...stopping }: LinearOptions): LinearSolved {
  const centred = centre(data);
  let [iterations, converged] = [0, true];
  let coefficients: Float64Array;
  if (l1 > 0) {
    const sparse = descendCoordinates(centred, { l1, l2, ...stopping });
    ({ coefficients, iterations } = sparse);
    converged = sparse.gap <= stopping.tolerance;
  } else coefficients = (l2 > 0 ? ridge(centred, l2) : undefined) ?? leastSquares(centred);
  let intercept = centred.targetMean;
  for (let j = 0; j < data.width; j++) intercept -= coefficients[j]! * centred.means[j]!;
  return { width: data.width, coefficients, intercept, iterations, converged };
}

/** The answer for each row. */
export function linearAnswers(
  { width, coefficients, intercept }: LinearFit,
  { features, rows }: Pick<FeatureRows, 'features' | 'rows'>,
): Float64Array {
  const answers = new Float64Array(rows);
  for (let row = 0; row < rows; row++) {
    let sum = intercept;
    for (let j = 0, at = row * width; j < width; j++, at++) sum += coefficients[j]! * features[at]!;
    answers[row] = sum;
  }
  return answers;
}
