/** Rows of features, as every learner takes them. */
export interface FeatureRows {
  readonly rows: number;
  /** Features of a row. */
  readonly width: number;
  /** `[rows, width]`, row after row, finite. */
  readonly features: Float64Array;
  /** Weight of each row, 0 or more; 1 where it is left out. */
  readonly weights?: Float64Array | undefined;
}

/** Rows with a number each. */
export interface NumberRows extends FeatureRows {
  readonly labels: Float64Array;
}

/** Rows with a class each. */
export interface ClassRows extends FeatureRows {
  /** Index of each row's class, from 0. */
  readonly labels: Int32Array;
  readonly classes: number;
}

/** The weight of each row, 1 where none is said. */
export const weightsOf = ({ weights, rows }: FeatureRows): Float64Array => weights ?? new Float64Array(rows).fill(1);

/** Some of the rows, in the order asked for. */
export function rowsAt({ features, width }: FeatureRows, at: ArrayLike<number>): Float64Array {
  const chosen = new Float64Array(at.length * width);
  for (let i = 0; i < at.length; i++) chosen.set(features.subarray(at[i]! * width, (at[i]! + 1) * width), i * width);
  return chosen;
}
