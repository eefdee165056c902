import type { FeatureRows } from '../rows.js';

/** What grows: `classes` for shares of classes and Gini's impurity, none for means and the variance. */
export interface TreeRows extends FeatureRows {
  readonly labels: ArrayLike<number>;
  readonly classes?: number | undefined;
}

/** Where the rows of a node, in the order of a feature, are best parted. */
export interface Cut {
  /** Place in the order of the first that goes right. */
  readonly at: number;
  /** By how much the impurity, times the weight of the rows, falls. */
  readonly gain: number;
}

/** The rows of one node at a time, as sums. */
export interface Criterion {
  /** Takes the rows of a node: a stretch of an order. */
  take(rows: Int32Array, start: number, end: number): void;
  isPure(): boolean;
  /** The shares of the classes, or the mean. */
  answer(): number[];
  /**
   * The best cut of these rows that gains more than `least`, with `minLeaf` rows or more on each side: a stretch of the order of a
   * feature, whose values are given by row.
   */
  cut(
    order: Int32Array,
    values: Float64Array,
    start: number,
    end: number,
    minLeaf: number,
    least: number,
  ): Cut | undefined;
}

/** Gini's impurity for classes, the variance for numbers. */
export const criterionOf = (data: TreeRows, weights: Float64Array): Criterion =>
  data.classes === undefined ? variance(data, weights) : gini(data, data.classes, weights);

function gini(data: TreeRows, classes: number, weights: Float64Array): Criterion {
  const labels = Int32Array.from(data.labels);
  const sums = new Float64Array(classes);
  const left = new Float64Array(classes);
  let total = 0;
  return {
    take(rows, start, end) {
      sums.fill(0);
      total = 0;
      for (let i = start; i < end; i++) {
        const row = rows[i]!;
        sums[labels[row]!]! += weights[row]!;
        total += weights[row]!;
      }
    },
    isPure: () => sums.some((sum) => sum === total),
    answer: () => Array.from(sums, (sum) => (total > 0 ? sum / total : 1 / classes)),
    cut(order, values, start, end, minLeaf, least) {
      left.fill(0);
      let onLeft = 0;
      let ofLeft = 0;
      let ofRight = 0;
      for (let k = 0; k < classes; k++) ofRight += sums[k]! * sums[k]!;
      const squares = total > 0 ? ofRight / total : 0;
      let at = 0;
      let gain = least;
      let value = values[order[start]!]!;
      // Σ sum² of both sides is carried along: a row changes one of its terms.
      for (let i = start; i + minLeaf < end; i++) {
        const row = order[i]!;
        const weight = weights[row]!;
        const label = labels[row]!;
        const before = left[label]!;
        const after = before + weight;
        const rest = sums[label]! - before;
        left[label] = after;
        ofLeft += after * after - before * before;
        ofRight += (rest - weight) * (rest - weight) - rest * rest;
        onLeft += weight;
        const next = values[order[i + 1]!]!;
        const isTied = value === next;
        value = next;
        if (isTied || i + 1 - start < minLeaf) continue;
        const onRight = total - onLeft;
        const here = (onLeft > 0 ? ofLeft / onLeft : 0) + (onRight > 0 ? ofRight / onRight : 0) - squares;
        if (here > gain) {
          at = i + 1;
          gain = here;
        }
      }
      return at > 0 ? { at, gain } : undefined;
    },
  };
}

function variance({ labels, rows: all }: TreeRows, weights: Float64Array): Criterion {
  // About the mean of all, so that squares lose nothing to it.
  let mean = 0;
  for (let row = 0; row < all; row++) mean += labels[row]! / all;
  const values = Float64Array.from({ length: all }, (_, row) => labels[row]! - mean);
  let [total, sum, least, most] = [0, 0, 0, 0];
  return {
    take(rows, start, end) {
      [total, sum, least, most] = [0, 0, Infinity, -Infinity];
      for (let i = start; i < end; i++) {
        const row = rows[i]!;
        total += weights[row]!;
        sum += weights[row]! * values[row]!;
        least = Math.min(least, values[row]!);
        most = Math.max(most, values[row]!);
      }
    },
    isPure: () => least === most,
    answer: () => [total > 0 ? mean + sum / total : mean],
    cut(order, features, start, end, minLeaf, over) {
      const whole = total > 0 ? (sum * sum) / total : 0;
      let onLeft = 0;
      let ofLeft = 0;
      let at = 0;
      let gain = over;
      let value = features[order[start]!]!;
      for (let i = start; i + minLeaf < end; i++) {
        const row = order[i]!;
        const weight = weights[row]!;
        onLeft += weight;
        ofLeft += weight * values[row]!;
        const next = features[order[i + 1]!]!;
        const isTied = value === next;
        value = next;
        if (isTied || i + 1 - start < minLeaf) continue;
        const onRight = total - onLeft;
        const ofRight = sum - ofLeft;
        const here =
          (onLeft > 0 ? (ofLeft * ofLeft) / onLeft : 0) + (onRight > 0 ? (ofRight * ofRight) / onRight : 0) - whole;
        if (here > gain) {
          at = i + 1;
          gain = here;
        }
      }
      return at > 0 ? { at, gain } : undefined;
    },
  };
}
