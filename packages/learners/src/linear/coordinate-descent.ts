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

/**
 * Least Σ ½ (y − Xw)² + l1 Σ |w| + l2/2 Σ w² by cyclic coordinate descent (Friedman, Hastie and Tibshirani 2010), until the duality
 * gap is below `tolerance` of ½ Σ y² (Kim and others 2007).
 */
export function descendCoordinates(
  { rows, width, columns, target }: Centred,
  { l1, l2, iterations, tolerance }: { l1: number; l2: number; iterations: number; tolerance: number },
): SparseFit {
  const coefficients = new Float64Array(width);
  const residual = target.slice();
  const lengths = Float64Array.from({ length: width }, (_, j) => dot(columns, j * rows, columns, j * rows, rows));
  const whole = dot(target, 0, target, 0, rows);
  if (whole === 0) return { coefficients, iterations: 0, gap: 0 };
  let gap = 1;
  let sweep = 0;
  while (sweep < iterations && gap > tolerance) {
    for (let again = 0; again < SWEEPS && sweep < iterations; again++, sweep++)
      for (let j = 0; j < width; j++) {
        const length = lengths[j]!;
        if (length === 0) continue;
        const at = j * rows;
        const before = coefficients[j]!;
        const along = dot(columns, at, residual, 0, rows) + length * before;
        const after = (Math.sign(along) * Math.max(Math.abs(along) - l1, 0)) / (length + l2);
        if (after === before) continue;
        coefficients[j] = after;
        const by = before - after;
        for (let i = 0; i < rows; i++) residual[i]! += by * columns[at + i]!;
      }
    gap = dualityGap() / (whole / 2);
  }
  return { coefficients, iterations: sweep, gap };

  /** The dual point is the residual, made feasible by scaling; L2 counts as more rows, √l2 on the diagonal and 0 as their target. */
  function dualityGap(): number {
    let [steepest, absolute, squares] = [0, 0, 0];
    for (let j = 0; j < width; j++) {
      const w = coefficients[j]!;
      steepest = Math.max(steepest, Math.abs(dot(columns, j * rows, residual, 0, rows) - l2 * w));
      absolute += Math.abs(w);
      squares += w * w;
    }
    const left = dot(residual, 0, residual, 0, rows) + l2 * squares;
    const scale = Math.min(1, l1 / steepest);
    const dual = scale * dot(residual, 0, target, 0, rows) - (scale * scale * left) / 2;
    return left / 2 + l1 * absolute - dual;
  }
}
