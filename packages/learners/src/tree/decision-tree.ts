import { weightsOf } from '../rows.js';
import { columnsOf, type Columns } from './columns.js';
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
  const { width, classes, rows } = data;
  const all = new Grower(data, options);
  all.grow(0, rows, 0);
  return { width, outputs: classes ?? 1, ...all.grown };
}

/** Grows a tree. The rows of a node are one stretch of each feature's order, and of both its children's, one after the other. */
class Grower {
  readonly grown: Grown = { nodes: [], values: [] };
  readonly #options: TreeOptions;
  readonly #columns: Columns;
  readonly #total: number;
  readonly #goesLeft: Uint8Array;
  readonly #criterion: Criterion;
  readonly #spare: Int32Array;

  constructor(data: TreeRows, options: TreeOptions) {
    const weights = weightsOf(data);
    this.#options = options;
    this.#columns = columnsOf(data);
    this.#total = weights.reduce((sum, weight) => sum + weight, 0);
    this.#goesLeft = new Uint8Array(data.rows);
    this.#criterion = criterionOf(data, weights);
    this.#spare = new Int32Array(data.rows);
  }

  /** Adds the node of a stretch of rows, and all below it. */
  grow(start: number, end: number, depth: number): void {
    const { nodes, values } = this.grown;
    const { depth: deepest, minSplit, minFall } = this.#options;
    this.#criterion.take(this.#columns.orders[0]!, start, end);
    values.push(...this.#criterion.answer());
    const at = nodes.length;
    nodes.push(-1, 0, 0);
    if (depth >= deepest || end - start < minSplit || this.#criterion.isPure()) return;
    const best = this.#bestSplit(start, end);
    if (!best || Math.max(best.gain, 0) / this.#total < minFall) return;
    const middle = this.#part(best, start, end);
    nodes[at] = best.feature;
    nodes[at + 1] = best.threshold;
    this.grow(start, middle, depth + 1);
    nodes[at + 2] = nodes.length / 3;
    this.grow(middle, end, depth + 1);
  }

  #bestSplit(start: number, end: number): Split | undefined {
    const { values, orders } = this.#columns;
    let best: Split | undefined;
    for (let feature = 0; feature < orders.length; feature++) {
      const order = orders[feature]!;
      const column = values[feature]!;
      if (column[order[start]!] === column[order[end - 1]!]) continue;
      // Where nothing falls a split may still lead on, as in an exclusive or.
      const cut = this.#criterion.cut(order, column, start, end, this.#options.minLeaf, best?.gain ?? -Infinity);
      if (!cut) continue;
      const [value, next] = [column[order[cut.at - 1]!]!, column[order[cut.at]!]!];
      // Of two neighbouring doubles the middle may be the larger one.
      const middle = value / 2 + next / 2;
      best = { feature, threshold: middle < next ? middle : value, gain: cut.gain };
    }
    return best;
  }

  /** Puts the rows that go left before the others in each order, each side in the order that it had; gives where the others begin. */
  #part({ feature, threshold }: Split, start: number, end: number): number {
    const { values, orders } = this.#columns;
    const goesLeft = this.#goesLeft;
    const spare = this.#spare;
    const column = values[feature]!;
    const own = orders[feature]!;
    let middle = start;
    for (let i = start; i < end; i++) {
      const isLeft = column[own[i]!]! <= threshold;
      goesLeft[own[i]!] = isLeft ? 1 : 0;
      if (isLeft) middle++;
    }
    for (const order of orders) {
      // Those of the split's own feature stand so already.
      if (order === own) continue;
      let left = start;
      let right = 0;
      for (let i = start; i < end; i++) {
        const row = order[i]!;
        const isLeft = goesLeft[row]!;
        // Written to both places, kept in one: no branch to guess.
        order[left] = row;
        spare[right] = row;
        left += isLeft;
        right += 1 - isLeft;
      }
      order.set(spare.subarray(0, right), left);
    }
    return middle;
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
