import type { Tensor4D } from '@tensorflow/tfjs-core';
import { z } from 'zod';
import { activated, activation, bias, layerKind, units, wants } from './layer.js';

/** Convolution over `[height, width, channels]`. */
export const conv2d = layerKind({
  name: 'conv2d',
  settings: z.strictObject({
    layer: z.literal('conv2d'),
    filters: units,
    size: z.number().int().min(1).max(31).default(3),
    stride: z.number().int().min(1).max(31).default(1),
    padding: z.enum(['same', 'valid']).default('same'),
    activation: activation.default('relu'),
  }),
  output: ({ filters, size, stride, padding }, input) => {
    if (input.length !== 3) return wants('[height, width, channels]', input);
    const along = (length: number): number => Math.ceil((padding === 'same' ? length : length - size + 1) / stride);
    const [height, width] = [along(input[0]!), along(input[1]!)];
    return height < 1 || width < 1 ? wants(`${size} by ${size} pixels or more`, input) : [height, width, filters];
  },
  weights: ({ filters, size }, input) => [
    {
      name: 'kernel',
      shape: [size, size, input[2]!, filters],
      initial: 'glorot',
      fans: [size * size * input[2]!, size * size * filters],
      penalised: true,
    },
    bias('bias', filters),
  ],
  apply: (tf, { stride, padding, activation: name }, x, { weights: [w, b] }) =>
    activated(tf, name, tf.conv2d(x as Tensor4D, w as Tensor4D, stride, padding).add(b!)),
});
