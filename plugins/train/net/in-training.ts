import type { Tensorflow } from '../../kit/tensorflow.js';
import type { Network } from './network.js';
import type { Objective } from './objectives/objective.js';
import type { Optimiser } from './optimisers/index.js';
import type { Clip } from './step.js';

/** One batch as plain numbers. */
export interface Batch {
  readonly rows: number;
  /** `[rows, features]` */
  readonly x: Float32Array;
  /** What is true, `[rows, targets]`: one-hot classes. */
  readonly y: Float32Array;
  /** `[rows]`, each ÷ rows of the step */
  readonly weight: Float32Array;
  /** Of each of the network's draws `[rows, width]`. */
  readonly draws: readonly Float32Array[];
}

/** One step as plain numbers: the batches whose gradients are summed, and the optimiser's rates. */
export interface Step {
  readonly batches: readonly Batch[];
  readonly rates: readonly number[];
}

/** A net in training: state, steps and predictions. */
export interface NetInTraining {
  /** Does the steps in order. Gives the answers of each batch before its step, `[rows, outputs]`. */
  steps(steps: readonly Step[]): Float32Array[];
  /** Answers `[rows, outputs]` of the watched rows, without dropout. */
  predict(): Float32Array;
  /** Parameters and the optimiser's slots. */
  read(): Float32Array[];
  write(state: readonly Float32Array[]): void;
  dispose(): void;
}

/** Rows that are predicted again and again. */
export interface Watched {
  readonly rows: number;
  /** Rows that are in memory at once. */
  readonly atOnce: number;
  /** Features of the rows `[from, to)`, `[rows, features]`. */
  readonly features: (from: number, to: number) => Float32Array;
}

export interface NetParts {
  readonly tf: Tensorflow;
  readonly network: Network;
  readonly objective: Objective;
  readonly optimiser: Optimiser;
  /** Twice the L2 penalty of each parameter, */
  readonly l2: Float32Array | undefined;
  /** and the L1 penalty. */
  readonly l1: Float32Array | undefined;
  readonly clip: Clip;
  readonly initial: Float32Array;
  /** Rows to predict. */
  readonly watched: Watched;
}
