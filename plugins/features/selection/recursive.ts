import { z } from 'zod';
import { selectorOf } from './contract.js';
import { eliminate, size } from './eliminate.js';

/** All features at first, then the one less whose weights are least (I. Guyon et al., 2002): least squares on a sample, features standardised. */
export const recursive = selectorOf({
  schema: z.strictObject({ by: z.literal('recursive'), most: z.int().min(1).describe('features that are left') }),
  needsLabel: true,
  async select({ most }, features, candidates) {
    return eliminate(await candidates.sample(), features, most, size);
  },
});
