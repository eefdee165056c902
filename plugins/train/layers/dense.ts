import { z } from 'zod';
import { activated, activation, affine, bias, kernel, layerKind, units, wants } from './layer.js';

/** Every number of the last axis from every other: activation(x · kernel + bias). */
export const dense = layerKind({
  name: 'dense',
  settings: z.strictObject({ layer: z.literal('dense'), units, activation: activation.default('relu') }),
  keepsSteps: true,
  output: ({ units: size }, input) =>
    input.length === 0 ? wants('an axis or more', input) : [...input.slice(0, -1), size],
  weights: ({ units: size }, input) => [kernel('kernel', input.at(-1)!, size), bias('bias', size)],
  apply: (tf, { activation: name }, x, { weights: [w, b] }) => activated(tf, name, affine(tf, x, w!, b)),
});
