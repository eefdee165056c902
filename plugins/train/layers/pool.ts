import { z } from 'zod';
import { layerKind, wants } from './layer.js';

/** The mean or the largest over all axes but the last: one vector for a picture or a sequence. */
export const pool = layerKind({
  name: 'pool',
  settings: z.strictObject({ layer: z.literal('pool'), of: z.enum(['mean', 'max']).default('mean') }),
  output: (_settings, input) => (input.length < 2 ? wants('two axes or more', input) : [input.at(-1)!]),
  apply: (_tf, { of }, x, { input }) => {
    const flat = x.reshape([-1, input.slice(0, -1).reduce((a, b) => a * b, 1), input.at(-1)!]);
    return of === 'mean' ? flat.mean(1) : flat.max(1);
  },
});
