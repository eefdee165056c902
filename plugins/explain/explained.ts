/** Contributions of all rows, and the features that they are of. */
export interface Explained {
  readonly scores: readonly string[];
  readonly features: readonly string[];
  readonly rows: number;
  /** `[rows, features]` */
  readonly values: Float64Array;
  /** `[rows, scores, features + 1]` */
  readonly contributions: Float64Array;
}
