import type { Tensorflow } from '../../../setup/tensorflow-load.js';
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

/** A net in training: state, steps and predictions. Each implementation gives the same bits. */
export interface NetInTraining {
  /** One step; the probabilities of the batch before it, `[rows, classes]`. `number` counts from 1. */
  step(batch: Batch, number: number): Float32Array;
  /** Probabilities `[rows, classes]` of the rows that it was made to predict, without dropout. */
  predict(): Float32Array;
  /** Parameters and the optimiser's slots. */
  read(): Float32Array[];
  write(state: readonly Float32Array[]): void;
  dispose(): void;
}

export interface NetParts {
  readonly tf: Tensorflow;
  readonly shape: NetShape;
  readonly optimiser: Optimiser;
  /** Twice the L2 penalty of each parameter. */
  readonly penalty: Float32Array | undefined;
  readonly initial: Float32Array;
  /** Rows to predict, `[rows, features]`. */
  readonly watched: { readonly rows: number; readonly features: Float32Array };
}
