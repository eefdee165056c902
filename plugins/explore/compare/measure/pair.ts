import type { Measurement } from '../../measure/index.js';
import type { Both } from '../comparison.js';

/** A column of either side, or of both. */
export interface Pair {
  readonly name: string;
  readonly sides: Both<Measurement | undefined>;
}
