import { z } from 'zod';
import { layerKind, wants } from './layer.js';

/** Adds to each step of `[steps, channels]` a vector of its own that is learned: attention alone knows no order. */
export const positions = layerKind({
  name: 'positions',
  settings: z.strictObject({ layer: z.literal('positions') }),
  keepsSteps: true,
  output: (_settings, input) => (input.length !== 2 ? wants('[steps, channels]', input) : input),
  weights: (_settings, input) => [{ name: 'vectors', shape: input, initial: 'uniform', penalised: false }],
  apply: (_tf, _settings, x, { weights: [vectors] }) => x.add(vectors!),
});
