import { z } from 'zod';
import { layerKind, sizeOf } from './layer.js';

/** Augmentation: adds uniform noise in training. */
export const noise = layerKind({
  name: 'noise',
  settings: z.strictObject({ layer: z.literal('noise'), size: z.number().positive().default(0.1).describe('at most') }),
  keepsSteps: true,
  output: (_settings, input) => input,
  draws: (_settings, input) => [{ width: sizeOf(input) }],
  apply: (tf, { size }, x, { draws }) =>
    draws
      ? x.add(
          draws[0]!
            .reshape(x.shape)
            .mul(tf.scalar(2 * size))
            .sub(tf.scalar(size)),
        )
      : x,
});
