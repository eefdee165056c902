/**
 * Triangular factors of symmetric matrices, row by row: a row depends on earlier rows only. Matrices are row-major.
 *
 * Rows are taken two at a time, which reads each number once for both. Every sum adds the same terms in the same order
 * as `dot` does, so a result hangs neither on which rows came together nor on how many were there before.
 */

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

/** What `dots` gives: the dot product of each of the two stretches. */
const both = new Float64Array(2);

/** Two dot products with one stretch of b: of a from `one`, and of a from `two`. */
function dots(a: Float64Array, one: number, two: number, b: Float64Array, other: number, length: number): void {
  let s0 = 0;
  let s1 = 0;
  let s2 = 0;
  let s3 = 0;
  let t0 = 0;
  let t1 = 0;
  let t2 = 0;
  let t3 = 0;
  let k = 0;
  for (; k + 3 < length; k += 4) {
    const b0 = b[other + k] as number;
    const b1 = b[other + k + 1] as number;
    const b2 = b[other + k + 2] as number;
    const b3 = b[other + k + 3] as number;
    s0 += (a[one + k] as number) * b0;
    s1 += (a[one + k + 1] as number) * b1;
    s2 += (a[one + k + 2] as number) * b2;
    s3 += (a[one + k + 3] as number) * b3;
    t0 += (a[two + k] as number) * b0;
    t1 += (a[two + k + 1] as number) * b1;
    t2 += (a[two + k + 2] as number) * b2;
    t3 += (a[two + k + 3] as number) * b3;
  }
  for (; k < length; k++) {
    s0 += (a[one + k] as number) * (b[other + k] as number);
    t0 += (a[two + k] as number) * (b[other + k] as number);
  }
  both[0] = s0 + s1 + (s2 + s3);
  both[1] = t0 + t1 + (t2 + t3);
}

/**
 * Overwrites the lower triangle of `matrix` (n × n, row stride `stride`) from row `start` on with its Cholesky
 * factor; rows before `start` must hold theirs already. Gives false where the matrix is not positive definite.
 */
export function factorise(matrix: Float64Array, n: number, start = 0, stride = n): boolean {
  let i = start;
  for (; i + 1 < n; i += 2) {
    const row = i * stride;
    const next = row + stride;
    for (let j = 0; j < i; j++) {
      const other = j * stride;
      const pivot = matrix[other + j] as number;
      dots(matrix, row, next, matrix, other, j);
      matrix[row + j] = ((matrix[row + j] as number) - (both[0] as number)) / pivot;
      matrix[next + j] = ((matrix[next + j] as number) - (both[1] as number)) / pivot;
    }
    if (!closeRow(matrix, row, i)) return false;
    matrix[next + i] = ((matrix[next + i] as number) - dot(matrix, next, matrix, row, i)) / (matrix[row + i] as number);
    if (!closeRow(matrix, next, i + 1)) return false;
  }
  if (i < n) {
    const row = i * stride;
    for (let j = 0; j < i; j++) {
      const other = j * stride;
      matrix[row + j] =
        ((matrix[row + j] as number) - dot(matrix, row, matrix, other, j)) / (matrix[other + j] as number);
    }
    if (!closeRow(matrix, row, i)) return false;
  }
  return true;
}

/** The number on the diagonal of a row of which all others are there. */
function closeRow(matrix: Float64Array, row: number, i: number): boolean {
  const left = (matrix[row + i] as number) - dot(matrix, row, matrix, row, i);
  if (!(left > 0)) return false;
  matrix[row + i] = Math.sqrt(left);
  return true;
}

/** Overwrites b with L⁻¹ b. */
export function solveLower(factor: Float64Array, n: number, b: Float64Array, stride = n): void {
  // Of two rows the first is even: their groups of four are the same then, and the second has one term more.
  let i = 0;
  for (; i + 1 < n; i += 2) {
    const row = i * stride;
    const next = row + stride;
    let s0 = 0;
    let s1 = 0;
    let s2 = 0;
    let s3 = 0;
    let t0 = 0;
    let t1 = 0;
    let t2 = 0;
    let t3 = 0;
    let k = 0;
    for (; k + 3 < i; k += 4) {
      const b0 = b[k] as number;
      const b1 = b[k + 1] as number;
      const b2 = b[k + 2] as number;
      const b3 = b[k + 3] as number;
      s0 += (factor[row + k] as number) * b0;
      s1 += (factor[row + k + 1] as number) * b1;
      s2 += (factor[row + k + 2] as number) * b2;
      s3 += (factor[row + k + 3] as number) * b3;
      t0 += (factor[next + k] as number) * b0;
      t1 += (factor[next + k + 1] as number) * b1;
      t2 += (factor[next + k + 2] as number) * b2;
      t3 += (factor[next + k + 3] as number) * b3;
    }
    for (; k < i; k++) {
      s0 += (factor[row + k] as number) * (b[k] as number);
      t0 += (factor[next + k] as number) * (b[k] as number);
    }
    const x = ((b[i] as number) - (s0 + s1 + (s2 + s3))) / (factor[row + i] as number);
    b[i] = x;
    t0 += (factor[next + i] as number) * x;
    b[i + 1] = ((b[i + 1] as number) - (t0 + t1 + (t2 + t3))) / (factor[next + i + 1] as number);
  }
  if (i < n) b[i] = ((b[i] as number) - dot(factor, i * stride, b, 0, i)) / (factor[i * stride + i] as number);
}

/** Overwrites b with L⁻ᵀ b. */
export function solveUpper(factor: Float64Array, n: number, b: Float64Array, stride = n): void {
  let i = n - 1;
  for (; i > 0; i -= 2) {
    const row = i * stride;
    const next = row - stride;
    const x = (b[i] as number) / (factor[row + i] as number);
    b[i] = x;
    const y = ((b[i - 1] as number) - (factor[row + i - 1] as number) * x) / (factor[next + i - 1] as number);
    b[i - 1] = y;
    for (let k = 0; k < i - 1; k++)
      b[k] = (b[k] as number) - (factor[row + k] as number) * x - (factor[next + k] as number) * y;
  }
  if (i === 0) b[0] = (b[0] as number) / (factor[0] as number);
}

/** The lower triangle of (L Lᵀ)⁻¹, row-major n × n. */
export function inverseOf(factor: Float64Array, n: number): Float64Array {
  // Rows of `columns` are the columns of L⁻¹, so that all inner loops run along rows.
  const columns = new Float64Array(n * n);
  for (let j = 0; j < n; j++) invertColumn(factor, n, columns, j);
  const inverse = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    const row = i * n + i;
    let j = 0;
    for (; j < i; j += 2) {
      dots(columns, j * n + i, (j + 1) * n + i, columns, row, n - i);
      inverse[i * n + j] = both[0] as number;
      inverse[i * n + j + 1] = both[1] as number;
    }
    if (j === i) inverse[row] = dot(columns, row, columns, row, n - i);
  }
  return inverse;
}

/** Column j of L⁻¹, into row j of `columns`: from its diagonal on, two numbers at a time as in `solveLower`. */
function invertColumn(factor: Float64Array, n: number, columns: Float64Array, j: number): void {
  const column = j * n;
  columns[column + j] = 1 / (factor[column + j] as number);
  let i = j + 1;
  if (i < n) {
    columns[column + i] = -dot(factor, i * n + j, columns, column + j, 1) / (factor[i * n + i] as number);
    i++;
  }
  for (; i + 1 < n; i += 2) {
    const row = i * n + j;
    const next = row + n;
    const from = column + j;
    const length = i - j;
    let s0 = 0;
    let s1 = 0;
    let s2 = 0;
    let s3 = 0;
    let t0 = 0;
    let t1 = 0;
    let t2 = 0;
    let t3 = 0;
    let k = 0;
    for (; k + 3 < length; k += 4) {
      const c0 = columns[from + k] as number;
      const c1 = columns[from + k + 1] as number;
      const c2 = columns[from + k + 2] as number;
      const c3 = columns[from + k + 3] as number;
      s0 += (factor[row + k] as number) * c0;
      s1 += (factor[row + k + 1] as number) * c1;
      s2 += (factor[row + k + 2] as number) * c2;
      s3 += (factor[row + k + 3] as number) * c3;
      t0 += (factor[next + k] as number) * c0;
      t1 += (factor[next + k + 1] as number) * c1;
      t2 += (factor[next + k + 2] as number) * c2;
      t3 += (factor[next + k + 3] as number) * c3;
    }
    for (; k < length; k++) {
      s0 += (factor[row + k] as number) * (columns[from + k] as number);
      t0 += (factor[next + k] as number) * (columns[from + k] as number);
    }
    const x = -(s0 + s1 + (s2 + s3)) / (factor[row + length] as number);
    columns[column + i] = x;
    t0 += (factor[next + length] as number) * x;
    columns[column + i + 1] = -(t0 + t1 + (t2 + t3)) / (factor[next + length + 1] as number);
  }
  if (i < n) columns[column + i] = -dot(factor, i * n + j, columns, column + j, i - j) / (factor[i * n + i] as number);
}
