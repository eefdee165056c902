/** Triangular factors of symmetric matrices, row by row: a row depends on earlier rows only. Matrices are row-major. */

/** Dot product of two stretches of rows. */
function dot(a: Float64Array, from: number, b: Float64Array, other: number, length: number): number {
  let s0 = 0;
  let s1 = 0;
  let s2 = 0;
  let s3 = 0;
  let k = 0;
  for (; k + 3 < length; k += 4) {
    s0 += (a[from + k] as number) * (b[other + k] as number);
    s1 += (a[from + k + 1] as number) * (b[other + k + 1] as number);
    s2 += (a[from + k + 2] as number) * (b[other + k + 2] as number);
    s3 += (a[from + k + 3] as number) * (b[other + k + 3] as number);
  }
  for (; k < length; k++) s0 += (a[from + k] as number) * (b[other + k] as number);
  return s0 + s1 + (s2 + s3);
}

/**
 * Overwrites the lower triangle of `matrix` (n × n, row stride `stride`) from row `start` on with its Cholesky
 * factor; rows before `start` must hold theirs already. Gives false where the matrix is not positive definite.
 */
export function factorise(matrix: Float64Array, n: number, start = 0, stride = n): boolean {
  for (let i = start; i < n; i++) {
    const row = i * stride;
    for (let j = 0; j < i; j++) {
      const other = j * stride;
      matrix[row + j] =
        ((matrix[row + j] as number) - dot(matrix, row, matrix, other, j)) / (matrix[other + j] as number);
    }
    const left = (matrix[row + i] as number) - dot(matrix, row, matrix, row, i);
    if (!(left > 0)) return false;
    matrix[row + i] = Math.sqrt(left);
  }
  return true;
}

/** Overwrites b with L⁻¹ b. */
export function solveLower(factor: Float64Array, n: number, b: Float64Array, stride = n): void {
  for (let i = 0; i < n; i++) {
    b[i] = ((b[i] as number) - dot(factor, i * stride, b, 0, i)) / (factor[i * stride + i] as number);
  }
}

/** Overwrites b with L⁻ᵀ b. */
export function solveUpper(factor: Float64Array, n: number, b: Float64Array, stride = n): void {
  for (let i = n - 1; i >= 0; i--) {
    const x = (b[i] as number) / (factor[i * stride + i] as number);
    b[i] = x;
    const row = i * stride;
    for (let k = 0; k < i; k++) b[k] = (b[k] as number) - (factor[row + k] as number) * x;
  }
}

/** The lower triangle of (L Lᵀ)⁻¹, row-major n × n. */
export function inverseOf(factor: Float64Array, n: number): Float64Array {
  // Rows of `columns` are the columns of L⁻¹, so that all inner loops run along rows.
  const columns = new Float64Array(n * n);
  for (let j = 0; j < n; j++) {
    const row = j * n;
    columns[row + j] = 1 / (factor[j * n + j] as number);
    for (let i = j + 1; i < n; i++) {
      columns[row + i] = -dot(factor, i * n + j, columns, row + j, i - j) / (factor[i * n + i] as number);
    }
  }
  const inverse = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) inverse[i * n + j] = dot(columns, i * n + i, columns, j * n + i, n - i);
  }
  return inverse;
}
