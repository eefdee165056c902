import { z } from 'zod';
import { adamOf, moments } from './adam.js';
import { optimiserKind } from './optimiser.js';

/** Adam with weight decay beside the gradient (Loshchilov and Hutter 2019): w ← w − rate·decay·w, then Adam's move. */
export const adamw = optimiserKind({
  name: 'adamw',
  settings: z.strictObject({
    name: z.literal('adamw'),
    ...moments,
    weightDecay: z.number().min(0).default(0.004).describe('share of each parameter, times the rate, taken off a step'),
  }),
  make: ({ weightDecay, ...settings }) => {
    const adam = adamOf({ ...settings, amsgrad: false });
    return {
      slots: adam.slots,
      rates: (step, learningRate) => [...adam.rates(step, learningRate), 1 - learningRate * weightDecay],
      move: (tf, parameters, gradient, slots, [rate, kept]) =>
        adam.move(tf, parameters.mul(kept!), gradient, slots, [rate!]),
    };
  },
});
