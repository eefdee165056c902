import type { Tensor1D } from '@tensorflow/tfjs-core';
import { z } from 'zod';
import { optimiserKind } from './optimiser.js';

/**
 * Stochastic gradient descent with momentum (Polyak 1964): v ← momentum·v − rate·g, w ← w + v; with Nesterov's
 * w ← w + momentum·v − rate·g of the new v (Sutskever et al. 2013).
 */
export const sgd = optimiserKind({
  name: 'sgd',
  settings: z.strictObject({
    name: z.literal('sgd'),
    momentum: z.number().min(0).lt(1).default(0.9).describe('share of the last move that is kept (0 in Keras)'),
    nesterov: z.boolean().default(false).describe('look ahead along the momentum'),
  }),
  make: ({ momentum, nesterov }) => ({
    slots: momentum === 0 ? [] : [0],
    rates: (_step, learningRate) => [learningRate],
    move: (tf, parameters, gradient, [velocity], [rate]) => {
      if (!velocity) return [parameters.sub(gradient.mul(rate!))];
      const pull = gradient.mul<Tensor1D>(rate!);
      const next = velocity.mul<Tensor1D>(tf.scalar(momentum)).sub<Tensor1D>(pull);
      const moved = nesterov ? next.mul<Tensor1D>(tf.scalar(momentum)).sub<Tensor1D>(pull) : next;
      return [parameters.add(moved), next];
    },
  }),
});
