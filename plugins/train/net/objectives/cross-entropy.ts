import type { Tensor2D } from '@tensorflow/tfjs-core';
import type { Tensorflow } from '../../../kit/tensorflow.js';
import { one, SMALLEST, type Objective } from './objective.js';

export interface CrossEntropyOptions {
  /** Share of the truth that is spread evenly over the classes (Szegedy et al. 2016). */
  readonly labelSmoothing?: number;
  /** Exponent of the focal loss −(1 − p)^focal · log p (Lin et al. 2017); 0 is cross-entropy. */
  readonly focal?: number;
}

/** One of several classes: softmax and cross-entropy. Targets are one-hot. What is watched is log loss, whatever is learned. */
export function crossEntropy(classes: number, { labelSmoothing = 0, focal = 0 }: CrossEntropyOptions = {}): Objective {
  return {
    outputs: classes,
    targets: classes,
    answers: (_tf, scores) => softmax(scores),
    slope: (tf, answers, targets, weight) => {
      const truth =
        labelSmoothing === 0
          ? targets
          : targets.mul<Tensor2D>(tf.scalar(1 - labelSmoothing)).add<Tensor2D>(tf.scalar(labelSmoothing / classes));
      const error = answers.sub<Tensor2D>(truth);
      return (focal === 0 ? error : error.mul<Tensor2D>(focus(tf, answers, targets, focal))).mul(weight);
    },
    loss: (answers, targets) => {
      let loss = 0;
      for (let k = 0; k < classes; k++) {
        if (Number.isNaN(answers[k])) return NaN;
        if (targets[k] === 1) loss -= Math.log(Math.max(answers[k]!, SMALLEST));
      }
      return loss;
    },
  };
}

/** What the focal loss multiplies the slope of cross-entropy by, of each row: (1 − p)^γ − γ·p·(1 − p)^(γ − 1)·log p of the true class. */
function focus(tf: Tensorflow, answers: Tensor2D, targets: Tensor2D, gamma: number): Tensor2D {
  const p = answers.mul<Tensor2D>(targets).sum<Tensor2D>(1, true);
  // Neither end has a logarithm or, for small exponents, a power.
  const left = one(tf).sub<Tensor2D>(p).maximum<Tensor2D>(tf.scalar(1e-7));
  const log = p.maximum<Tensor2D>(tf.scalar(SMALLEST)).log<Tensor2D>();
  const power = left.pow<Tensor2D>(tf.scalar(gamma - 1));
  return power.mul<Tensor2D>(left.sub(p.mul<Tensor2D>(log).mul(tf.scalar(gamma))));
}

/** Of each row. Written out, because TensorFlow's own operation gives other bits in a graph than by itself. */
function softmax(scores: Tensor2D): Tensor2D {
  const powers = scores.sub(scores.max(1, true)).exp();
  return powers.div(powers.sum(1, true));
}
