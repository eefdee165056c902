import type { Tensor2D } from '@tensorflow/tfjs-core';
import { z } from 'zod';
import { linearAnswers } from '@trainyard/learners';
import { tensorOf } from '../../../models/index.js';
import { constantOf, tensorKind } from './tensor-kind.js';

/** Linear regression: tensors `coefficients` `[features]` and `intercept` `[1]`, double precision. */
export const linearRegression = tensorKind({
  name: 'linear regression',
  title: 'Linear regression',
  tasks: ['regression'],
  architecture: z.object({}),
  open(_architecture, tensors) {
    const { shape, values: coefficients } = tensorOf(tensors, 'coefficients', [-1]);
    const width = shape[0]!;
    const intercept = tensorOf(tensors, 'intercept', [1]).values[0]!;
    return {
      takes: 'features',
      width,
      outputs: 1,
      score: (features, rows) => linearAnswers({ width, coefficients, intercept }, { features, rows }),
    };
  },
  portable(_architecture, tensors) {
    const { shape, ...coefficients } = tensorOf(tensors, 'coefficients', [-1]);
    const width = shape[0]!;
    return {
      width,
      operations: (tf, features) =>
        features
          .matMul<Tensor2D>(constantOf(tf, { shape, ...coefficients }, [width, 1]))
          .add(constantOf(tf, tensorOf(tensors, 'intercept', [1]))),
    };
  },
});
