import type { Tensor2D } from '@tensorflow/tfjs-core';
import { z } from 'zod';
import { bayesProbabilities } from '@trainyard/learners';
import { tensorOf } from '../../../models/index.js';
import type { Tensorflow } from '../../kit/tensorflow.js';
import { endOperations } from './net-ends.js';
import { rowOf } from './operations.js';
import { tensorKind } from './tensor-kind.js';

/** Naive Bayes: tensors `priors` `[classes]`, `first` and `second` `[classes, features]`, as `BayesFit` of the library says. */
export const naiveBayes = tensorKind({
  name: 'naive bayes',
  title: 'Naive Bayes',
  architecture: z.object({
    distribution: z.enum(['gaussian', 'multinomial', 'bernoulli']),
    threshold: z.number(),
  }),
  open(architecture, tensors) {
    const { shape, values: first } = tensorOf(tensors, 'first', [-1, -1]);
    const [classes, width] = [shape[0]!, shape[1]!];
    const { values: second } = tensorOf(tensors, 'second', [classes, width]);
    const { values: priors } = tensorOf(tensors, 'priors', [classes]);
    const fit = { ...architecture, width, classes, priors, first, second };
    return {
      takes: 'features',
      width,
      outputs: classes,
      score: (features, rows) => bayesProbabilities(fit, features, rows),
    };
  },
  portable({ distribution, threshold }, tensors) {
    const { shape, values: first } = tensorOf(tensors, 'first', [-1, -1]);
    const [classes, width] = shape as [number, number];
    const { values: second } = tensorOf(tensors, 'second', [classes, width]);
    const { values: priors } = tensorOf(tensors, 'priors', [classes]);
    const turned = (values: ArrayLike<number>): number[] =>
      Array.from({ length: width * classes }, (_, i) => values[(i % classes) * width + Math.floor(i / classes)]!);
    const times = (tf: Tensorflow, x: Tensor2D, values: ArrayLike<number>): Tensor2D =>
      tf.matMul<Tensor2D>(x, tf.tensor2d(turned(values), [width, classes]));
    const scoresOf = (tf: Tensorflow, x: Tensor2D): Tensor2D => {
      if (distribution === 'multinomial') return times(tf, x, first);
      if (distribution === 'bernoulli') {
        const there = x.greater(tf.scalar(threshold)).toFloat() as Tensor2D;
        return times(tf, there, first).add(times(tf, tf.scalar(1).sub<Tensor2D>(there), second));
      }
      // Class by class: the distance of each feature from its mean, so that large means cost no digits.
      const each = Array.from({ length: classes }, (_, k): Tensor2D => {
        const own = (values: ArrayLike<number>): number[] =>
          Array.from({ length: width }, (_v, j) => values[k * width + j]!);
        const variances = own(second);
        const constant = variances.reduce((sum, variance) => sum - Math.log(2 * Math.PI * variance) / 2, 0);
        const apart = x
          .sub<Tensor2D>(rowOf(tf, own(first)))
          .square<Tensor2D>()
          .div<Tensor2D>(rowOf(tf, variances));
        return tf.scalar(constant).sub<Tensor2D>(apart.sum<Tensor2D>(1, true).mul<Tensor2D>(tf.scalar(0.5)));
      });
      return tf.concat2d(each, 1);
    };
    return {
      width,
      operations: (tf, features) =>
        endOperations(tf, 'softmax', scoresOf(tf, features).add<Tensor2D>(rowOf(tf, priors)), classes),
    };
  },
});
