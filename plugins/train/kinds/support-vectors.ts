import { z } from 'zod';
import { kernelVectorProbabilities, linearVectorProbabilities } from '@trainyard/learners';
import { tensorOf, unfit } from '../../../models/index.js';
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
});
