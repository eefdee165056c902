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
  let sum = 0;
  if (name === 'rbf') {
    for (let j = 0; j < width; j++) {
      const apart = a[from + j]! - b[start + j]!;
      sum += apart * apart;
    }
    return Math.exp(-gamma * sum);
  }
  for (let j = 0; j < width; j++) sum += a[from + j]! * b[start + j]!;
  if (name === 'linear') return sum;
  return name === 'poly' ? (gamma * sum + coef0) ** degree : Math.tanh(gamma * sum + coef0);
}

/** Bytes of kernel rows kept. */
const KEPT = 256 * 2 ** 20;

/** Rows of the kernel matrix of some rows, computed when asked for; the longest unasked go first when they are too many. */
export class KernelRows {
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
    const row = new Float64Array(this.rows);
    const { kernel, features, width } = this;
    for (let j = 0; j < this.rows; j++) row[j] = kernelValue(kernel, features, i * width, features, j * width, width);
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
