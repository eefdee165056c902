import { z } from 'zod';
import { preset } from './preset.js';

/** Sequences `[steps, channels]`, or `[steps]` of whole numbers with `codes`: an LSTM or a GRU and what it says in the end. */
export const recurrent = preset({
  name: 'recurrent',
  settings: z.strictObject({
    preset: z.literal('recurrent'),
    cell: z.enum(['lstm', 'gru']).default('lstm'),
    units: z.number().int().min(1).max(2048).default(32),
    codes: z.number().int().min(1).optional().describe('steps are whole numbers below this, such as words'),
    dropout: z.number().min(0).max(0.95).default(0.2),
  }),
  layers: ({ cell, units, codes, dropout }) => [
    ...(codes === undefined ? [] : [{ layer: 'embedding' as const, codes, units }]),
    { layer: cell, units },
    { layer: 'dropout' as const, share: dropout },
  ],
});
