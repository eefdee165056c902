import { weightsOf, type NumberRows } from '../rows.js';

/** Rows about their weighted means, each times the root of its weight: a least-squares problem without an intercept. */
export interface Centred {
  readonly rows: number;
  readonly width: number;
  /** `[width, rows]`, column after column. */
  readonly columns: Float64Array;
  readonly target: Float64Array;
  readonly means: Float64Array;
  readonly targetMean: number;
}

/** Centres the features and the target. A constant feature becomes a column of zeros, not of rounding errors. */
export function centre(data: NumberRows): Centred {
  const { rows, width, features, labels } = data;
  const weights = weightsOf(data);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const means = new Float64Array(width);
  let targetMean = 0;
  for (let row = 0; row < rows; row++) {
    const share = weights[row]! / total;
    targetMean += share * labels[row]!;
    for (let j = 0; j < width; j++) means[j]! += share * features[row * width + j]!;
  }
  const columns = new Float64Array(rows * width);
  const roots = weights.map(Math.sqrt);
  for (let j = 0; j < width; j++) {
    const mean = means[j]!;
    let [largest, farthest] = [0, 0];
    for (let row = 0; row < rows; row++) {
      const value = features[row * width + j]!;
      largest = Math.max(largest, Math.abs(value));
      farthest = Math.max(farthest, Math.abs(value - mean));
      columns[j * rows + row] = roots[row]! * (value - mean);
    }
    if (farthest <= rows * Number.EPSILON * largest) columns.fill(0, j * rows, (j + 1) * rows);
  }
  const target = labels.map((label, row) => roots[row]! * (label - targetMean));
  return { rows, width, columns, target, means, targetMean };
}
