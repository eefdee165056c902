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

/** How far features may be summed before the sum is compared with the farthest that still counts. */
const BLOCK = 16;

/**
 * The distance of two rows, squared where it is euclidean, summed feature after feature; infinite as soon as it exceeds `most`.
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
  for (let j = 0; j < width;) {
    const end = Math.min(width, j + BLOCK);
    if (metric === 'euclidean')
      for (; j < end; j++) {
        const apart = a[from + j]! - b[start + j]!;
        sum += apart * apart;
      }
    else for (; j < end; j++) sum += Math.abs(a[from + j]! - b[start + j]!);
    if (sum > most) return Infinity;
  }
  return sum;
}
