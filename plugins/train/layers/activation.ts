import { z } from 'zod';
import { activated, activation as names, layerKind } from './layer.js';

/** An activation by itself, of each number. */
export const activation = layerKind({
  name: 'activation',
  settings: z.strictObject({ layer: z.literal('activation'), of: names }),
  keepsSteps: true,
  output: (_settings, input) => input,
  apply: (tf, { of }, x) => activated(tf, of, x),
});
