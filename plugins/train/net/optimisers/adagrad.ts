import type { Tensor1D } from '@tensorflow/tfjs-core';
import { z } from 'zod';
import { optimiserKind } from './optimiser.js';

/** Adagrad (Duchi, Hazan and Singer 2011): the gradient over the root of the sum of all its squares. */
export const adagrad = optimiserKind({
  name: 'adagrad',
  settings: z.strictObject({
    name: z.literal('adagrad'),
    initial: z.number().min(0).default(0.1).describe('what the sums of squares start at'),
    epsilon: z.number().positive().default(1e-7).describe('stands within the root'),
  }),
  make: ({ initial, epsilon }) => ({
    slots: [initial],
    rates: (_step, learningRate) => [learningRate],
    move: (tf, parameters, gradient, [sum], [rate]) => {
      const next = sum!.add<Tensor1D>(gradient.square());
      return [parameters.sub(gradient.mul<Tensor1D>(rate!).mul(next.add(tf.scalar(epsilon)).rsqrt())), next];
    },
  }),
});
