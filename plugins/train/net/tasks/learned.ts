import type { Reported } from '../../../../core/index.js';
import type { NetEnds } from '../../kinds/net-ends.js';
import type { Rows } from '../../dataset.js';
import type { HeldFeatures } from '../../feed/held.js';
import type { Watched } from '../../loop/curves.js';
import type { Look, Validation } from '../../loop/history.js';
import type { Objective } from '../objectives/objective.js';

/** What is learned from rows: all that tells one type of task from another, as the training of a net sees it. */
export interface Learned {
  readonly train: Rows<HeldFeatures>;
  readonly validation: Rows<HeldFeatures> | undefined;
  readonly objective: Objective;
  /** Writes what is true of a training row, `[targets]`, at a place. */
  readonly target: (row: number, into: Float32Array, at: number) => void;
  /** Weight of a training row. */
  readonly weight: (row: number) => number;
  /** How the model as served makes answers of scores. */
  readonly ends: NetEnds;
  readonly watched: Watched;
  /** The best answer that is the same for all rows: its loss, and what it is in words. */
  readonly prior: { readonly loss: number; readonly words: string };
  /** What validation rows say, by the net's answers for them. */
  readonly validate: (answers: Float32Array) => Validation;
  /** A look in the shape of the node's figures. */
  readonly reported: (look: Look) => Reported;
  /** Served answers as the net in training gives them. */
  readonly trainedFrom?: (served: Float64Array) => Float64Array;
  /** The net's answers as they are served, but for units. */
  readonly servedOrder?: (answers: Float32Array) => Float32Array;
}

export const rowWeight =
  ({ weights }: Rows<unknown>) =>
  (row: number): number =>
    weights?.[row] ?? 1;

/** Mean watched loss over rows, by answers and targets of each. */
export function meanLoss(
  { outputs, targets, loss }: Objective,
  rows: number,
  answers: (row: number) => Float32Array,
  target: (row: number, into: Float32Array, at: number) => void,
): number {
  const truth = new Float32Array(targets);
  let sum = 0;
  for (let row = 0; row < rows; row++) {
    target(row, truth, 0);
    sum += loss(answers(row).subarray(0, outputs), truth);
  }
  return sum / rows;
}
