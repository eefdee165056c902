import type { Tensor } from '@tensorflow/tfjs-core';
import { z } from 'zod';
import { activated, activation, affine, bias, layerKind, units, wants } from './layer.js';

/**
 * Convolution over `[steps, channels]` that looks back alone: a step takes itself and `size` − 1 before it, `dilation` apart; before the
 * first there are zeros (Bai, Kolter and Koltun 2018).
 */
export const conv1d = layerKind({
  name: 'conv1d',
  settings: z.strictObject({
    layer: z.literal('conv1d'),
    filters: units,
    size: z.number().int().min(1).max(64).default(3),
    dilation: z.number().int().min(1).max(4096).default(1),
    activation: activation.default('relu'),
  }),
  keepsSteps: true,
  noPadding: true,
  output: ({ filters }, input) => (input.length === 2 ? [input[0]!, filters] : wants('[steps, channels]', input)),
  weights: ({ filters, size }, input) => [
    {
      name: 'kernel',
      shape: [size, input[1]!, filters],
      initial: 'glorot',
      fans: [size * input[1]!, size * filters],
      penalised: true,
    },
    bias('bias', filters),
  ],
  apply: (tf, { filters, size, dilation, activation: name }, x, { input, weights: [w, b] }) => {
    const [steps, channels] = input as [number, number];
    // TensorFlow.js has no gradient of a convolution with dilation: what each step looks at stands side by side, and one product follows.
    const seen = Array.from({ length: size }, (_, k): Tensor => {
      const back = (size - 1 - k) * dilation;
      if (back === 0) return x;
      if (back >= steps) return x.zerosLike();
      const before = x.slice([0, 0, 0], [-1, back, -1]).zerosLike();
      return tf.concat([before, x.slice([0, 0, 0], [-1, steps - back, -1])], 1);
    });
    const kernel = w!.reshape([size * channels, filters]);
    return activated(tf, name, affine(tf, size === 1 ? x : tf.concat(seen, 2), kernel, b));
  },
});
