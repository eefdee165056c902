import type { Tensor2D } from '@tensorflow/tfjs-core';
import type { Objective } from './objective.js';

/** The losses of one number, in standard deviations of the target. */
export const NUMBER_LOSSES = ['squared', 'absolute', 'huber'] as const;
export type NumberLoss = (typeof NUMBER_LOSSES)[number];

const numbers = (of: Pick<Objective, 'slope' | 'loss'>): Objective => ({
  outputs: 1,
  targets: 1,
  answers: (_tf, scores) => scores,
  ...of,
});

const distance = (answers: Float32Array, targets: Float32Array): number => answers[0]! - targets[0]!;

/** The mean is learned. */
const squared = (): Objective =>
  numbers({
    slope: (tf, answers, targets, weight) => answers.sub<Tensor2D>(targets).mul<Tensor2D>(weight).mul(tf.scalar(2)),
    loss: (answers, targets) => distance(answers, targets) ** 2,
  });

/** The median is learned. */
const absolute = (): Objective =>
  numbers({
    slope: (_tf, answers, targets, weight) => answers.sub<Tensor2D>(targets).sign<Tensor2D>().mul(weight),
    loss: (answers, targets) => Math.abs(distance(answers, targets)),
  });

/** Squared up to `delta`, linear beyond (Huber 1964): ½d² and delta·(|d| − ½delta). */
const huber = (delta: number): Objective =>
  numbers({
    slope: (tf, answers, targets, weight) => tf.clipByValue(answers.sub<Tensor2D>(targets), -delta, delta).mul(weight),
    loss: (answers, targets) => {
      const d = Math.abs(distance(answers, targets));
      return d <= delta ? 0.5 * d * d : delta * (d - 0.5 * delta);
    },
  });

const BY_NAME: Record<NumberLoss, (delta: number) => Objective> = { squared, absolute, huber };

/** The objective of a number. `delta` is where Huber's loss turns linear. */
export const numberObjective = (loss: NumberLoss, delta: number): Objective => BY_NAME[loss](delta);

/** Quantiles of a number by their pinball loss, summed (Koenker and Bassett 1978). */
export function quantileObjective(quantiles: readonly number[]): Objective {
  return {
    outputs: quantiles.length,
    targets: 1,
    answers: (_tf, scores) => scores,
    slope: (tf, answers, targets, weight) => {
      // 1 where the answer lies above the truth: there the slope is 1 − q, else −q. Nothing at the truth itself.
      const sign = answers.sub<Tensor2D>(targets).sign<Tensor2D>();
      const tilt = tf.tensor2d(
        Float32Array.from(quantiles, (q) => 0.5 - q),
        [1, quantiles.length],
      );
      return sign.mul<Tensor2D>(tf.scalar(0.5)).add<Tensor2D>(sign.abs<Tensor2D>().mul(tilt)).mul(weight);
    },
    loss: (answers, targets) =>
      quantiles.reduce((sum, q, k) => {
        const d = targets[0]! - answers[k]!;
        return sum + (d >= 0 ? q * d : (q - 1) * d);
      }, 0) / quantiles.length,
  };
}
