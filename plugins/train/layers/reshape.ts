import { z } from 'zod';
import { layerKind, sizeOf, wants } from './layer.js';

/** The same numbers in other axes. */
export const reshape = layerKind({
  name: 'reshape',
  settings: z.strictObject({ layer: z.literal('reshape'), to: z.array(z.number().int().min(1)).min(1).max(3) }),
  output: ({ to }, input) => (sizeOf(to) === sizeOf(input) ? to : wants(`${sizeOf(to)} numbers`, input)),
  apply: (_tf, { to }, x) => x.reshape([-1, ...to]),
});
