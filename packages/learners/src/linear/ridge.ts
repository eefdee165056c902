import { dot } from '../sums.js';
import type { Centred } from './centred.js';

/**
 * Least squares with λ/2 · Σ coefficient², solved exactly by Cholesky: the normal equations where there are more rows than features,
 * else their dual, (XXᵀ + λI) a = y with coefficients Xᵀa (Saunders, Gammerman and Vovk 1998). None where λ is so small that
 * rounding makes the matrix singular.
 */
export function ridge({ rows, width, columns, target }: Centred, l2: number): Float64Array | undefined {
  const byRows = width > rows;
  const size = byRows ? rows : width;
  const matrix = new Float64Array(size * size);
  if (byRows) {
    for (let j = 0; j < width; j++)
      for (let i = 0; i < rows; i++) {
        const value = columns[j * rows + i]!;
        if (value !== 0) for (let k = 0; k <= i; k++) matrix[i * size + k]! += value * columns[j * rows + k]!;
      }
  } else {
    for (let j = 0; j < width; j++)
      for (let k = 0; k <= j; k++) matrix[j * size + k] = dot(columns, j * rows, columns, k * rows, rows);
  }
  for (let k = 0; k < size; k++) matrix[k * size + k]! += l2;
  const right = byRows
    ? target.slice()
    : Float64Array.from({ length: width }, (_, j) => dot(columns, j * rows, target, 0, rows));
  if (!cholesky(matrix, size)) return undefined;
  substitute(matrix, size, right);
  return byRows ? Float64Array.from({ length: width }, (_, j) => dot(columns, j * rows, right, 0, rows)) : right;
}

/** L of LLᵀ in the lower triangle, in place; false where the matrix is not positive definite to rounding. */
function cholesky(matrix: Float64Array, size: number): boolean {
  for (let i = 0; i < size; i++) {
    for (let j = 0; j < i; j++)
      matrix[i * size + j] =
        (matrix[i * size + j]! - dot(matrix, i * size, matrix, j * size, j)) / matrix[j * size + j]!;
    const whole = matrix[i * size + i]!;
    const left = whole - dot(matrix, i * size, matrix, i * size, i);
    if (!(left > size * Number.EPSILON * whole)) return false;
    matrix[i * size + i] = Math.sqrt(left);
  }
  return true;
}

/** Solves LLᵀx = b, in place. */
function substitute(factor: Float64Array, size: number, b: Float64Array): void {
  for (let i = 0; i < size; i++) b[i] = (b[i]! - dot(factor, i * size, b, 0, i)) / factor[i * size + i]!;
  for (let i = size - 1; i >= 0; i--) {
    const value = (b[i]! /= factor[i * size + i]!);
    for (let j = 0; j < i; j++) b[j]! -= value * factor[i * size + j]!;
  }
}
