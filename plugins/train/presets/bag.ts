import { z } from 'zod';
import { preset } from './preset.js';

/** Codes whose order does not matter: the mean of their vectors, and a dense layer behind it. */
export const bag = preset({
  name: 'bag',
  settings: z.strictObject({
    preset: z.literal('bag'),
    units: z.number().int().min(1).max(2048).default(64),
    codes: z.number().int().min(1).optional().describe('steps are whole numbers below this, such as words'),
    dropout: z.number().min(0).max(0.95).default(0.3),
  }),
  layers: ({ units, codes, dropout }) => [
    ...(codes === undefined ? [] : [{ layer: 'embedding' as const, codes, units }]),
    { layer: 'pool' as const },
    { layer: 'dropout' as const, share: dropout },
    { layer: 'dense' as const, units },
  ],
});
