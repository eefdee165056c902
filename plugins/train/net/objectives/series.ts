import type { Tensor2D } from '@tensorflow/tfjs-core';
import { numberObjective, quantileObjective, type NumberLoss } from './numbers.js';
import type { Objective } from './objective.js';

/**
 * The next values, `horizon` of them, then for each quantile as many: the mean over the steps of the loss of a number, and of the
 * pinball loss of each quantile.
 */
export function seriesObjective(
  horizon: number,
  quantiles: readonly number[],
  loss: NumberLoss,
  delta: number,
): Objective {
  const parts = [numberObjective(loss, delta), ...quantiles.map((q) => quantileObjective([q]))];
  return {
    outputs: horizon * parts.length,
    targets: horizon,
    answers: (_tf, scores) => scores,
    slope: (tf, answers, targets, weight) => {
      const each = weight.div<Tensor2D>(tf.scalar(horizon));
      const slopes = parts.map((part, k) =>
        part.slope(tf, answers.slice([0, k * horizon], [-1, horizon]), targets, each),
      );
      return slopes.length === 1 ? slopes[0]! : tf.concat2d(slopes, 1);
    },
    loss: (answers, targets) => {
      let sum = 0;
      parts.forEach((part, k) => {
        for (let step = 0; step < horizon; step++)
          sum += part.loss(
            answers.subarray(k * horizon + step, k * horizon + step + 1),
            targets.subarray(step, step + 1),
          );
      });
      return sum / horizon;
    },
  };
}
