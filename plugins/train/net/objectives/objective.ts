import type { Scalar, Tensor2D } from '@tensorflow/tfjs-core';
import type { Tensorflow } from '../../../kit/tensorflow.js';

/** What a net learns: how its scores become answers, and how wrong those are. */
export interface Objective {
  /** Numbers that the net gives for a row. */
  readonly outputs: number;
  /** Numbers that are true of a row, */
  readonly targets: number;
  /** Answers `[rows, outputs]` from scores of that shape. To be called within `tf.tidy`. */
  answers(tf: Tensorflow, scores: Tensor2D): Tensor2D;
  /**
   * The loss's gradient by the scores, `[rows, outputs]`, from answers, targets `[rows, targets]` and weights `[rows, 1]`, which
   * multiply each row's loss. A pure function of tensors, to be called within `tf.tidy`.
   */
  slope(tf: Tensorflow, answers: Tensor2D, targets: Tensor2D, weight: Tensor2D): Tensor2D;
  /** The loss of a row that is watched, in plain numbers; NaN for answers that are none. Each list is one row's. */
  loss(answers: Float32Array, targets: Float32Array): number;
}

export const one = (tf: Tensorflow): Scalar => tf.scalar(1);

/** The smallest normal number of single precision: a probability that rounds to 0 costs 87 nats. */
export const SMALLEST = 2 ** -126;
