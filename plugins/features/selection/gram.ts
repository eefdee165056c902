import type { Sample } from './sample.js';

/** Standardised features of a sample multiplied with each other and with its targets: all that linear models need. */
export interface Gram {
  /** Correlations, `[features, features]`; rows and columns of a constant are 0. */
  readonly c: Float64Array[];
  /** Correlations with each target, `[features, targets]`. */
  readonly b: Float64Array[];
}

export function gramOf({ rows, features, targets }: Sample, some: readonly number[]): Gram {
  const x = some.map((feature) => standardised(features[feature]!));
  const y = targets.map(standardised);
  const product = (one: Float64Array, other: Float64Array): number => {
    let sum = 0;
    for (let i = 0; i < rows; i++) sum += one[i]! * other[i]!;
    return sum / Math.max(1, rows);
  };
  const c = x.map(() => new Float64Array(x.length));
  for (let i = 0; i < x.length; i++) for (let j = 0; j <= i; j++) c[i]![j] = c[j]![i] = product(x[i]!, x[j]!);
  return { c, b: x.map((one) => Float64Array.from(y, (target) => product(one, target))) };
}

function standardised(values: Float64Array): Float64Array {
  const n = Math.max(1, values.length);
  const mean = values.reduce((sum, value) => sum + value, 0) / n;
  const deviation = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / n);
  return values.map((value) => (deviation > 0 ? (value - mean) / deviation : 0));
}

/** Sum of squares. */
export function squared(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value * value, 0);
}

/** Too small to tell from what rounding leaves. */
export const LEAST = 1e-9;
