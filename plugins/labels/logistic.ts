import { shuffled, type Random } from '@trainyard/numeric';
import type { Matrix } from './encode.js';
import { minimise } from './minimise.js';

/** Ridge penalty on the weights, for each row. */
const PENALTY = 1e-3;
const STEPS = 60;

/**
 * Probability of each class for each row by multinomial logistic regression, fitted on the other folds (stratified,
 * drawn from `random`), so that no row takes part in its own judgement. `classes` has a class number for each row,
 * −1 where unknown. Result: [rows, classes], row by row.
 */
export function logisticProbabilities(
  matrix: Matrix,
  classes: Int32Array,
  count: number,
  folds: number,
  random: Random,
  onFold: (done: number) => void = () => undefined,
): Float64Array {
  const fold = stratifiedFolds(classes, folds, random);
  const result = new Float64Array(matrix.rows * count);
  for (let held = 0; held < folds; held++) {
    const train: number[] = [];
    const out: number[] = [];
    fold.forEach((of, row) => (of === held ? out : classes[row]! >= 0 ? train : []).push(row));
    const weights = fit(matrix, classes, count, train);
    for (const row of out) softmax(matrix, weights, count, row, result.subarray(row * count, (row + 1) * count));
    onFold(held + 1);
  }
  return result;
}

/** A fold for each row, so that every fold has its share of every class. */
export function stratifiedFolds(classes: Int32Array, folds: number, random: Random): Int32Array {
  const fold = new Int32Array(classes.length);
  const next = new Map<number, number>();
  for (const row of shuffled(classes.length, random)) {
    const of = classes[row]!;
    const turn = next.get(of) ?? 0;
    fold[row] = (turn + Math.max(0, of)) % folds;
    next.set(of, turn + 1);
  }
  return fold;
}

/** Weights [classes, width + 1], the last of each class its intercept, which is not penalised. */
function fit(matrix: Matrix, classes: Int32Array, count: number, train: readonly number[]): Float64Array {
  const { width, values } = matrix;
  const stride = width + 1;
  const p = new Float64Array(count);
  const loss = (weights: Float64Array, gradient: Float64Array): number => {
    gradient.fill(0);
    let sum = 0;
    for (const row of train) {
      softmax(matrix, weights, count, row, p);
      const of = classes[row]!;
      sum -= Math.log(Math.max(p[of]!, 1e-300));
      for (let c = 0; c < count; c++) {
        const error = p[c]! - (c === of ? 1 : 0);
        const from = c * stride;
        for (let at = 0; at < width; at++)
          gradient[from + at] = gradient[from + at]! + error * values[row * width + at]!;
        gradient[from + width] = gradient[from + width]! + error;
      }
    }
    const n = Math.max(1, train.length);
    for (let at = 0; at < gradient.length; at++) {
      gradient[at] = gradient[at]! / n;
      if (at % stride === width) continue;
      sum += 0.5 * PENALTY * n * weights[at]! ** 2;
      gradient[at] = gradient[at]! + PENALTY * weights[at]!;
    }
    return sum / n;
  };
  return minimise(loss, new Float64Array(count * stride), STEPS);
}

function softmax(matrix: Matrix, weights: Float64Array, count: number, row: number, into: Float64Array): void {
  const { width, values } = matrix;
  let most = -Infinity;
  for (let c = 0; c < count; c++) {
    const from = c * (width + 1);
    let score = weights[from + width]!;
    for (let at = 0; at < width; at++) score += weights[from + at]! * values[row * width + at]!;
    into[c] = score;
    if (score > most) most = score;
  }
  let sum = 0;
  for (let c = 0; c < count; c++) sum += into[c] = Math.exp(into[c]! - most);
  for (let c = 0; c < count; c++) into[c] = into[c]! / sum;
}
