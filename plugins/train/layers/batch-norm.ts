import type { GradSaveFunc, Tensor } from '@tensorflow/tfjs-core';
import { z } from 'zod';
import type { Tensorflow } from '../../kit/tensorflow.js';
import { bias, layerKind, wants } from './layer.js';

/**
 * Mean 0 and variance 1 of each number of the last axis over a training batch, then a scale and a shift that are learned (Ioffe and
 * Szegedy 2015). Served, by the mean and variance that training steps have moved towards those of their batches, each by 1 − momentum.
 */
export const batchNorm = layerKind({
  name: 'batchNorm',
  settings: z.strictObject({
    layer: z.literal('batchNorm'),
    momentum: z
      .number()
      .min(0)
      .lt(1)
      .default(0.9)
      .describe(
        'share that the moving mean and variance keep at a step; that of Keras is 0.99, which wants many steps',
      ),
    epsilon: z.number().positive().default(1e-3),
  }),
  keepsSteps: true,
  noPadding: true,
  output: (_settings, input) => (input.length === 0 ? wants('an axis or more', input) : input),
  weights: (_settings, input) => [
    bias('scale', input.at(-1)!, 'ones'),
    bias('shift', input.at(-1)!),
    { ...bias('moving mean', input.at(-1)!), moving: true },
    { ...bias('moving variance', input.at(-1)!, 'ones'), moving: true },
  ],
  apply: (tf, { momentum, epsilon }, x, { weights: [scale, shift, mean, variance], move }) => {
    if (!move)
      return x
        .sub(mean!)
        .mul(variance!.add(tf.scalar(epsilon)).rsqrt())
        .mul(scale!)
        .add(shift!);
    const flat = x.reshape([-1, x.shape.at(-1)!]);
    const [center, spread] = momentsOf(flat);
    move(2, moved(tf, mean!, center, momentum));
    move(3, moved(tf, variance!, spread, momentum));
    return standardised(tf, flat, epsilon).mul(scale!).add(shift!).reshape(x.shape);
  },
});

const momentsOf = (flat: Tensor): [mean: Tensor, variance: Tensor] => {
  const mean = flat.mean(0);
  return [mean, flat.sub(mean).square().mean(0)];
};

const moved = (tf: Tensorflow, before: Tensor, now: Tensor, momentum: number): Tensor =>
  before.mul(tf.scalar(momentum)).add(now.mul(tf.scalar(1 - momentum)));

/** Its gradient is written out: a third of the operations of automatic differentiation. */
function standardised(tf: Tensorflow, flat: Tensor, epsilon: number): Tensor {
  const custom = tf.customGrad((...given: (Tensor | GradSaveFunc)[]) => {
    const [rows, save] = given as [Tensor, GradSaveFunc];
    const [mean, variance] = momentsOf(rows);
    const root = variance.add(tf.scalar(epsilon)).rsqrt();
    const value = rows.sub(mean).mul(root);
    save([value, root]);
    const gradFunc = (dy: Tensor, [made, by]: Tensor[]): Tensor =>
      dy
        .sub(dy.mean(0))
        .sub(made!.mul(dy.mul(made!).mean(0)))
        .mul(by!);
    return { value, gradFunc };
  });
  return custom(flat);
}
