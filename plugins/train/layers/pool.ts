import { z } from 'zod';
import { layerKind, wants } from './layer.js';

/** The mean or the largest over all axes but the last: one vector for a picture or a sequence. Padding is left out. */
export const pool = layerKind({
  name: 'pool',
  settings: z.strictObject({ layer: z.literal('pool'), of: z.enum(['mean', 'max']).default('mean') }),
  output: (_settings, input) => (input.length < 2 ? wants('two axes or more', input) : [input.at(-1)!]),
  apply: (tf, { of }, x, { input, mask }) => {
    if (mask && input.length === 2) {
      const here = mask.reshape([-1, input[0]!, 1]);
      // A text without a word has the mean and the largest 0.
      if (of === 'mean')
        return x
          .mul(here)
          .sum(1)
          .div(mask.sum(1, true).maximum(tf.scalar(1)));
      const largest = x.add(here.sub(tf.scalar(1)).mul(tf.scalar(1e9))).max(1);
      return largest.mul(mask.max(1, true));
    }
    const flat = x.reshape([-1, input.slice(0, -1).reduce((a, b) => a * b, 1), input.at(-1)!]);
    return of === 'mean' ? flat.mean(1) : flat.max(1);
  },
});
