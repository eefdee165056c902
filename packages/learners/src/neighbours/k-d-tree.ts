import { distanceOf, type Metric, type Nearest } from './distances.js';

/** Rows of a leaf. */
const LEAF = 24;

/**
 * A k-d tree (Bentley 1975): each node is the box of its rows, halved at the median of its widest feature. A box's distance is summed
 * as a row's is, so that rounding never makes it exceed that of a row inside: the
 * neighbours found are those of looking at every row, bit for bit.
 */
export class KdTree {
  readonly #features: Float64Array;
  readonly #width: number;
  readonly #order: Int32Array;
  readonly #nearest: Float64Array;
  /** `[nodes, 2 · width]`: least and largest value of each feature. Node i has the children 2i + 1 and 2i + 2. */
  readonly #boxes: Float64Array[] = [];
  /** `[nodes, 2]`: which places of the order it holds. */
  readonly #spans: [number, number][] = [];

  constructor(features: Float64Array, rows: number, width: number) {
    this.#features = features;
    this.#width = width;
    this.#nearest = new Float64Array(width);
    this.#order = Int32Array.from({ length: rows }, (_, row) => row);
    this.#grow(0, 0, rows);
  }

  /** Offers all rows that may be among the nearest. */
  search(metric: Metric, query: Float64Array, start: number, nearest: Nearest): void {
    this.#visit(0, metric, query, start, nearest, this.#apart(0, metric, query, start));
  }

  #visit(node: number, metric: Metric, query: Float64Array, start: number, nearest: Nearest, apart: number): void {
    if (apart > nearest.farthest) return;
    const [left, right] = [2 * node + 1, 2 * node + 2];
    if (!this.#spans[left]) {
      const [from, to] = this.#spans[node]!;
      for (let i = from; i < to; i++) {
        const row = this.#order[i]!;
        const far = nearest.farthest;
        const distance = distanceOf(metric, this.#features, row * this.#width, query, start, this.#width, far);
        if (distance <= far) nearest.offer(row, distance);
      }
      return;
    }
    const [toLeft, toRight] = [this.#apart(left, metric, query, start), this.#apart(right, metric, query, start)];
    if (toLeft <= toRight) {
      this.#visit(left, metric, query, start, nearest, toLeft);
      this.#visit(right, metric, query, start, nearest, toRight);
    } else {
      this.#visit(right, metric, query, start, nearest, toRight);
      this.#visit(left, metric, query, start, nearest, toLeft);
    }
  }

  #apart(node: number, metric: Metric, query: Float64Array, start: number): number {
    const box = this.#boxes[node]!;
    const width = this.#width;
    // The point of the box that is nearest.
    for (let j = 0; j < width; j++) this.#nearest[j] = Math.min(Math.max(query[start + j]!, box[j]!), box[width + j]!);
    return distanceOf(metric, this.#nearest, 0, query, start, width, Infinity);
  }

  #grow(node: number, from: number, to: number): void {
    const width = this.#width;
    const box = new Float64Array(2 * width);
    box.fill(Infinity, 0, width);
    box.fill(-Infinity, width);
    for (let i = from; i < to; i++)
      for (let j = 0, at = this.#order[i]! * width; j < width; j++, at++) {
        const value = this.#features[at]!;
        if (value < box[j]!) box[j] = value;
        if (value > box[width + j]!) box[width + j] = value;
      }
    this.#boxes[node] = box;
    this.#spans[node] = [from, to];
    let widest = 0;
    for (let j = 1; j < width; j++) if (box[width + j]! - box[j]! > box[width + widest]! - box[widest]!) widest = j;
    if (to - from <= LEAF || !(box[width + widest]! > box[widest]!)) return;
    const values = this.#features;
    const span = this.#order.subarray(from, to);
    span.sort((a, b) => values[a * width + widest]! - values[b * width + widest]! || a - b);
    const middle = from + ((to - from) >> 1);
    this.#grow(2 * node + 1, from, middle);
    this.#grow(2 * node + 2, middle, to);
  }
}
