import type { Tensor4D } from '@tensorflow/tfjs-core';
import { z } from 'zod';
import { layerKind, wants } from './layer.js';

/** The largest or the mean of each square of pixels. What is left over at the edges is left out. */
export const pool2d = layerKind({
  name: 'pool2d',
  settings: z.strictObject({
    layer: z.literal('pool2d'),
    of: z.enum(['max', 'mean']).default('max'),
    size: z.number().int().min(2).max(31).default(2),
  }),
  output: ({ size }, input) => {
    if (input.length !== 3) return wants('[height, width, channels]', input);
    const [height, width] = [Math.floor(input[0]! / size), Math.floor(input[1]! / size)];
    return height < 1 || width < 1 ? wants(`${size} by ${size} pixels or more`, input) : [height, width, input[2]!];
  },
  apply: (tf, { of, size }, x) =>
    of === 'max' ? tf.maxPool(x as Tensor4D, size, size, 'valid') : tf.avgPool(x as Tensor4D, size, size, 'valid'),
});
