/** Eigenvalues and eigenvectors of a symmetric matrix by Jacobi's rotations. */
export interface Eigen {
  readonly values: Float64Array;
  /** Column k of this row-major n × n matrix belongs to value k. */
  readonly vectors: Float64Array;
}

/** Decomposes a symmetric row-major n × n matrix. Source: Golub and Van Loan, Matrix computations (2013), 8.5. */
export function eigen(matrix: ArrayLike<number>, n: number): Eigen {
  const a = Float64Array.from(matrix);
  const v = new Float64Array(n * n);
  for (let i = 0; i < n; i++) v[i * n + i] = 1;
  for (let sweep = 0; sweep < 60; sweep++) {
    let off = 0;
    let diagonal = 0;
    for (let i = 0; i < n; i++) {
      diagonal += (a[i * n + i] as number) * (a[i * n + i] as number);
      for (let j = 0; j < i; j++) off += (a[i * n + j] as number) * (a[i * n + j] as number);
    }
    if (off <= 1e-26 * diagonal) break;
    for (let p = 0; p < n; p++) for (let q = p + 1; q < n; q++) rotate(a, v, n, p, q);
  }
  const values = new Float64Array(n);
  for (let i = 0; i < n; i++) values[i] = a[i * n + i] as number;
  return { values, vectors: v };
}

function rotate(a: Float64Array, v: Float64Array, n: number, p: number, q: number): void {
  const apq = a[p * n + q] as number;
  if (apq === 0) return;
  const theta = ((a[q * n + q] as number) - (a[p * n + p] as number)) / (2 * apq);
  const t = (theta < 0 ? -1 : 1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1));
  const c = 1 / Math.sqrt(t * t + 1);
  const s = t * c;
  for (let k = 0; k < n; k++) {
    const x = a[k * n + p] as number;
    const y = a[k * n + q] as number;
    a[k * n + p] = c * x - s * y;
    a[k * n + q] = s * x + c * y;
  }
  for (let k = 0; k < n; k++) {
    const x = a[p * n + k] as number;
    const y = a[q * n + k] as number;
    a[p * n + k] = c * x - s * y;
    a[q * n + k] = s * x + c * y;
    const g = v[k * n + p] as number;
    const h = v[k * n + q] as number;
    v[k * n + p] = c * g - s * h;
    v[k * n + q] = s * g + c * h;
  }
}
