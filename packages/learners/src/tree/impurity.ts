import type { FeatureRows } from '../rows.js';

/** What grows: `classes` for shares of classes and Gini's impurity, none for means and the variance. */
export interface TreeRows extends FeatureRows {
  readonly labels: ArrayLike<number>;
  readonly classes?: number | undefined;
}

/** Rows of one side of a split, as sums that rows are added to and taken from. */
export interface Counted {
  clear(): void;
  add(row: number): void;
  remove(row: number): void;
  /** The impurity times the weight of the rows. */
  impurity(): number;
  isPure(): boolean;
  /** The shares of the classes, or the mean. */
  answer(): number[];
}

/** Gini's impurity for classes, the variance for numbers. */
export const growing = (data: TreeRows, weights: Float64Array): Counted =>
  data.classes === undefined ? variance(data, weights) : gini(data, data.classes, weights);

function gini({ labels }: TreeRows, classes: number, weights: Float64Array): Counted {
  const sums = new Float64Array(classes);
  let [total, squares] = [0, 0];
  // Σ sum² is carried along: a row changes one of its terms.
  const move = (row: number, weight: number): void => {
    const label = labels[row]!;
    const before = sums[label]!;
    const after = before + weight;
    sums[label] = after;
    squares += after * after - before * before;
    total += weight;
  };
  return {
    clear() {
      sums.fill(0);
      [total, squares] = [0, 0];
    },
    add: (row) => move(row, weights[row]!),
    remove: (row) => move(row, -weights[row]!),
    impurity: () => (total > 0 ? total - squares / total : 0),
    isPure: () => sums.some((sum) => sum === total),
    answer: () => Array.from(sums, (sum) => (total > 0 ? sum / total : 1 / classes)),
  };
}

function variance({ labels, rows }: TreeRows, weights: Float64Array): Counted {
  // About the mean of all, so that squares lose nothing to it.
  let mean = 0;
  for (let row = 0; row < rows; row++) mean += labels[row]! / rows;
  let [total, sum, squares, least, most] = [0, 0, 0, Infinity, -Infinity];
  const move = (row: number, weight: number): void => {
    const value = labels[row]! - mean;
    total += weight;
    sum += weight * value;
    squares += weight * value * value;
  };
  return {
    clear() {
      [total, sum, squares, least, most] = [0, 0, 0, Infinity, -Infinity];
    },
    add(row) {
      move(row, weights[row]!);
      least = Math.min(least, labels[row]!);
      most = Math.max(most, labels[row]!);
    },
    remove: (row) => move(row, -weights[row]!),
    impurity: () => (total > 0 ? squares - (sum * sum) / total : 0),
    isPure: () => least === most,
    answer: () => [total > 0 ? mean + sum / total : mean],
  };
}
