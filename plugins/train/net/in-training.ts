import type { Tensorflow } from '../../kit/tensorflow.js';
import type { Optimiser } from './optimiser.js';
import type { NetShape } from './shape.js';

/** One batch as plain numbers. */
export interface Batch {
  readonly rows: number;
  /** `[rows, features]` */
  readonly x: Float32Array;
  /** One-hot, `[rows, classes]` */
  readonly y: Float32Array;
  /** `[rows]`, each ÷ rows */
  readonly weight: Float32Array;
  /** Of each hidden layer `[rows, units]`; none without dropout. */
  readonly masks: readonly Float32Array[];
}

/** A net in training: state, steps and predictions. */
export interface NetInTraining {
  /**
   * One step for each batch, in order; `first` is the number of the first one, from 1. Gives the probabilities of each
   * batch before its step, `[rows, classes]`.
   */
  steps(batches: readonly Batch[], first: number): Float32Array[];
  /** Probabilities `[rows, classes]` of the watched rows, without dropout. */
  predict(): Float32Array;
  /** Parameters and the optimiser's slots. */
  read(): Float32Array[];
  write(state: readonly Float32Array[]): void;
  dispose(): void;
}

export interface NetParts {
  readonly tf: Tensorflow;
  readonly shape: NetShape;
  /** Disposed with the net. */
  readonly optimiser: Optimiser;
  /** Twice the L2 penalty of each parameter. */
  readonly penalty: Float32Array | undefined;
  readonly initial: Float32Array;
  /** Rows to predict, `[rows, features]`. */
  readonly watched: { readonly rows: number; readonly features: Float32Array };
}
