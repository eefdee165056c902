import { z } from 'zod';
import { averaged, optimiserKind } from './optimiser.js';

/** Lion (Chen et al. 2023): the sign of a mean of gradients. Wants a rate three to ten times smaller than Adam's. */
export const lion = optimiserKind({
  name: 'lion',
  settings: z.strictObject({
    name: z.literal('lion'),
    beta1: z.number().min(0).lt(1).default(0.9).describe('share of the mean in a move'),
    beta2: z.number().min(0).lt(1).default(0.99).describe('how long the mean remembers'),
  }),
  make: ({ beta1, beta2 }) => ({
    slots: [0],
    rates: (_step, learningRate) => [learningRate],
    move: (tf, parameters, gradient, [mean], [rate]) => [
      parameters.sub(averaged(tf, mean!, gradient, beta1).sign().mul(rate!)),
      averaged(tf, mean!, gradient, beta2),
    ],
  }),
});
