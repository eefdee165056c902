import { predictedOf, supportOf, type Confusion } from './confusion.js';

export interface ClassFigures {
  /** Share of rows predicted as this class that are of it; 0 when none was predicted. */
  readonly precision: number;
  /** Share of rows of this class that were predicted as it; 0 when there are none. */
  readonly recall: number;
  /** Harmonic mean of precision and recall; 0 when both are 0. */
  readonly f1: number;
  /** Rows of this class. */
  readonly support: number;
}

export interface Averages {
  readonly micro: number;
  /** Mean over the classes that occur, as truth or as prediction. */
  readonly macro: number;
  /** Mean over classes, each weighted by its rows. */
  readonly weighted: number;
}

const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);
const ratio = (part: number, whole: number): number => (whole === 0 ? 0 : part / whole);

/** Share of rows predicted right. */
export function accuracy(confusion: Confusion): number {
  return ratio(sum(confusion.map((row, k) => row[k]!)), sum(supportOf(confusion)));
}

/** Mean recall over the classes that have rows. */
export function balancedAccuracy(confusion: Confusion): number {
  const support = supportOf(confusion);
  const recalls = confusion.flatMap((row, k) => (support[k]! > 0 ? [row[k]! / support[k]!] : []));
  return ratio(sum(recalls), recalls.length);
}

/** Precision, recall, F1 and support of each class, in the order of the matrix. */
export function perClass(confusion: Confusion): ClassFigures[] {
  const support = supportOf(confusion);
  const predicted = predictedOf(confusion);
  return confusion.map((row, k) => {
    const right = row[k]!;
    return {
      precision: ratio(right, predicted[k]!),
      recall: ratio(right, support[k]!),
      f1: ratio(2 * right, support[k]! + predicted[k]!),
      support: support[k]!,
    };
  });
}

/**
 * One figure of the classes, averaged three ways. As in scikit-learn, classes that occur neither as truth nor as
 * prediction do not count, and the micro average of one-label classification is the accuracy.
 */
export function averages(confusion: Confusion, figure: 'precision' | 'recall' | 'f1'): Averages {
  return averagesOf(
    confusion,
    perClass(confusion).map((one) => one[figure]),
  );
}

function averagesOf(confusion: Confusion, values: readonly number[]): Averages {
  const support = supportOf(confusion);
  const predicted = predictedOf(confusion);
  const present = values.flatMap((value, k) =>
    support[k]! > 0 || predicted[k]! > 0 ? [{ value, support: support[k]! }] : [],
  );
  return {
    micro: accuracy(confusion),
    macro: ratio(sum(present.map(({ value }) => value)), present.length),
    weighted: ratio(sum(present.map(({ value, support: rows }) => value * rows)), sum(support)),
  };
}

/**
 * F-beta of each class (van Rijsbergen 1979): recall counts `beta` times as much as precision; 0 where both are 0. With `beta` 1 it
 * is F1.
 */
export function fBeta(confusion: Confusion, beta: number): number[] {
  const support = supportOf(confusion);
  const predicted = predictedOf(confusion);
  const square = beta * beta;
  return confusion.map((row, k) => ratio((1 + square) * row[k]!, square * support[k]! + predicted[k]!));
}

/** F-beta averaged three ways, as `averages` are. */
export function fBetaAverages(confusion: Confusion, beta: number): Averages {
  return averagesOf(confusion, fBeta(confusion, beta));
}

/** Mean cost of a row: `costs` `[classes, classes]` says what each true class (row) costs when answered as each class (column). */
export function expectedCost(confusion: Confusion, costs: ArrayLike<number>): number {
  const rows = sum(supportOf(confusion));
  const total = sum(confusion.map((row, t) => sum(row.map((count, a) => count * costs[t * row.length + a]!))));
  return ratio(total, rows);
}

/**
 * Matthews correlation coefficient for any number of classes (Gorodkin 2004, "Comparing two K-category assignments by
 * a K-category correlation coefficient"), from −1 to 1; 0 when truth or prediction is constant.
 */
export function matthews(confusion: Confusion): number {
  const truth = supportOf(confusion);
  const predicted = predictedOf(confusion);
  const rows = sum(truth);
  const right = sum(confusion.map((row, k) => row[k]!));
  const covariance = right * rows - sum(truth.map((t, k) => t * predicted[k]!));
  const spreadTruth = rows * rows - sum(truth.map((t) => t * t));
  const spreadPredicted = rows * rows - sum(predicted.map((p) => p * p));
  return spreadTruth * spreadPredicted === 0 ? 0 : covariance / Math.sqrt(spreadTruth * spreadPredicted);
}

/**
 * Cohen's kappa (1960): agreement beyond chance, at most 1. NaN when truth and prediction are one and the same single
 * class, as then all agreement is chance.
 */
export function kappa(confusion: Confusion): number {
  const truth = supportOf(confusion);
  const predicted = predictedOf(confusion);
  const rows = sum(truth);
  const byChance = sum(truth.map((t, k) => (t * predicted[k]!) / rows)) / rows;
  return (accuracy(confusion) - byChance) / (1 - byChance);
}
