/**
 * The regression of one column of `[rows, columns]` on the others: least squares with an intercept, by the normal equations
 * of centred and scaled columns (Cholesky). `ridge` is added to the diagonal of their correlation matrix, so that it can always be solved.
 * The weight of the column itself is 0.
 */
export function leastSquares(
  rows: readonly Float64Array[],
  at: number,
  ridge: number,
): { intercept: number; weights: number[] } {
  const width = rows[0]?.length ?? 0;
  const n = rows.length || 1;
  const means = Array.from({ length: width }, (_, i) => rows.reduce((sum, row) => sum + row[i]!, 0) / n);
  const scales = means.map((mean, i) => Math.sqrt(rows.reduce((sum, row) => sum + (row[i]! - mean) ** 2, 0) / n));
  // A column that says nothing, or is too large to square, gets no weight.
  const others = means.map((_, i) => i).filter((i) => i !== at && scales[i]! > 0 && Number.isFinite(scales[i]!));
  const matrix = others.map((i) =>
    others.map((j) => {
      let sum = 0;
      for (const row of rows) sum += ((row[i]! - means[i]!) / scales[i]!) * ((row[j]! - means[j]!) / scales[j]!);
      return sum / n + (i === j ? ridge : 0);
    }),
  );
  const right = others.map((i) => {
    let sum = 0;
    for (const row of rows) sum += ((row[i]! - means[i]!) / scales[i]!) * (row[at]! - means[at]!);
    return sum / n;
  });
  const solved = solve(matrix, right);
  const weights = Array.from({ length: width }, () => 0);
  others.forEach((i, k) => (weights[i] = finite(solved[k]! / scales[i]!)));
  let intercept = means[at] ?? 0;
  for (const i of others) intercept -= weights[i]! * means[i]!;
  return { intercept: finite(intercept), weights };
}

const finite = (value: number): number => (Number.isFinite(value) ? value + 0 : 0);

/** Solves a symmetric positive definite system; a direction without any variance of its own is left at 0. */
function solve(matrix: readonly (readonly number[])[], right: readonly number[]): number[] {
  const n = right.length;
  const lower = matrix.map((row) => [...row]);
  for (let j = 0; j < n; j++) {
    for (let i = j; i < n; i++) {
      let sum = matrix[i]![j]!;
      for (let k = 0; k < j; k++) sum -= lower[i]![k]! * lower[j]![k]!;
      if (i === j) lower[j]![j] = sum > 1e-12 ? Math.sqrt(sum) : Infinity;
      else lower[i]![j] = sum / lower[j]![j]!;
    }
  }
  const forward: number[] = [];
  for (let i = 0; i < n; i++) {
    let sum = right[i]!;
    for (let k = 0; k < i; k++) sum -= lower[i]![k]! * forward[k]!;
    forward.push(sum / lower[i]![i]!);
  }
  const solution = Array.from({ length: n }, () => 0);
  for (let i = n - 1; i >= 0; i--) {
    let sum = forward[i]!;
    for (let k = i + 1; k < n; k++) sum -= lower[k]![i]! * solution[k]!;
    solution[i] = sum / lower[i]![i]!;
  }
  return solution;
}
