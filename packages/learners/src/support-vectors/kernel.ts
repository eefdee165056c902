import { dot, squaredDistance } from '../sums.js';

export interface Kernel {
  readonly name: 'rbf' | 'poly' | 'sigmoid' | 'linear';
  readonly gamma: number;
  readonly degree: number;
  readonly coef0: number;
}

/** What a kernel makes of two rows: exp(−γ |a − b|²), (γ a·b + r)^d, tanh(γ a·b + r), a·b. */
export function kernelValue(
  { name, gamma, degree, coef0 }: Kernel,
  a: Float64Array,
  from: number,
  b: Float64Array,
  start: number,
  width: number,
): number {
  if (name === 'rbf') return Math.exp(-gamma * squaredDistance(a, from, b, start, width));
  const sum = dot(a, from, b, start, width);
  if (name === 'linear') return sum;
  return name === 'poly' ? (gamma * sum + coef0) ** degree : Math.tanh(gamma * sum + coef0);
}

/** Bytes of kernel rows kept. */
const KEPT = 256 * 2 ** 20;

/** A kernel matrix, row by row. */
export interface KernelMatrix {
  readonly rows: number;
  row(i: number): Float64Array;
  diagonal(): Float64Array;
}

/** Rows of the kernel matrix of some rows, computed when asked for; the longest unasked go first when they are too many. */
export class KernelRows implements KernelMatrix {
  readonly #kept = new Map<number, Float64Array>();
  readonly #most: number;

  constructor(
    private readonly kernel: Kernel,
    private readonly features: Float64Array,
    readonly rows: number,
    private readonly width: number,
  ) {
    this.#most = Math.max(2, Math.floor(KEPT / 8 / rows));
  }

  row(i: number): Float64Array {
    const known = this.#kept.get(i);
    if (known) {
      // As the one asked for last.
      if (this.#kept.size === this.#most) {
        this.#kept.delete(i);
        this.#kept.set(i, known);
      }
      return known;
    }
    if (this.#kept.size >= this.#most) this.#kept.delete(this.#kept.keys().next().value!);
    const row = new Float64Array(this.rows).fill(NaN);
    // A kernel is symmetric, to the last bit: half of it is read from the rows that are there.
    for (const [j, other] of this.#kept) row[j] = other[i]!;
    const { kernel, features, width } = this;
    for (let j = 0; j < this.rows; j++)
      if (Number.isNaN(row[j])) row[j] = kernelValue(kernel, features, i * width, features, j * width, width);
    this.#kept.set(i, row);
    return row;
  }

  diagonal(): Float64Array {
    const { kernel, features, width } = this;
    return Float64Array.from({ length: this.rows }, (_, i) =>
      kernelValue(kernel, features, i * width, features, i * width, width),
    );
  }
}

/** Some rows of another kernel matrix, whose values are not computed again. */
export class SomeKernelRows implements KernelMatrix {
  readonly #kept: (Float64Array | undefined)[] = [];

  constructor(
    private readonly whole: KernelMatrix,
    private readonly places: Int32Array,
  ) {}

  get rows(): number {
    return this.places.length;
  }

  row(i: number): Float64Array {
    const { places } = this;
    const known = this.#kept[i];
    if (known) return known;
    const from = this.whole.row(places[i]!);
    const row = new Float64Array(places.length);
    for (let j = 0; j < row.length; j++) row[j] = from[places[j]!]!;
    // What does not fit is gathered anew: the whole keeps its own.
    if (this.#kept.length * places.length * 8 < KEPT) this.#kept[i] = row;
    return row;
  }

  diagonal(): Float64Array {
    const whole = this.whole.diagonal();
    return Float64Array.from(this.places, (place) => whole[place]!);
  }
}
