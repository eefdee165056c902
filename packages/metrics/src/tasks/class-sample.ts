import type { Probabilities } from '../probability.js';
import type { Sample } from './task-figures.js';

/** What a classifier answered to labelled rows. */
export interface ClassificationSample extends Sample {
  /** The models' classes and those that the rows have, sorted by code unit. */
  readonly classes: readonly string[];
  /** Index of each row's true class, and of the one answered. */
  readonly truth: Int32Array;
  readonly predicted: Int32Array;
  /** Over `classes`: a class that the model does not know has probability 0. Undefined where only the answers are known. */
  readonly probabilities: (Probabilities & { readonly values: Float64Array }) | undefined;
  /** What each true class (row) costs when answered as each class (column), `[classes, classes]`; none where nothing is said. */
  readonly costs?: Float64Array | undefined;
}
