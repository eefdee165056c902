import type { Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import type { Tensorflow } from '../../kit/tensorflow.js';
import type { Draw } from '../layers/index.js';
import type { Objective } from './objectives/objective.js';

/** What one batch brings to a network. */
export interface NetworkInput {
  /** `[rows, features]` */
  readonly x: Tensor2D;
  /** What is true, `[rows, targets]`: one-hot classes. */
  readonly y: Tensor2D;
  /** Weight of each row ÷ rows, `[rows, 1]`. */
  readonly weight: Tensor2D;
  /** Of each draw `[rows, width]`. */
  readonly draws: readonly Tensor2D[];
}

/**
 * A net's arithmetic: pure functions of tensors, so that they can be recorded, to be called within `tf.tidy`. All parameters stand in
 * one vector, so that an optimiser is a handful of operations.
 */
export interface Network {
  /** Numbers of a row that it takes. */
  readonly features: number;
  /** How many there are in the vector. */
  readonly parameters: number;
  /** What it draws for each row of a step. */
  readonly draws: readonly Draw[];
  /** In a graph TensorFlow would rewrite its operations to other bits, if it may. */
  readonly inOrder?: boolean;
  /** Ranges of the vector that no gradient moves but the batches themselves: statistics, in their order. */
  readonly moving?: readonly (readonly [from: number, to: number])[];
  /** Rows that are predicted at once: all values between their layers are in memory. */
  readonly atOnce: number;
  /** Answers `[rows, outputs]`, without chance. */
  answers(tf: Tensorflow, objective: Objective, parameters: Tensor1D, x: Tensor2D): Tensor2D;
  /**
   * The gradient of the batch's loss, without penalty, and the answers that it was taken at. Where there are moving ranges the gradient is
   * 0 there, and `moved` has their values after the batch; the taker disposes these.
   */
  gradient(
    tf: Tensorflow,
    objective: Objective,
    parameters: Tensor1D,
    input: NetworkInput,
  ): { readonly gradient: Tensor1D; readonly answers: Tensor2D; readonly moved?: readonly Tensor1D[] };
}
