import type { Tensor1D } from '@tensorflow/tfjs-core';
import type { Tensorflow } from '../../kit/tensorflow.js';

/** A rule that moves a vector of parameters against its gradient. It holds no state: that is handed through. */
export interface Optimiser {
  /** Vectors of the parameters' length that it carries from step to step. They start at 0. */
  readonly slots: number;
  /** The learning rate of a step, counted from 1: fed to `move`, so that a recorded step need not change. */
  rate(step: number): number;
  /** New parameters and slots. To be called within `tf.tidy`. */
  move(parameters: Tensor1D, gradient: Tensor1D, slots: readonly Tensor1D[], rate: Tensor1D): Tensor1D[];
  dispose(): void;
}

/** Stochastic gradient descent with momentum 0.9 (Polyak 1964): v ← 0.9·v − rate·g, w ← w + v. */
export function sgd(tf: Tensorflow, learningRate: number): Optimiser {
  const momentum = tf.scalar(0.9);
  return {
    slots: 1,
    rate: () => learningRate,
    move: (parameters, gradient, [velocity], rate) => {
      const next = velocity!.mul<Tensor1D>(momentum).sub<Tensor1D>(gradient.mul(rate));
      return [parameters.add(next), next];
    },
    dispose: () => momentum.dispose(),
  };
}

/**
 * Adam (Kingma and Ba 2015) in the form that ends its section 2: the corrections of the two moments are part of the
 * rate, ε̂ = 1e-7 stands beside the root, as in Keras.
 */
export function adam(tf: Tensorflow, learningRate: number): Optimiser {
  const [beta1, beta2] = [0.9, 0.999];
  const [keep1, take1, keep2, take2, epsilon] = [beta1, 1 - beta1, beta2, 1 - beta2, 1e-7].map((x) => tf.scalar(x)) as [
    ReturnType<Tensorflow['scalar']>,
    ReturnType<Tensorflow['scalar']>,
    ReturnType<Tensorflow['scalar']>,
    ReturnType<Tensorflow['scalar']>,
    ReturnType<Tensorflow['scalar']>,
  ];
  return {
    slots: 2,
    rate: (step) => (learningRate * Math.sqrt(1 - power(beta2, step))) / (1 - power(beta1, step)),
    move: (parameters, gradient, [first, second], rate) => {
      const m = first!.mul<Tensor1D>(keep1).add<Tensor1D>(gradient.mul(take1));
      const v = second!.mul<Tensor1D>(keep2).add<Tensor1D>(gradient.square().mul(take2));
      const move = m.mul<Tensor1D>(rate).div<Tensor1D>(v.sqrt().add(epsilon));
      return [parameters.sub(move), m, v];
    },
    dispose: () => tf.dispose([keep1, take1, keep2, take2, epsilon]),
  };
}

/** Integer power by squaring: multiplications alone, whose bits do not depend on the JavaScript engine. */
function power(base: number, exponent: number): number {
  let result = 1;
  for (let left = exponent, square = base; left > 0; left = Math.floor(left / 2), square *= square)
    if (left % 2 === 1) result *= square;
  return result;
}
