import type { GradSaveFunc, Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { sizeOf, type Layered } from '../layers/index.js';
import type { Network } from './network.js';

/** Rows that are predicted at once. */
const AT_ONCE = 256;

/** A net of any layers. Its gradient comes from automatic differentiation. */
export function layeredNetwork(net: Layered): Network {
  const places: { readonly at: number; readonly size: number; readonly shape: number[] }[] = [];
  let parameters = 0;
  for (const { shape } of net.weights) {
    places.push({ at: parameters, size: sizeOf(shape), shape: [...shape] });
    parameters += sizeOf(shape);
  }
  const outputs = sizeOf(net.output);
  const isMoving = net.weights.map((weight) => weight.moving === true);
  const moving = places.flatMap(({ at, size }, i) => (isMoving[i] ? [[at, at + size] as const] : []));
  return {
    ...(moving.length > 0 && { moving }),
    features: net.features,
    parameters,
    draws: net.draws,
    inOrder: true,
    atOnce: AT_ONCE,
    answers: (tf, objective, vector, x) => {
      const weights = places.map(({ at, size, shape }) => tf.slice1d(vector, at, size).reshape(shape));
      return objective.answers(tf, net.apply(tf, x, weights).reshape([-1, outputs]));
    },
    gradient: (tf, objective, vector, { x, y, weight, draws }) => {
      const weights = places.map(({ at, size, shape }) => tf.slice1d(vector, at, size).reshape(shape));
      // The loss by its slope alone: the value is the answers, and what flows back from them is what the objective says.
      const learn = tf.customGrad((...given: (Tensor | GradSaveFunc)[]) => {
        const [scores, save] = given as [Tensor2D, GradSaveFunc];
        // Scores that are the answers: one tensor on both sides would have its gradient twice.
        const made = objective.answers(tf, scores);
        const value = made === scores ? made.clone() : made;
        save([value]);
        return { value, gradFunc: (_dy: Tensor, [kept]: Tensor[]) => objective.slope(tf, kept as Tensor2D, y, weight) };
      });
      // Kept, as the values of a batch outlive the tape; in the order in which the statistics stand.
      const kept = new Map<number, Tensor>();
      const move = (weight: number, values: Tensor): void => void kept.set(weight, tf.keep(values.flatten()));
      const learnt = weights.filter((_, i) => !isMoving[i]);
      const { value, grads } = tf.valueAndGrads((...pieces: Tensor[]) => {
        let next = 0;
        const all = weights.map((weight, i) => (isMoving[i] ? weight : pieces[next++]!));
        return learn(net.apply(tf, x, all, draws, move).reshape([-1, outputs]));
      })(
        learnt,
        tf
          .onesLike(y)
          .slice([0, 0], [-1, 1])
          .mul(tf.ones([1, outputs])),
      );
      let next = 0;
      const gradient = tf.concat1d(
        places.map(({ size }, i) => (isMoving[i] ? tf.zeros([size]) : grads[next++]!.flatten()) as Tensor1D),
      );
      const moved = places.flatMap((_, i) => (isMoving[i] ? [kept.get(i) as Tensor1D] : []));
      return { gradient, answers: value as Tensor2D, ...(moving.length > 0 && { moved }) };
    },
  };
}
