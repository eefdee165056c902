import { z } from 'zod';
import { bias, layerKind, wants } from './layer.js';

/** x · scale + shift for each number of the last axis, both learned: what batch normalisation is when served. */
export const scale = layerKind({
  name: 'scale',
  settings: z.strictObject({ layer: z.literal('scale') }),
  keepsSteps: true,
  output: (_settings, input) => (input.length === 0 ? wants('an axis or more', input) : input),
  weights: (_settings, input) => [bias('scale', input.at(-1)!, 'ones'), bias('shift', input.at(-1)!)],
  apply: (_tf, _settings, x, { weights: [by, to] }) => x.mul(by!).add(to!),
});
