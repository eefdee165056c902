import type { Tensor1D } from '@tensorflow/tfjs-core';
import { z } from 'zod';
import { averaged, optimiserKind } from './optimiser.js';

/**
 * RMSprop (Tieleman and Hinton 2012): the gradient over the root of its mean square; centred, over its deviation
 * (Graves 2013, section 4.2); with momentum on the quotient.
 */
export const rmsprop = optimiserKind({
  name: 'rmsprop',
  settings: z.strictObject({
    name: z.literal('rmsprop'),
    rho: z.number().min(0).lt(1).default(0.9).describe('how long the mean of squares remembers'),
    momentum: z.number().min(0).lt(1).default(0).describe('share of the last move that is kept'),
    centered: z.boolean().default(false).describe('by the deviation instead of the mean square'),
    epsilon: z.number().positive().default(1e-7).describe('stands within the root'),
  }),
  make: ({ rho, momentum, centered, epsilon }) => ({
    slots: [0, ...(centered ? [0] : []), ...(momentum > 0 ? [0] : [])],
    rates: (_step, learningRate) => [learningRate],
    move: (tf, parameters, gradient, slots, [rate]) => {
      const [square, ...others] = slots;
      const mean = centered ? averaged(tf, others.shift()!, gradient, rho) : undefined;
      const [velocity] = others;
      const v = averaged(tf, square!, gradient.square(), rho);
      // Rounding can take it below 0.
      const spread = mean ? v.sub<Tensor1D>(mean.square()).relu<Tensor1D>() : v;
      const move = gradient.mul<Tensor1D>(rate!).mul<Tensor1D>(spread.add(tf.scalar(epsilon)).rsqrt());
      const next = velocity && velocity.mul<Tensor1D>(tf.scalar(momentum)).add<Tensor1D>(move);
      return [parameters.sub(next ?? move), v, ...(mean ? [mean] : []), ...(next ? [next] : [])];
    },
  }),
});
