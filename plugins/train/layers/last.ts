import { z } from 'zod';
import { layerKind, wants } from './layer.js';

/** The last step of `[steps, channels]`. */
export const last = layerKind({
  name: 'last',
  settings: z.strictObject({ layer: z.literal('last') }),
  noPadding: true,
  output: (_settings, input) => (input.length === 2 ? [input[1]!] : wants('[steps, channels]', input)),
  apply: (_tf, _settings, x, { input }) => {
    const [steps, channels] = input as [number, number];
    return x.slice([0, steps - 1, 0], [-1, 1, -1]).reshape([-1, channels]);
  },
});
