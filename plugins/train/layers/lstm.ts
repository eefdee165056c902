import type { Tensor } from '@tensorflow/tfjs-core';
import { z } from 'zod';
import { affine, bias, kernel, layerKind, stepped, units, wants } from './layer.js';

/** Long short-term memory over `[steps, channels]` (Hochreiter and Schmidhuber 1997; gates as in Keras 3). */
export const lstm = layerKind({
  name: 'lstm',
  settings: z.strictObject({
    layer: z.literal('lstm'),
    units,
    gives: z.enum(['last', 'all']).default('last').describe('the state after the last step, or after each'),
  }),
  keepsSteps: true,
  output: ({ units: size, gives }, input) =>
    input.length !== 2 ? wants('[steps, channels]', input) : gives === 'last' ? [size] : [input[0]!, size],
  weights: ({ units: size }, input) => [
    kernel('kernel', input[1]!, 4 * size),
    kernel('recurrent', size, 4 * size),
    bias('input bias', size),
    // A memory that begins by remembering (Jozefowicz, Zaremba and Sutskever 2015).
    bias('forget bias', size, 'ones'),
    bias('cell bias', size),
    bias('output bias', size),
  ],
  apply: (tf, { units: size, gives }, x, { input: [steps], weights: [w, r, ...biases], mask }) => {
    const given = affine(tf, x, w!, tf.concat(biases as Tensor[]));
    let state: Tensor | undefined;
    let cell: Tensor | undefined;
    const states: Tensor[] = [];
    for (let t = 0; t < steps!; t++) {
      const own = given.slice([0, t, 0], [-1, 1, -1]).reshape([-1, 4 * size]);
      const sums = state ? own.add(tf.matMul(state, r!)) : own;
      const gate = (k: number): Tensor => sums.slice([0, k * size], [-1, size]);
      const fresh = gate(0).sigmoid().mul(gate(2).tanh());
      const kept: Tensor = cell ? gate(1).sigmoid().mul(cell).add(fresh) : fresh;
      const said = gate(3).sigmoid().mul(kept.tanh());
      [cell, state] = [stepped(tf, kept, cell, mask, t), stepped(tf, said, state, mask, t)];
      states.push(state);
    }
    return gives === 'last' ? state! : tf.stack(states, 1);
  },
});
