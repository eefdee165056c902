import type { Tensor } from '@tensorflow/tfjs-core';
import { z } from 'zod';
import type { Tensorflow } from '../../kit/tensorflow.js';
import { layerKind, wants } from './layer.js';

/** Augmentation: in training each picture `[height, width, channels]` is moved by some pixels; what is uncovered is 0. */
export const shift = layerKind({
  name: 'shift',
  settings: z.strictObject({
    layer: z.literal('shift'),
    pixels: z.number().int().min(1).max(64).default(2).describe('at most'),
  }),
  output: (_settings, input) => (input.length === 3 ? input : wants('[height, width, channels]', input)),
  draws: () => [{ width: 2 }],
  apply: (tf, { pixels }, x, { input, draws }) => {
    if (!draws) return x;
    const [height, width, channels] = input as [number, number, number];
    const by = draws[0]!
      .mul(tf.scalar(2 * pixels + 1))
      .floor()
      .sub(tf.scalar(pixels));
    const down = moves(tf, height, by.slice([0, 0], [-1, 1]));
    const right = moves(tf, width, by.slice([0, 1], [-1, 1]));
    const rows = tf.matMul(down, x.reshape([-1, height, width * channels])).reshape([-1, height, width, channels]);
    const columns = rows.transpose([0, 2, 1, 3]).reshape([-1, width, height * channels]);
    return tf.matMul(right, columns).reshape([-1, width, height, channels]).transpose([0, 2, 1, 3]);
  },
});

/** For each row the matrix `[size, size]` that moves by so many places: 1 where the place less the source is that. */
function moves(tf: Tensorflow, size: number, by: Tensor): Tensor {
  const places = Float32Array.from({ length: size * size }, (_, i) => Math.floor(i / size) - (i % size));
  return tf.equal(tf.tensor(places, [1, size, size]), by.reshape([-1, 1, 1])).toFloat();
}
