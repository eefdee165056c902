import type { GradSaveFunc, Tensor } from '@tensorflow/tfjs-core';
import { z } from 'zod';
import type { Tensorflow } from '../../kit/tensorflow.js';
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
  apply: (tf, { gives }, x, { weights: [w, r, ...biases], mask }) => {
    const given = affine(tf, x, w!, tf.concat(biases as Tensor[]));
    const states = mask ? recurMasked(tf, given, r!, mask) : recur(tf, given, r!);
    if (gives === 'all') return states;
    const [, steps, size] = states.shape as [number, number, number];
    return states.slice([0, steps - 1, 0], [-1, 1, -1]).reshape([-1, size]);
  },
});

/** As `recur`, where a step that is masked leaves state and memory as they were; its gradient is TensorFlow.js's own. */
function recurMasked(tf: Tensorflow, given: Tensor, recurrent: Tensor, mask: Tensor): Tensor {
  let [state, cell]: (Tensor | undefined)[] = [];
  const states: Tensor[] = [];
  for (const [t, own] of tf.unstack(given, 1).entries()) {
    const sums: Tensor = state ? own.add(tf.matMul(state, recurrent)) : own;
    const [take, keep, fresh, tell] = tf.split(sums, 4, 1) as [Tensor, Tensor, Tensor, Tensor];
    const taken = take.sigmoid().mul(fresh.tanh());
    const kept: Tensor = cell ? keep.sigmoid().mul(cell).add(taken) : taken;
    const said = tell.sigmoid().mul(kept.tanh());
    [cell, state] = [stepped(tf, kept, cell, mask, t), stepped(tf, said, state, mask, t)];
    states.push(state);
  }
  return tf.stack(states, 1);
}

/** What a step leaves for its gradient: its gates, the memory before it, and what it said of the memory after it. */
interface Left {
  readonly gates: Tensor;
  readonly fresh: Tensor;
  readonly before: Tensor | undefined;
  readonly said: Tensor;
}

/**
 * States `[rows, steps, units]` by what is given to the gates of each step, `[rows, steps, 4 × units]`, and the recurrent kernel. Its
 * gradient is backpropagation through time written out: half of the operations of automatic differentiation, and what is given is cut
 * into steps once.
 */
function recur(tf: Tensorflow, given: Tensor, recurrent: Tensor): Tensor {
  const custom = tf.customGrad((...taken: (Tensor | GradSaveFunc)[]) => {
    const [all, r, save] = taken as [Tensor, Tensor, GradSaveFunc];
    const left: Left[] = [];
    const states: Tensor[] = [];
    let cell: Tensor | undefined;
    for (const own of tf.unstack(all, 1)) {
      const sums = states.length > 0 ? own.add(tf.matMul(states.at(-1)!, r)) : own;
      const gates = sums.sigmoid();
      const [take, keep, , tell] = tf.split(gates, 4, 1) as [Tensor, Tensor, Tensor, Tensor];
      const size = take.shape[1]!;
      const fresh = sums.slice([0, 2 * size], [-1, size]).tanh();
      const before: Tensor | undefined = cell;
      cell = before ? keep.mul(before).add(take.mul(fresh)) : take.mul(fresh);
      const said = cell.tanh();
      left.push({ gates, fresh, before, said });
      states.push(tell.mul(said));
    }
    const value = tf.stack(states, 1);
    const cells = left.flatMap(({ before }) => (before ? [before] : []));
    save([
      r,
      ...states,
      ...left.map(({ gates }) => gates),
      ...left.map(({ fresh }) => fresh),
      ...left.map(({ said }) => said),
      ...cells,
    ]);
    const steps = states.length;
    // Only what was saved is still there by then.
    const gradFunc = (dy: Tensor, [kernel, ...kept]: Tensor[]): Tensor[] => {
      const part = (k: number): Tensor[] => kept.slice(k * steps, (k + 1) * steps);
      const [gates, fresh, said, before] = [part(1), part(2), part(3), part(4)];
      const again = gates.map((gate, t) => ({ gates: gate, fresh: fresh[t]!, said: said[t]!, before: before[t - 1] }));
      return back(tf, dy, kernel!, part(0), again);
    };
    return { value, gradFunc };
  });
  return custom(given, recurrent);
}

/** Gradients of what is given and of the recurrent kernel, by those of the states. */
function back(tf: Tensorflow, dy: Tensor, r: Tensor, states: readonly Tensor[], left: readonly Left[]): Tensor[] {
  const slopes = tf.unstack(dy, 1);
  const sums: Tensor[] = [];
  let [later, ofCell]: (Tensor | undefined)[] = [];
  for (let t = left.length - 1; t >= 0; t--) {
    const { gates, fresh, before, said } = left[t]!;
    const [take, keep, , tell] = tf.split(gates, 4, 1) as [Tensor, Tensor, Tensor, Tensor];
    const ofState: Tensor = later ? slopes[t]!.add(later) : slopes[t]!;
    const through = ofState.mul(tell).mul(tf.scalar(1).sub(said.square()));
    const cell: Tensor = ofCell ? ofCell.add(through) : through;
    const ofFresh = cell.mul(take).mul(tf.scalar(1).sub(fresh.square()));
    const ofKeep = before ? cell.mul(before) : tf.zerosLike(cell);
    // The slope of a gate is g (1 - g); that in the place of the new memory's is put aside for its own.
    const bent = gates.mul(tf.scalar(1).sub(gates));
    const [bentTake, bentKeep, , bentTell] = tf.split(bent, 4, 1) as [Tensor, Tensor, Tensor, Tensor];
    const own = tf.concat(
      [cell.mul(fresh).mul(bentTake), ofKeep.mul(bentKeep), ofFresh, ofState.mul(said).mul(bentTell)],
      1,
    );
    sums.unshift(own);
    if (t > 0) {
      later = tf.matMul(own, r, false, true);
      ofCell = cell.mul(keep);
    }
  }
  const ofKernel =
    states.length > 1
      ? tf.matMul(tf.concat(states.slice(0, -1), 0), tf.concat(sums.slice(1), 0), true)
      : tf.zerosLike(r);
  return [tf.stack(sums, 1), ofKernel];
}
