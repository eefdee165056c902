import { z } from 'zod';
import { preset } from './preset.js';

/** Sequences as for `recurrent`: a Transformer's encoder, normalised before each part (Xiong et al. 2020), and the mean over steps. */
export const transformer = preset({
  name: 'transformer',
  settings: z.strictObject({
    preset: z.literal('transformer'),
    units: z.number().int().min(1).max(2048).default(32).describe('of each step: a multiple of heads'),
    heads: z.number().int().min(1).max(64).default(4),
    blocks: z.number().int().min(1).max(12).default(2),
    codes: z.number().int().min(1).optional().describe('steps are whole numbers below this, such as words'),
    dropout: z.number().min(0).max(0.95).default(0.1),
  }),
  layers: ({ units, heads, blocks, codes, dropout }) => [
    codes === undefined
      ? { layer: 'dense' as const, units, activation: 'linear' as const }
      : { layer: 'embedding' as const, codes, units },
    { layer: 'positions' as const },
    ...Array.from({ length: blocks }, () => [
      {
        layer: 'residual' as const,
        of: [
          { layer: 'layerNorm' as const },
          { layer: 'attention' as const, heads },
          { layer: 'dropout' as const, share: dropout },
        ],
      },
      {
        layer: 'residual' as const,
        of: [
          { layer: 'layerNorm' as const },
          { layer: 'dense' as const, units: 2 * units, activation: 'gelu' as const },
          { layer: 'dense' as const, units, activation: 'linear' as const },
          { layer: 'dropout' as const, share: dropout },
        ],
      },
    ]).flat(),
    { layer: 'layerNorm' as const },
    { layer: 'pool' as const },
  ],
});
