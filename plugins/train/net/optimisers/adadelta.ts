import type { Tensor1D } from '@tensorflow/tfjs-core';
import { z } from 'zod';
import { averaged, optimiserKind } from './optimiser.js';

/** Adadelta (Zeiler 2012): moves in the units of the parameters, by the ratio of past moves to past gradients. Wants a rate near 1. */
export const adadelta = optimiserKind({
  name: 'adadelta',
  settings: z.strictObject({
    name: z.literal('adadelta'),
    rho: z.number().min(0).lt(1).default(0.95).describe('how long the means of squares remember'),
    epsilon: z.number().positive().default(1e-7).describe('stands within both roots'),
  }),
  make: ({ rho, epsilon }) => ({
    slots: [0, 0],
    rates: (_step, learningRate) => [learningRate],
    move: (tf, parameters, gradient, [squares, moves], [rate]) => {
      const beside = tf.scalar(epsilon);
      const v = averaged(tf, squares!, gradient.square(), rho);
      const move = gradient.mul<Tensor1D>(moves!.add(beside).sqrt()).mul<Tensor1D>(v.add(beside).rsqrt());
      return [parameters.sub(move.mul(rate!)), v, averaged(tf, moves!, move.square(), rho)];
    },
  }),
});
