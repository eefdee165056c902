import { z } from 'zod';
import { layerKind, sizeOf } from './layer.js';

/** All numbers of a row in one axis. */
export const flatten = layerKind({
  name: 'flatten',
  settings: z.strictObject({ layer: z.literal('flatten') }),
  output: (_settings, input) => [sizeOf(input)],
  apply: (_tf, _settings, x, { input }) => x.reshape([-1, sizeOf(input)]),
});
