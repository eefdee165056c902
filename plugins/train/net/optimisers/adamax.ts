import type { Tensor1D } from '@tensorflow/tfjs-core';
import { z } from 'zod';
import { moments } from './adam.js';
import { averaged, optimiserKind, power } from './optimiser.js';

/** Adam by the largest gradient instead of the mean of squares (Kingma and Ba 2015, section 7.1). */
export const adamax = optimiserKind({
  name: 'adamax',
  settings: z.strictObject({ name: z.literal('adamax'), ...moments }),
  make: ({ beta1, beta2, epsilon }) => ({
    slots: [0, 0],
    rates: (step, learningRate) => [learningRate / (1 - power(beta1, step))],
    move: (tf, parameters, gradient, [first, largest], [rate]) => {
      const m = averaged(tf, first!, gradient, beta1);
      const u = largest!.mul<Tensor1D>(tf.scalar(beta2)).maximum<Tensor1D>(gradient.abs());
      return [parameters.sub(m.mul<Tensor1D>(rate!).div(u.add(tf.scalar(epsilon)))), m, u];
    },
  }),
});
