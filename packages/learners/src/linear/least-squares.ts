import type { Centred } from './centred.js';

/**
 * The least-squares solution of smallest norm, by Householder QR with column pivoting, and where columns depend on each other by a
 * second QR of the rows of R (complete orthogonal decomposition: Golub and Van Loan 2013, sections 5.4.2 and 5.5.2). Columns count as
 * dependent when their pivot is below ε · max(rows, width) of the first.
 */
export function leastSquares({ rows, width, columns, target }: Centred): Float64Array {
  const a = columns.slice();
  const b = target.slice();
  const { rank, order } = pivotedQr(a, b, rows, width);
  const solved = new Float64Array(width);
  if (rank === width) backSubstitute(a, b, rows, width, solved);
  else smallestNorm(a, b, rows, width, rank, solved);
  const solution = new Float64Array(width);
  order.forEach((column, at) => (solution[column] = solved[at]!));
  return solution;
}

/** Turns `a` `[width, rows]` into R in its upper triangle, columns swapped, and `b` into Qᵀb. */
function pivotedQr(a: Float64Array, b: Float64Array, rows: number, width: number): { rank: number; order: number[] } {
  const order = Array.from({ length: width }, (_, j) => j);
  let first = 0;
  const most = Math.min(rows, width);
  for (let k = 0; k < most; k++) {
    const [pivot, norm] = longest(a, rows, width, k);
    if (k === 0) first = norm;
    if (!(norm > Number.EPSILON * Math.max(rows, width) * first)) return { rank: k, order };
    swapColumns(a, rows, k, pivot);
    [order[k], order[pivot]] = [order[pivot]!, order[k]!];
    reflect(a, b, rows, width, k, norm);
  }
  return { rank: most, order };
}

/** Of the columns from k on, the one that is longest below row k. */
function longest(a: Float64Array, rows: number, width: number, k: number): [column: number, norm: number] {
  let [pivot, most] = [k, -1];
  for (let j = k; j < width; j++) {
    let sum = 0;
    for (let i = j * rows + k; i < (j + 1) * rows; i++) sum += a[i]! * a[i]!;
    if (sum > most) [pivot, most] = [j, sum];
  }
  return [pivot, Math.sqrt(most)];
}

function swapColumns(a: Float64Array, rows: number, one: number, other: number): void {
  if (one === other) return;
  const kept = a.slice(one * rows, (one + 1) * rows);
  a.copyWithin(one * rows, other * rows, (other + 1) * rows);
  a.set(kept, other * rows);
}

/** A Householder reflection that clears column k below its diagonal, done to the columns after it and to `b`. */
function reflect(a: Float64Array, b: Float64Array, rows: number, width: number, k: number, norm: number): void {
  const start = k * rows + k;
  const length = rows - k;
  const head = a[start]! > 0 ? -norm : norm;
  const v = a.slice(start, start + length);
  v[0]! -= head;
  const scale = 2 / v.reduce((sum, value) => sum + value * value, 0);
  const apply = (to: Float64Array, from: number): void => {
    let along = 0;
    for (let i = 0; i < length; i++) along += v[i]! * to[from + i]!;
    along *= scale;
    for (let i = 0; i < length; i++) to[from + i]! -= along * v[i]!;
  };
  for (let j = k + 1; j < width; j++) apply(a, j * rows + k);
  apply(b, k);
  a[start] = head;
  a.fill(0, start + 1, start + length);
}

function backSubstitute(a: Float64Array, b: Float64Array, rows: number, width: number, solved: Float64Array): void {
  for (let k = width - 1; k >= 0; k--) {
    let sum = b[k]!;
    for (let j = k + 1; j < width; j++) sum -= a[j * rows + k]! * solved[j]!;
    solved[k] = sum / a[k * rows + k]!;
  }
}

/** The shortest x with R x = b, where R `[rank, width]` has more columns than rows. */
function smallestNorm(
  a: Float64Array,
  b: Float64Array,
  rows: number,
  width: number,
  rank: number,
  solved: Float64Array,
): void {
  // Rᵀ = Q T by Gram and Schmidt, done twice so that Q is orthogonal to rounding (Giraud and others 2005); then x = Q T⁻ᵀ b.
  const q = new Float64Array(rank * width);
  const along = new Float64Array(rank);
  for (let k = 0; k < rank; k++) {
    const own = q.subarray(k * width, (k + 1) * width);
    for (let j = 0; j < width; j++) own[j] = a[j * rows + k]!;
    const projected = new Float64Array(k);
    for (let pass = 0; pass < 2; pass++)
      for (let i = 0; i < k; i++) {
        const other = q.subarray(i * width, (i + 1) * width);
        let dot = 0;
        for (let j = 0; j < width; j++) dot += other[j]! * own[j]!;
        projected[i]! += dot;
        for (let j = 0; j < width; j++) own[j]! -= dot * other[j]!;
      }
    const norm = Math.sqrt(own.reduce((sum, value) => sum + value * value, 0));
    for (let j = 0; j < width; j++) own[j]! /= norm;
    let rest = b[k]!;
    for (let i = 0; i < k; i++) rest -= projected[i]! * along[i]!;
    along[k] = rest / norm;
    for (let j = 0; j < width; j++) solved[j]! += along[k]! * own[j]!;
  }
}
