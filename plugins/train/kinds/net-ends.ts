import type { Tensor2D } from '@tensorflow/tfjs-core';
import { z } from 'zod';
import { softmax } from '@trainyard/numeric';
import type { Tensorflow } from '../../kit/tensorflow.js';

/**
 * How a net's scores become answers: probabilities of one class (softmax), of each class by itself (sigmoid), or numbers in the units
 * of the target, center + scale · score. `rising` numbers are put in order: quantiles that cross are exchanged, which never makes
 * their loss larger (Chernozhukov, Fernández-Val and Galichon 2010).
 */
export const netEnds = z.union([
  z.enum(['softmax', 'sigmoid']),
  z.object({ center: z.number(), scale: z.number().positive(), rising: z.boolean() }),
]);
export type NetEnds = z.output<typeof netEnds>;

/** Turns scores `[rows, outputs]` into answers in place. */
export function endScores(ends: NetEnds, scores: Float64Array, outputs: number): void {
  if (ends === 'sigmoid') {
    for (let i = 0; i < scores.length; i++) scores[i] = 1 / (1 + Math.exp(-scores[i]!));
    return;
  }
  for (let at = 0; at < scores.length; at += outputs) {
    if (ends === 'softmax') softmax(scores, at, at + outputs);
    else {
      const row = scores.subarray(at, at + outputs);
      for (let k = 0; k < outputs; k++) row[k] = ends.center + ends.scale * row[k]!;
      if (ends.rising) row.sort();
    }
  }
}

/** The same as operations of TensorFlow.js, of scores `[rows, outputs]`. */
export function endOperations(tf: Tensorflow, ends: NetEnds, scores: Tensor2D, outputs: number): Tensor2D {
  if (ends === 'sigmoid') return scores.sigmoid();
  if (ends === 'softmax') {
    const powers = scores.sub(scores.max(1, true)).exp();
    return powers.div(powers.sum(1, true));
  }
  const numbers: Tensor2D = scores.mul(tf.scalar(ends.scale)).add(tf.scalar(ends.center));
  return ends.rising ? rising(tf, numbers, outputs) : numbers;
}

/** The numbers of each row `[rows, outputs]` in rising order. */
export function rising(tf: Tensorflow, numbers: Tensor2D, outputs: number): Tensor2D {
  return tf.topk(numbers.neg(), outputs, true).values.neg() as Tensor2D;
}

/** The quantiles of series, `[rows, horizon]` each, with those of a step in rising order. */
export function stepsRising(tf: Tensorflow, quantiles: readonly Tensor2D[], horizon: number): Tensor2D[] {
  const count = quantiles.length;
  if (count < 2) return [...quantiles];
  const steps = tf.stack([...quantiles], 2).reshape([-1, count]) as Tensor2D;
  const ordered = rising(tf, steps, count).reshape([-1, horizon, count]);
  return [ordered.transpose([0, 2, 1]).reshape([-1, horizon * count])];
}
