import type { Tensor1D } from '@tensorflow/tfjs-core';
import type { z } from 'zod';
import type { Tensorflow } from '../../../kit/tensorflow.js';

/** A rule that moves a vector of parameters against its gradient. It holds no state: that is handed through. */
export interface Optimiser {
  /** What each of its slots starts at: vectors of the parameters' length that it carries from step to step. */
  readonly slots: readonly number[];
  /** Scalars of a step, counted from 1: fed to `move` as `[1]` each, so that a recorded step need not change. */
  rates(step: number, learningRate: number): readonly number[];
  /**
   * New parameters and slots: a pure function of tensors. To be called within `tf.tidy`. A quotient by a root is a product with
   * `rsqrt`: TensorFlow makes that of it in a graph, with other bits.
   */
  move(
    tf: Tensorflow,
    parameters: Tensor1D,
    gradient: Tensor1D,
    slots: readonly Tensor1D[],
    rates: readonly Tensor1D[],
  ): Tensor1D[];
}

/** A kind of optimiser: its settings as a node's parameters, and the rule that they make. Defaults are those of Keras 3 unless said. */
export interface OptimiserKind<Settings extends z.ZodObject = z.ZodObject> {
  readonly name: string;
  /** With the literal `name`. */
  readonly settings: Settings;
  make(settings: z.output<Settings>): Optimiser;
}

export const optimiserKind = <Settings extends z.ZodObject>(kind: OptimiserKind<Settings>): OptimiserKind<Settings> =>
  kind;

/** Integer power by squaring: multiplications alone, whose bits do not depend on the JavaScript engine. */
export function power(base: number, exponent: number): number {
  let result = 1;
  for (let left = exponent, square = base; left > 0; left = Math.floor(left / 2), square *= square)
    if (left % 2 === 1) result *= square;
  return result;
}

/** keep · average + (1 − keep) · value */
export const averaged = (tf: Tensorflow, average: Tensor1D, value: Tensor1D, keep: number): Tensor1D =>
  average.mul<Tensor1D>(tf.scalar(keep)).add<Tensor1D>(value.mul(tf.scalar(1 - keep)));
