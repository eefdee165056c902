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
  return {
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
      const { value, grads } = tf.valueAndGrads((...pieces: Tensor[]) =>
        learn(net.apply(tf, x, pieces, draws).reshape([-1, outputs])),
      )(
        weights,
        tf
          .onesLike(y)
          .slice([0, 0], [-1, 1])
          .mul(tf.ones([1, outputs])),
      );
      const gradient = tf.concat1d(grads.map((one) => one.flatten() as Tensor1D));
      return { gradient, answers: value as Tensor2D };
    },
  };
}
