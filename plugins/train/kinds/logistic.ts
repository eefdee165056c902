import type { Tensor2D } from '@tensorflow/tfjs-core';
import { z } from 'zod';
import { classProbabilities } from '@trainyard/numeric';
import { tensorOf } from '../../../models/index.js';
import { endOperations } from './net-ends.js';
import { constantOf, tensorKind } from './tensor-kind.js';

/** Multinomial logistic regression: tensors `coefficients` `[features, classes]` and `intercepts` `[classes]`, double precision. */
export const logisticRegression = tensorKind({
  name: 'logistic regression',
  title: 'Multinomial logistic regression',
  architecture: z.object({}),
  open(_architecture, tensors) {
    const { shape, values: coefficients } = tensorOf(tensors, 'coefficients', [-1, -1]);
    const [width, classes] = [shape[0]!, shape[1]!];
    const { values: intercepts } = tensorOf(tensors, 'intercepts', [classes]);
    return {
      takes: 'features',
      width,
      outputs: classes,
      score: (features, rows) => classProbabilities({ width, classes, coefficients, intercepts }, features, rows),
    };
  },
  portable(_architecture, tensors) {
    const coefficients = tensorOf(tensors, 'coefficients', [-1, -1]);
    const [width, classes] = coefficients.shape as [number, number];
    return {
      width,
      operations(tf, features) {
        const intercepts = constantOf(tf, tensorOf(tensors, 'intercepts', [classes]));
        const scores = features.matMul<Tensor2D>(constantOf(tf, coefficients)).add<Tensor2D>(intercepts);
        return endOperations(tf, 'softmax', scores, classes);
      },
    };
  },
});
