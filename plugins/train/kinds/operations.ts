import type { Tensor2D } from '@tensorflow/tfjs-core';
import type { Tensorflow } from '../../kit/tensorflow.js';

/** Arithmetic that several kinds lay open, as operations of TensorFlow.js. */

/** A list as a row, `[1, length]`. */
export const rowOf = (tf: Tensorflow, numbers: ArrayLike<number>): Tensor2D =>
  tf.tensor2d(Float32Array.from(numbers), [1, numbers.length]);

/** Some of the columns, in this order. */
export const columnsAt = (tf: Tensorflow, of: Tensor2D, at: readonly number[]): Tensor2D =>
  tf.gather(of, tf.tensor1d([...at], 'int32'), 1);

/** Columns with something in the place of what is missing. */
export function filledWith(tf: Tensorflow, of: Tensor2D, value: number): Tensor2D {
  const instead = of.zerosLike<Tensor2D>().add<Tensor2D>(tf.scalar(value));
  return tf.where(of.isNaN(), instead, of);
}

/**
 * Distances of each row to each of some points `[points, width]`: squared where they are euclidean. Feature by feature, since squares of
 * large numbers would leave nothing of small differences in single precision.
 */
export function distancesTo(
  tf: Tensorflow,
  features: Tensor2D,
  points: ArrayLike<number>,
  width: number,
  metric: 'euclidean' | 'manhattan',
): Tensor2D {
  const count = points.length / width;
  let sum: Tensor2D | undefined;
  for (let j = 0; j < width; j++) {
    const column = Float32Array.from({ length: count }, (_, i) => points[i * width + j]!);
    const apart = features.slice([0, j], [-1, 1]).sub<Tensor2D>(rowOf(tf, column));
    const one = metric === 'euclidean' ? apart.square<Tensor2D>() : apart.abs<Tensor2D>();
    sum = sum ? sum.add<Tensor2D>(one) : one;
  }
  return sum!;
}

/** Probabilities of two classes from that of the second. */
export const bothOf = (tf: Tensorflow, second: Tensor2D): Tensor2D =>
  tf.concat2d([tf.scalar(1).sub<Tensor2D>(second), second], 1);

/** 1 ÷ (1 + exp(slope · decision + offset)) of each column, by sigmoids `[columns, 2]`. */
export function sigmoidsOf(tf: Tensorflow, decisions: Tensor2D, sigmoids: ArrayLike<number>): Tensor2D {
  const each = (k: number) => Float32Array.from({ length: sigmoids.length / 2 }, (_, i) => -sigmoids[i * 2 + k]!);
  return decisions
    .mul<Tensor2D>(rowOf(tf, each(0)))
    .add<Tensor2D>(rowOf(tf, each(1)))
    .sigmoid();
}
