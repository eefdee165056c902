import { z } from 'zod';
import { layerKind, sizeOf } from './layer.js';

/** Leaves values out of each training step (Srivastava et al. 2014). */
export const dropout = layerKind({
  name: 'dropout',
  settings: z.strictObject({ layer: z.literal('dropout'), share: z.number().min(0).max(0.95).default(0.3) }),
  keepsSteps: true,
  output: (_settings, input) => input,
  draws: ({ share }, input) => (share === 0 ? [] : [{ width: sizeOf(input), dropped: share }]),
  apply: (_tf, _settings, x, { draws }) => (draws?.[0] ? x.mul(draws[0].reshape(x.shape)) : x),
});
