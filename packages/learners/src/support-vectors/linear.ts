import { randomFrom, shuffled } from '@trainyard/numeric';
import { dot } from '../sums.js';
import { weightsOf, type FeatureRows } from '../rows.js';

/** A row's side is that of its features times the coefficients plus the intercept. */
export interface Margin {
  /** `[width]`. */
  readonly coefficients: Float64Array;
  readonly intercept: number;
  readonly iterations: number;
  readonly converged: boolean;
}

export interface LinearMarginOptions {
  /** Price of a row inside the margin, beside half the sum of squared coefficients. */
  readonly c: number;
  readonly iterations: number;
  /** Largest violation of the optimality conditions. */
  readonly tolerance: number;
  /** Words of the stream that rows are drawn from. */
  readonly seed: readonly number[];
}

/**
 * Linear support vectors with squared hinge loss: least ½ (Σ coefficient² + intercept²) + C Σ weight · max(0, 1 − side · value)², by dual
 * coordinate descent over rows in drawn order (Hsieh, Chang, Lin, Keerthi and Sundararajan 2008, algorithm 1). As in LIBLINEAR the
 * intercept is penalised. `sides` are 1 and -1.
 */
export function fitLinearMargin(
  data: FeatureRows,
  sides: Int8Array,
  { c, iterations, tolerance, seed }: LinearMarginOptions,
): Margin {
  const { rows, width, features } = data;
  const weights = weightsOf(data);
  const coefficients = new Float64Array(width);
  const alphas = new Float64Array(rows);
  const diagonal = new Float64Array(rows);
  const lengths = new Float64Array(rows);
  for (let row = 0; row < rows; row++) {
    diagonal[row] = 1 / (2 * c * weights[row]!);
    let sum = 1;
    for (let j = 0, at = row * width; j < width; j++, at++) sum += features[at]! * features[at]!;
    lengths[row] = sum + diagonal[row]!;
  }
  let intercept = 0;
  let iteration = 0;
  let converged = false;
  // Rows at 0 that are far from coming back are left out until all else has settled (section 3.3 there).
  let active = Int32Array.from({ length: rows }, (_, row) => row).filter((row) => weights[row]! > 0);
  const all = active;
  let farthest = Infinity;
  while (iteration < iterations && !converged) {
    let most = -Infinity;
    let least = Infinity;
    const kept = new Int32Array(active.length);
    let count = 0;
    const order = shuffled(active.length, randomFrom(...seed, iteration));
    for (let at = 0; at < order.length; at++) {
      const row = active[order[at]!]!;
      const start = row * width;
      const side = sides[row]!;
      const value = intercept + dot(coefficients, 0, features, start, width);
      const alpha = alphas[row]!;
      const slope = side * value - 1 + diagonal[row]! * alpha;
      if (alpha === 0 && slope > farthest) continue;
      kept[count++] = row;
      const projected = alpha === 0 ? Math.min(slope, 0) : slope;
      most = Math.max(most, projected);
      least = Math.min(least, projected);
      if (projected === 0) continue;
      const after = Math.max(alpha - slope / lengths[row]!, 0);
      const by = (after - alpha) * side;
      alphas[row] = after;
      if (by === 0) continue;
      for (let j = 0; j < width; j++) coefficients[j]! += by * features[start + j]!;
      intercept += by;
    }
    iteration++;
    if (most - least <= tolerance) {
      if (active.length === all.length) converged = true;
      active = all;
      farthest = Infinity;
    } else {
      active = kept.slice(0, count);
      farthest = most > 0 ? most : Infinity;
    }
  }
  return { coefficients, intercept, iterations: iteration, converged };
}
