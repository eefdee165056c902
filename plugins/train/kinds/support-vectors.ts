import type { Tensor2D } from '@tensorflow/tfjs-core';
import { UserError } from '@trainyard/errors';
import { z } from 'zod';
import { kernelVectorProbabilities, linearVectorProbabilities } from '@trainyard/learners';
import { tensorOf, unfit } from '../../../models/index.js';
import { bothOf, distancesTo, rowOf, sigmoidsOf } from './operations.js';
import { tensorKind } from './tensor-kind.js';

/** Linear margins, one a class, or one for two: tensors `coefficients` `[margins, features]`, `intercepts`, `sigmoids` `[margins, 2]`. */
export const linearVectors = tensorKind({
  name: 'linear support vectors',
  title: 'Linear support vector machine',
  architecture: z.object({ classes: z.number().int().min(2) }),
  open({ classes }, tensors) {
    const margins = classes === 2 ? 1 : classes;
    const { shape, values: coefficients } = tensorOf(tensors, 'coefficients', [margins, -1]);
    const width = shape[1]!;
    const { values: intercepts } = tensorOf(tensors, 'intercepts', [margins]);
    const { values: sigmoids } = tensorOf(tensors, 'sigmoids', [margins, 2]);
    const fit = { width, classes, coefficients, intercepts, sigmoids };
    return {
      takes: 'features',
      width,
      outputs: classes,
      score: (features, rows) => linearVectorProbabilities(fit, features, rows),
    };
  },
  portable({ classes }, tensors) {
    const margins = classes === 2 ? 1 : classes;
    const { shape, values: coefficients } = tensorOf(tensors, 'coefficients', [margins, -1]);
    const width = shape[1]!;
    const { values: intercepts } = tensorOf(tensors, 'intercepts', [margins]);
    const { values: sigmoids } = tensorOf(tensors, 'sigmoids', [margins, 2]);
    return {
      width,
      operations(tf, features) {
        const weights = tf.tensor2d(Float32Array.from(coefficients), [margins, width]);
        const decisions = tf.matMul(features, weights, false, true).add<Tensor2D>(rowOf(tf, intercepts));
        const each = sigmoidsOf(tf, decisions, sigmoids);
        if (classes === 2) return bothOf(tf, each);
        const total = each.sum<Tensor2D>(1, true);
        // Where every class is told apart wholly, each is as likely.
        const alike = each.zerosLike<Tensor2D>().add<Tensor2D>(tf.scalar(1 / classes));
        const shares = each.div<Tensor2D>(total.maximum(tf.scalar(2 ** -126)));
        return tf.where(total.add<Tensor2D>(each.zerosLike()).greater(tf.scalar(0)), shares, alike);
      },
    };
  },
});

/** Support vectors with a kernel, a margin for each pair of classes: tensors as `KernelVectorsFit` of the library says. */
export const kernelVectors = tensorKind({
  name: 'kernel support vectors',
  title: 'Support vector machine with a kernel',
  architecture: z.object({
    name: z.enum(['linear', 'rbf', 'poly', 'sigmoid']),
    gamma: z.number(),
    degree: z.number().int(),
    coef0: z.number(),
  }),
  open(kernel, tensors) {
    const { shape, values: vectors } = tensorOf(tensors, 'vectors', [-1, -1]);
    const [rows, width] = [shape[0]!, shape[1]!];
    const counts = Float64Array.from(tensorOf(tensors, 'counts', [-1]).values);
    const classes = counts.length;
    const pairs = (classes * (classes - 1)) / 2;
    const fit = {
      kernel,
      width,
      classes,
      vectors: Float64Array.from(vectors),
      counts,
      coefficients: tensorOf(tensors, 'coefficients', [classes - 1, rows]).values,
      intercepts: tensorOf(tensors, 'intercepts', [pairs]).values,
      sigmoids: tensorOf(tensors, 'sigmoids', [pairs, 2]).values,
    };
    const all = counts.reduce((sum, count) => sum + count, 0);
    if (all !== rows) throw unfit(`the model counts ${all} support vectors and has ${rows}`);
    return {
      takes: 'features',
      width,
      outputs: classes,
      score: (features, count) => kernelVectorProbabilities(fit, features, count),
    };
  },
  portable({ name, gamma, degree, coef0 }, tensors) {
    const { shape, values: vectors } = tensorOf(tensors, 'vectors', [-1, -1]);
    const [rows, width] = shape as [number, number];
    const classes = tensorOf(tensors, 'counts', [-1]).shape[0]!;
    if (classes > 2)
      throw new UserError('support vectors with a kernel are exported for two classes, and the model has more', {
        expected: '2 classes',
        actual: `${classes} classes, whose probabilities are coupled in a loop that goes on until they settle`,
        remedy: 'serve it with trainyard serve, or train linear support vectors, which are exported for any number',
      });
    const { values: coefficients } = tensorOf(tensors, 'coefficients', [1, rows]);
    const { values: intercepts } = tensorOf(tensors, 'intercepts', [1]);
    const { values: sigmoids } = tensorOf(tensors, 'sigmoids', [1, 2]);
    return {
      width,
      operations(tf, features) {
        const valuesOf = (): Tensor2D => {
          if (name === 'rbf')
            return distancesTo(tf, features, vectors, width, 'euclidean').mul<Tensor2D>(tf.scalar(-gamma)).exp();
          const products = tf.matMul<Tensor2D>(
            features,
            tf.tensor2d(Float32Array.from(vectors), [rows, width]),
            false,
            true,
          );
          if (name === 'linear') return products;
          const inner = products.mul<Tensor2D>(tf.scalar(gamma)).add<Tensor2D>(tf.scalar(coef0));
          if (name === 'sigmoid') return inner.tanh<Tensor2D>();
          return Array.from({ length: degree - 1 }).reduce<Tensor2D>((power) => power.mul(inner), inner);
        };
        const weights = tf.tensor2d(Float32Array.from(coefficients), [rows, 1]);
        const decisions = valuesOf().matMul<Tensor2D>(weights).add<Tensor2D>(rowOf(tf, intercepts));
        // Above 0 is the first class.
        const first = sigmoidsOf(tf, decisions, sigmoids);
        return tf.concat2d([first, tf.scalar(1).sub<Tensor2D>(first)], 1);
      },
    };
  },
});
