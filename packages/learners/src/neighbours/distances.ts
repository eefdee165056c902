import { squaredDistance } from '../sums.js';

/** The nearest rows found so far: by distance, equal ones by their place in the training table. */
export class Nearest {
  /** Their places, nearest first. */
  readonly rows: Int32Array;
  /** Their distances, before the root of euclidean ones. */
  readonly distances: Float64Array;
  #count = 0;

  constructor(k: number) {
    this.rows = new Int32Array(k);
    this.distances = new Float64Array(k);
  }

  clear(): void {
    this.#count = 0;
  }

  /** What a row must not exceed to be among them. */
  get farthest(): number {
    return this.#count < this.rows.length ? Infinity : this.distances[this.#count - 1]!;
  }

  offer(row: number, distance: number): void {
    const { rows, distances } = this;
    let at = this.#count;
    if (at === rows.length) {
      const last = distances[at - 1]!;
      if (distance > last || (distance === last && row > rows[at - 1]!)) return;
      at--;
    } else this.#count++;
    for (
      ;
      at > 0 && (distances[at - 1]! > distance || (distances[at - 1]! === distance && rows[at - 1]! > row));
      at--
    ) {
      distances[at] = distances[at - 1]!;
      rows[at] = rows[at - 1]!;
    }
    distances[at] = distance;
    rows[at] = row;
  }
}

export type Metric = 'euclidean' | 'manhattan';

/** Features that are summed before the sum is compared with the farthest that still counts. */
const BLOCK = 16;

/**
 * The distance of two rows, squared where it is euclidean; infinite as soon as it exceeds `most`. Summed block after block, and in a block
 * by four sums at once, so that a smaller difference of one feature never makes the distance larger, by rounding either.
 */
export function distanceOf(
  metric: Metric,
  a: Float64Array,
  from: number,
  b: Float64Array,
  start: number,
  width: number,
  most: number,
): number {
  let sum = 0;
  for (let j = 0; j < width; j += BLOCK) {
    const length = Math.min(BLOCK, width - j);
    sum +=
      metric === 'euclidean'
        ? squaredDistance(a, from + j, b, start + j, length)
        : absoluteDistance(a, from + j, b, start + j, length);
    if (sum > most) return Infinity;
  }
  return sum;
}

function absoluteDistance(a: Float64Array, from: number, b: Float64Array, start: number, length: number): number {
  let sum = 0;
  for (let i = 0; i < length; i++) sum += Math.abs(a[from + i]! - b[start + i]!);
  return sum;
}
