import { z } from 'zod';
import { tensorOf } from '../../../models/index.js';
import { constantOf, tensorKind } from './tensor-kind.js';

/** Answers every row alike: tensor `probabilities` `[classes]`, or the one number of a regression. What any other model must beat. */
export const constant = tensorKind({
  name: 'constant',
  title: 'The same answer for every row',
  tasks: ['classification', 'regression'],
  architecture: z.object({ features: z.number().int().nonnegative() }),
  open({ features }, tensors) {
    const { values } = tensorOf(tensors, 'probabilities', [-1]);
    return {
      takes: 'features',
      width: features,
      outputs: values.length,
      score(_, rows) {
        const all = new Float64Array(rows * values.length);
        for (let row = 0; row < rows; row++) all.set(values, row * values.length);
        return all;
      },
    };
  },
  portable({ features: width }, tensors) {
    const answers = tensorOf(tensors, 'probabilities', [-1]);
    return {
      width,
      operations: (tf, features) => features.slice([0, 0], [-1, 1]).zerosLike().add(constantOf(tf, answers)),
    };
  },
});
