import { z } from 'zod';
import { layerKind, wants } from './layer.js';

/** Augmentation: in training every other picture `[height, width, channels]`, by chance, is its mirror image. */
export const flip = layerKind({
  name: 'flip',
  settings: z.strictObject({ layer: z.literal('flip') }),
  output: (_settings, input) => (input.length === 3 ? input : wants('[height, width, channels]', input)),
  draws: () => [{ width: 1 }],
  apply: (tf, _settings, x, { draws }) => {
    if (!draws) return x;
    const mirrored = draws[0]!.less(tf.scalar(0.5)).toFloat().reshape([-1, 1, 1, 1]);
    return x.mul(tf.scalar(1).sub(mirrored)).add(tf.reverse(x, 2).mul(mirrored));
  },
});
