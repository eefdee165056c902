import type { Tensor1D } from '@tensorflow/tfjs-core';
import { z } from 'zod';
import { moments } from './adam.js';
import { averaged, optimiserKind, power } from './optimiser.js';

/** The momentum of a step: it grows from about half of beta (Dozat 2016; Keras leaves out his exponent's 0.004). */
const momentumAt = (beta: number, step: number): number => beta * (1 - 0.5 * power(0.96, step));

/** Adam with Nesterov's look ahead (Dozat 2016), whose momentum grows with the steps, as in Keras. */
export const nadam = optimiserKind({
  name: 'nadam',
  settings: z.strictObject({ name: z.literal('nadam'), ...moments }),
  make: ({ beta1, beta2, epsilon }) => {
    // Of the momenta up to each step.
    const products: number[] = [1];
    const product = (step: number): number => {
      for (let at = products.length; at <= step; at++) products.push(products[at - 1]! * momentumAt(beta1, at));
      return products[step]!;
    };
    return {
      slots: [0, 0],
      rates: (step, learningRate) => {
        const [now, next] = [momentumAt(beta1, step), momentumAt(beta1, step + 1)];
        return [
          (learningRate * next) / (1 - product(step + 1)),
          (learningRate * (1 - now)) / (1 - product(step)),
          1 / (1 - power(beta2, step)),
        ];
      },
      move: (tf, parameters, gradient, [first, second], [ofMoment, ofGradient, correction]) => {
        const m = averaged(tf, first!, gradient, beta1);
        const v = averaged(tf, second!, gradient.square(), beta2);
        const ahead = m.mul<Tensor1D>(ofMoment!).add<Tensor1D>(gradient.mul(ofGradient!));
        const root = v.mul<Tensor1D>(correction!).sqrt<Tensor1D>().add<Tensor1D>(tf.scalar(epsilon));
        return [parameters.sub(ahead.div(root)), m, v];
      },
    };
  },
});
