import { z } from 'zod';
import { layerKind, wants } from './layer.js';

/** Each vector of the last axis at length 1: its cosine with another is then their product. A vector of zeros stays. */
export const unitNorm = layerKind({
  name: 'unitNorm',
  settings: z.strictObject({ layer: z.literal('unitNorm') }),
  keepsSteps: true,
  output: (_settings, input) => (input.length === 0 ? wants('an axis or more', input) : input),
  apply: (tf, _settings, x) => x.mul(x.square().sum(-1, true).maximum(tf.scalar(1e-24)).rsqrt()),
});
