import { classProbabilities, fitLogistic, shuffled, type LogisticFit, type Random } from '@trainyard/numeric';
import type { Matrix } from './encode-rows.js';

/** Ridge penalty on the weights, for each row. */
const PENALTY = 1e-3;
const STEPS = 60;
/** Largest slope a row at which the fit ends. */
const TOLERANCE = 1e-6;

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
    const fitted = fit(matrix, classes, count, train);
    const probabilities = classProbabilities(fitted, rowsOf(matrix, out), out.length);
    out.forEach((row, at) => result.set(probabilities.subarray(at * count, (at + 1) * count), row * count));
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

function fit(matrix: Matrix, classes: Int32Array, count: number, train: readonly number[]): LogisticFit {
  const penalty = PENALTY * train.length;
  return fitLogistic(
    {
      rows: train.length,
      width: matrix.width,
      features: rowsOf(matrix, train),
      labels: Int32Array.from(train, (row) => classes[row]!),
    },
    {
      // With two classes the fit doubles what it is given.
      l2: count === 2 ? penalty / 2 : penalty,
      weights: new Float64Array(count).fill(1),
      iterations: STEPS,
      tolerance: TOLERANCE,
    },
  );
}

/** Some rows of a matrix, one after the other. */
function rowsOf({ width, values }: Matrix, rows: readonly number[]): Float64Array {
  const some = new Float64Array(rows.length * width);
  rows.forEach((row, at) => some.set(values.subarray(row * width, (row + 1) * width), at * width));
  return some;
}
