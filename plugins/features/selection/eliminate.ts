import { gramOf, squared } from './gram.js';
import type { Sample } from './sample.js';
import type { Scored } from './contract.js';

/** Added to the diagonal, so that features that say the same can be told apart from nothing. */
const RIDGE = 1e-8;

/**
 * Takes one feature after the other out of a linear model until `most` are left: the one that `worth` values least, by its weights and
 * the variance of its estimate. The score is its worth when it went, or at the end.
 */
export function eliminate(
  sample: Sample,
  features: readonly number[],
  most: number,
  worth: (weights: Float64Array, spread: number) => number,
): Scored[] {
  const { c, b } = gramOf(sample, features);
  c.forEach((row, i) => (row[i]! += RIDGE));
  const inverse = invert(c);
  const targets = b[0]?.length ?? 0;
  const weights = inverse.map((row) =>
    Float64Array.from({ length: targets }, (_, t) => row.reduce((sum, value, j) => sum + value * b[j]![t]!, 0)),
  );
  const gone = new Map<number, number>();
  const worthOf = (i: number): number => worth(weights[i]!, inverse[i]![i]!);
  const left = new Set(features.keys());
  while (left.size > most) {
    // Of equal ones the last goes.
    const out = [...left].reduce((least, i) => (worthOf(i) <= worthOf(least) ? i : least));
    gone.set(out, worthOf(out));
    left.delete(out);
    const [row, own, lost] = [Float64Array.from(inverse[out]!), inverse[out]![out]!, Float64Array.from(weights[out]!)];
    for (const i of left) {
      const share = row[i]! / own;
      for (const j of left) inverse[i]![j]! -= share * row[j]!;
      for (let t = 0; t < targets; t++) weights[i]![t]! -= share * lost[t]!;
    }
  }
  return features.map((_, i) => ({ score: gone.get(i) ?? worthOf(i), kept: left.has(i) }));
}

/** Of what explains the label, the part that is lost without the feature. */
export const loss = (weights: Float64Array, spread: number): number => squared(weights) / spread;

/** How large its weights are. */
export const size = (weights: Float64Array): number => Math.sqrt(squared(weights));

/** The inverse of a symmetric positive definite matrix, by Gauss and Jordan. */
function invert(matrix: readonly Float64Array[]): Float64Array[] {
  const n = matrix.length;
  const left = matrix.map((row) => Float64Array.from(row));
  const right = matrix.map((_, i) => Float64Array.from({ length: n }, (__, j) => (i === j ? 1 : 0)));
  for (let k = 0; k < n; k++) {
    const pivot = Math.max(left[k]![k]!, RIDGE);
    for (let j = 0; j < n; j++) {
      left[k]![j]! /= pivot;
      right[k]![j]! /= pivot;
    }
    for (let i = 0; i < n; i++) {
      const share = i === k ? 0 : left[i]![k]!;
      if (share === 0) continue;
      for (let j = 0; j < n; j++) {
        left[i]![j]! -= share * left[k]![j]!;
        right[i]![j]! -= share * right[k]![j]!;
      }
    }
  }
  return right;
}
