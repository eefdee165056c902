import type { Tensor } from '@tensorflow/tfjs-core';
import { z } from 'zod';
import { affine, bias, kernel, layerKind, stepped, units, wants } from './layer.js';

/** Gated recurrent units over `[steps, channels]` (Cho et al. 2014; reset after the product, as in Keras 3). */
export const gru = layerKind({
  name: 'gru',
  settings: z.strictObject({
    layer: z.literal('gru'),
    units,
    gives: z.enum(['last', 'all']).default('last').describe('the state after the last step, or after each'),
  }),
  keepsSteps: true,
  output: ({ units: size, gives }, input) =>
    input.length !== 2 ? wants('[steps, channels]', input) : gives === 'last' ? [size] : [input[0]!, size],
  weights: ({ units: size }, input) => [
    kernel('kernel', input[1]!, 3 * size),
    kernel('recurrent', size, 3 * size),
    bias('bias', 3 * size),
    bias('recurrent bias', 3 * size),
  ],
  apply: (tf, { units: size, gives }, x, { input: [steps], weights: [w, r, b, again], mask }) => {
    const given = affine(tf, x, w!, b);
    const part = (sums: Tensor, k: number): Tensor => sums.slice([0, k * size], [-1, size]);
    let state: Tensor = tf.zeros([x.shape[0]!, size]);
    const states: Tensor[] = [];
    for (let t = 0; t < steps!; t++) {
      const own = given.slice([0, t, 0], [-1, 1, -1]).reshape([-1, 3 * size]);
      const before = tf.matMul(state, r!).add(again!);
      const keep = part(own, 0).add(part(before, 0)).sigmoid();
      const reset = part(own, 1).add(part(before, 1)).sigmoid();
      const fresh = part(own, 2)
        .add(reset.mul(part(before, 2)))
        .tanh();
      state = stepped(tf, keep.mul(state).add(tf.scalar(1).sub(keep).mul(fresh)), state, mask, t);
      states.push(state);
    }
    return gives === 'last' ? state : tf.stack(states, 1);
  },
});
