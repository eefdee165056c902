import { dot } from '../sums.js';
import type { Centred } from './centred.js';

export interface SparseFit {
  readonly coefficients: Float64Array;
  readonly iterations: number;
  /** Duality gap as a share of half the sum of squares of the target: by how much the loss may lie above its least. */
  readonly gap: number;
}

/** Sweeps between two looks at the gap, each of which costs as much as a sweep. */
const SWEEPS = 5;

/** Most features whose products with each other are kept: 32 MB. */
const MOST_PRODUCTS = 2_048;

/**
 * Least Σ ½ (y − Xw)² + l1 Σ |w| + l2/2 Σ w² by cyclic coordinate descent (Friedman, Hastie and Tibshirani 2010), until the duality
 * gap is below `tolerance` of ½ Σ y² (Kim and others 2007). Where there are fewer features than rows a step changes Xᵀ(y − Xw) by the
 * products of the features (their section 2.2) and does not touch the rows.
 */
export function descendCoordinates(
  centred: Centred,
  { l1, l2, iterations, tolerance }: { l1: number; l2: number; iterations: number; tolerance: number },
): SparseFit {
  const { rows, width, columns, target } = centred;
  const coefficients = new Float64Array(width);
  const residual = target.slice();
  const whole = dot(target, 0, target, 0, rows);
  if (whole === 0) return { coefficients, iterations: 0, gap: 0 };
  const products = width < rows && width <= MOST_PRODUCTS ? productsOf(centred) : undefined;
  const lengths = Float64Array.from({ length: width }, (_, j) =>
    products ? products[j * width + j]! : dot(columns, j * rows, columns, j * rows, rows),
  );
  /** Xᵀ(y − Xw). */
  const slopes = new Float64Array(width);
  const takeSlopes = (): void => {
    for (let j = 0; j < width; j++) slopes[j] = dot(columns, j * rows, residual, 0, rows);
  };
  takeSlopes();
  let gap = 1;
  let sweep = 0;
  while (sweep < iterations && gap > tolerance) {
    for (let again = 0; again < SWEEPS && sweep < iterations; again++, sweep++)
      for (let j = 0; j < width; j++) {
        const length = lengths[j]!;
        if (length === 0) continue;
        const before = coefficients[j]!;
        const slope = products ? slopes[j]! : dot(columns, j * rows, residual, 0, rows);
        const along = slope + length * before;
        const after = (Math.sign(along) * Math.max(Math.abs(along) - l1, 0)) / (length + l2);
        if (after === before) continue;
        coefficients[j] = after;
        if (products) addTo(slopes, before - after, products, j * width, width);
        else addTo(residual, before - after, columns, j * rows, rows);
      }
    if (products) takeResidual();
    takeSlopes();
    gap = dualityGap() / (whole / 2);
  }
  return { coefficients, iterations: sweep, gap };

  /** From the rows: what steps have added up in rounding goes. */
  function takeResidual(): void {
    residual.set(target);
    for (let j = 0; j < width; j++)
      if (coefficients[j] !== 0) addTo(residual, -coefficients[j]!, columns, j * rows, rows);
  }

  /** The dual point is the residual, made feasible by scaling; L2 counts as more rows, √l2 on the diagonal and 0 as their target. */
  function dualityGap(): number {
    let [steepest, absolute, squares] = [0, 0, 0];
    for (let j = 0; j < width; j++) {
      const w = coefficients[j]!;
      steepest = Math.max(steepest, Math.abs(slopes[j]! - l2 * w));
      absolute += Math.abs(w);
      squares += w * w;
    }
    const left = dot(residual, 0, residual, 0, rows) + l2 * squares;
    const scale = Math.min(1, l1 / steepest);
    const dual = scale * dot(residual, 0, target, 0, rows) - (scale * scale * left) / 2;
    return left / 2 + l1 * absolute - dual;
  }
}

/** Products of the features with each other: `[width, width]`. */
function productsOf({ rows, width, columns }: Centred): Float64Array {
  const products = new Float64Array(width * width);
  for (let j = 0; j < width; j++)
    for (let k = 0; k <= j; k++)
      products[j * width + k] = products[k * width + j] = dot(columns, j * rows, columns, k * rows, rows);
  return products;
}

/** `to += by · from[start …]`. */
function addTo(to: Float64Array, by: number, from: Float64Array, start: number, length: number): void {
  for (let i = 0; i < length; i++) to[i]! += by * from[start + i]!;
}
