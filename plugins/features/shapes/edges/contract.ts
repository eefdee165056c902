import type { NumberColumn } from '../contract.js';

/** A way to divide a column of numbers into bins. */
export interface Edges {
  /** The label's values decide. */
  readonly needsLabel: boolean;
  /** Inner edges, ascending, at most `most` - 1. */
  find(most: number, column: NumberColumn): Promise<number[]>;
}
