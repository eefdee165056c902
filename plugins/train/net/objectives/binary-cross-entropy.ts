import type { Tensor2D } from '@tensorflow/tfjs-core';
import { SMALLEST, type Objective } from './objective.js';

/** Any number of classes: a sigmoid and cross-entropy for each, their mean over classes. Targets are 0 or 1. */
export function binaryCrossEntropy(classes: number, labelSmoothing = 0): Objective {
  return {
    outputs: classes,
    targets: classes,
    answers: (tf, scores) => tf.sigmoid(scores),
    slope: (tf, answers, targets, weight) => {
      const truth =
        labelSmoothing === 0
          ? targets
          : targets.mul<Tensor2D>(tf.scalar(1 - labelSmoothing)).add<Tensor2D>(tf.scalar(labelSmoothing / 2));
      return answers
        .sub<Tensor2D>(truth)
        .mul<Tensor2D>(weight)
        .mul(tf.scalar(1 / classes));
    },
    loss: (answers, targets) => {
      let loss = 0;
      for (let k = 0; k < classes; k++) {
        const p = targets[k] === 1 ? answers[k]! : 1 - answers[k]!;
        if (Number.isNaN(p)) return NaN;
        loss -= Math.log(Math.max(p, SMALLEST));
      }
      return loss / classes;
    },
  };
}
