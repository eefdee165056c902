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
  apply: (tf, { units: size, gives }, x, { weights: [w, r, b, again], mask }) => {
    const given = affine(tf, x, w!, b);
    // Cut once: the gradient of a piece cut out by itself is as large as the whole.
    const parts = (sums: Tensor): [Tensor, Tensor, Tensor] => tf.split(sums, 3, 1) as [Tensor, Tensor, Tensor];
    let state: Tensor = tf.zeros([x.shape[0]!, size]);
    const states: Tensor[] = [];
    for (const [t, step] of tf.unstack(given, 1).entries()) {
      const own = parts(step);
      const before = parts(tf.matMul(state, r!).add(again!));
      const keep = own[0].add(before[0]).sigmoid();
      const reset = own[1].add(before[1]).sigmoid();
      const fresh = own[2].add(reset.mul(before[2])).tanh();
      state = stepped(tf, keep.mul(state).add(tf.scalar(1).sub(keep).mul(fresh)), state, mask, t);
      states.push(state);
    }
    return gives === 'last' ? state : tf.stack(states, 1);
  },
});
