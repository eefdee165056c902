import type { Tensor1D } from '@tensorflow/tfjs-core';
import { z } from 'zod';
import type { Tensorflow } from '../../../kit/tensorflow.js';
import { averaged, optimiserKind, power, type Optimiser } from './optimiser.js';

/** Settings that the family of Adam shares. */
export const moments = {
  beta1: z.number().min(0).lt(1).default(0.9).describe('how long the mean of gradients remembers'),
  beta2: z.number().min(0).lt(1).default(0.999).describe('how long the mean of their squares remembers'),
  epsilon: z.number().positive().default(1e-7).describe('stands beside the root'),
};

interface Moments {
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
}

/**
 * Adam (Kingma and Ba 2015) in the form that ends its section 2: the corrections of the two moments are part of the
 * rate, ε̂ stands beside the root, as in Keras. With `amsgrad` the largest second moment so far divides (Reddi et al. 2018).
 */
export function adamOf({ beta1, beta2, epsilon, amsgrad }: Moments & { readonly amsgrad: boolean }): Optimiser {
  return {
    slots: amsgrad ? [0, 0, 0] : [0, 0],
    rates: (step, learningRate) => [(learningRate * Math.sqrt(1 - power(beta2, step))) / (1 - power(beta1, step))],
    move: (tf, parameters, gradient, [first, second, largest], [rate]) => {
      const m = averaged(tf, first!, gradient, beta1);
      const v = averaged(tf, second!, gradient.square(), beta2);
      const most = largest && largest.maximum<Tensor1D>(v);
      return [parameters.sub(adamMove(tf, m, most ?? v, rate!, epsilon)), m, v, ...(most ? [most] : [])];
    },
  };
}

const adamMove = (tf: Tensorflow, m: Tensor1D, v: Tensor1D, rate: Tensor1D, epsilon: number): Tensor1D =>
  m.mul<Tensor1D>(rate).div<Tensor1D>(v.sqrt().add(tf.scalar(epsilon)));

export const adam = optimiserKind({
  name: 'adam',
  settings: z.strictObject({
    name: z.literal('adam'),
    ...moments,
    amsgrad: z.boolean().default(false).describe('the second moment never falls'),
  }),
  make: adamOf,
});
