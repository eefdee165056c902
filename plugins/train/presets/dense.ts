import { z } from 'zod';
import { activation } from '../layers/index.js';
import { preset } from './preset.js';

/** Numbers of a row, and vectors of its categories where the transform gives codes: dense layers, normalised where that is asked. */
export const dense = preset({
  name: 'dense',
  settings: z.strictObject({
    preset: z.literal('dense'),
    units: z.array(z.number().int().min(1).max(8192)).min(1).max(16).default([64, 32]).describe('of each layer'),
    activation: activation.default('relu'),
    normalise: z.enum(['none', 'batch', 'layer']).default('none').describe('before each activation'),
    dropout: z.number().min(0).max(0.95).default(0).describe('behind each layer'),
    vector: z.number().int().min(1).max(512).default(8).describe('numbers that stand for a category'),
    unknown: z
      .number()
      .min(0)
      .max(0.5)
      .default(0.02)
      .describe('share of categories that count as unknown in training, so that unknown ones are learned'),
  }),
  layers: ({ units, activation: of, normalise, dropout, vector, unknown }, _input, codes) => [
    ...(codes.length === 0 ? [] : [{ layer: 'categories' as const, columns: [...codes], units: vector, unknown }]),
    ...units.flatMap((size) => [
      ...(normalise === 'none'
        ? [{ layer: 'dense' as const, units: size, activation: of }]
        : [
            { layer: 'dense' as const, units: size, activation: 'linear' as const },
            normalise === 'batch' ? { layer: 'batchNorm' as const } : { layer: 'layerNorm' as const },
            { layer: 'activation' as const, of },
          ]),
      ...(dropout === 0 ? [] : [{ layer: 'dropout' as const, share: dropout }]),
    ]),
  ],
});
