import { weightsOf, type FeatureRows } from '../rows.js';
import { criterionOf, type Criterion, type TreeRows } from './impurity.js';

export type { TreeRows } from './impurity.js';

/** A binary tree: a row goes left where its feature is at most the threshold. */
export interface TreeFit {
  readonly width: number;
  /** Numbers of an answer: the classes, or 1. */
  readonly outputs: number;
  /** `[nodes, 3]`: the feature (-1 for a leaf), the threshold, the node to the right; the one to the left follows. */
  readonly nodes: ArrayLike<number>;
  /** `[nodes, outputs]`: the shares of the classes, or the mean. */
  readonly values: ArrayLike<number>;
}

export interface TreeOptions {
  /** Most splits from root to leaf. */
  readonly depth: number;
  /** Least rows in a leaf. */
  readonly minLeaf: number;
  /** Least rows that are split. */
  readonly minSplit: number;
  /** Least fall of the impurity, weighted by the share of the rows. */
  readonly minFall: number;
}

interface Grown {
  readonly nodes: number[];
  readonly values: number[];
}

interface Split {
  readonly feature: number;
  readonly threshold: number;
  readonly gain: number;
}

/**
 * Classification and regression tree (Breiman, Friedman, Olshen and Stone 1984): at each node the split of one feature that lowers the
 * impurity most, the threshold half-way between two neighbouring values; of equal ones the first feature and the lowest threshold.
 * Draws no random numbers.
 */
export function growTree(data: TreeRows, options: TreeOptions): TreeFit {
  const { width, classes } = data;
  const all = new Grower(data, options);
  all.grow(presorted(data), 0);
  return { width, outputs: classes ?? 1, ...all.grown };
}

/** The places of the rows in the order of each feature, `width` of them. */
function presorted({ rows, width, features }: FeatureRows): Int32Array[] {
  return Array.from({ length: width }, (_, j) => {
    const values = Float64Array.from({ length: rows }, (_, row) => features[row * width + j]!);
    return Int32Array.from({ length: rows }, (_, row) => row).sort((a, b) => values[a]! - values[b]! || a - b);
  });
}

class Grower {
  readonly grown: Grown = { nodes: [], values: [] };
  readonly #data: TreeRows;
  readonly #options: TreeOptions;
  readonly #weights: Float64Array;
  readonly #total: number;
  readonly #goesLeft: Uint8Array;
  readonly #criterion: Criterion;
  readonly #values: Float64Array;

  constructor(data: TreeRows, options: TreeOptions) {
    this.#data = data;
    this.#options = options;
    this.#weights = weightsOf(data);
    this.#total = this.#weights.reduce((sum, weight) => sum + weight, 0);
    this.#goesLeft = new Uint8Array(data.rows);
    this.#criterion = criterionOf(data, this.#weights);
    this.#values = new Float64Array(data.rows);
  }

  /** Adds the node of some rows, given in the order of each feature, and all below it. */
  grow(sorted: readonly Int32Array[], depth: number): void {
    const { nodes, values } = this.grown;
    const own = sorted[0]!;
    const { depth: deepest, minSplit, minFall } = this.#options;
    this.#criterion.take(own);
    values.push(...this.#criterion.answer());
    const at = nodes.length;
    nodes.push(-1, 0, 0);
    if (depth >= deepest || own.length < minSplit || this.#criterion.isPure()) return;
    const best = this.#bestSplit(sorted);
    if (!best || Math.max(best.gain, 0) / this.#total < minFall) return;
    const { features, width } = this.#data;
    for (const row of own) this.#goesLeft[row] = features[row * width + best.feature]! <= best.threshold ? 1 : 0;
    const [left, right] = this.#part(sorted);
    nodes[at] = best.feature;
    nodes[at + 1] = best.threshold;
    this.grow(left, depth + 1);
    nodes[at + 2] = nodes.length / 3;
    this.grow(right, depth + 1);
  }

  #bestSplit(sorted: readonly Int32Array[]): Split | undefined {
    const { features, width } = this.#data;
    const count = sorted[0]!.length;
    const values = this.#values;
    let best: Split | undefined;
    for (let feature = 0; feature < width; feature++) {
      const order = sorted[feature]!;
      for (let i = 0; i < count; i++) values[i] = features[order[i]! * width + feature]!;
      if (values[0] === values[count - 1]) continue;
      // Where nothing falls a split may still lead on, as in an exclusive or.
      const cut = this.#criterion.cut(order, values, this.#options.minLeaf, best?.gain ?? -Infinity);
      if (!cut) continue;
      const [value, next] = [values[cut.at - 1]!, values[cut.at]!];
      // Of two neighbouring doubles the middle may be the larger one.
      const middle = value / 2 + next / 2;
      best = { feature, threshold: middle < next ? middle : value, gain: cut.gain };
    }
    return best;
  }

  #part(sorted: readonly Int32Array[]): [Int32Array[], Int32Array[]] {
    const goesLeft = this.#goesLeft;
    let count = 0;
    for (const row of sorted[0]!) count += goesLeft[row]!;
    const [left, right]: [Int32Array[], Int32Array[]] = [[], []];
    for (const order of sorted) {
      const [lefts, rights] = [new Int32Array(count), new Int32Array(order.length - count)];
      let [toLeft, toRight] = [0, 0];
      for (let i = 0; i < order.length; i++) {
        const row = order[i]!;
        if (goesLeft[row] === 1) lefts[toLeft++] = row;
        else rights[toRight++] = row;
      }
      left.push(lefts);
      right.push(rights);
    }
    return [left, right];
  }
}

/** The answer of the leaf of each row: `[rows, outputs]`. */
export function treeAnswers(
  { width, outputs, nodes, values }: TreeFit,
  features: Float64Array,
  rows: number,
): Float64Array {
  const answers = new Float64Array(rows * outputs);
  for (let row = 0; row < rows; row++) {
    let node = 0;
    for (let feature = nodes[0]!; feature >= 0; feature = nodes[node * 3]!)
      node = features[row * width + feature]! <= nodes[node * 3 + 1]! ? node + 1 : nodes[node * 3 + 2]!;
    for (let k = 0; k < outputs; k++) answers[row * outputs + k] = values[node * outputs + k]!;
  }
  return answers;
}
