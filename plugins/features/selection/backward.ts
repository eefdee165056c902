import { z } from 'zod';
import { selectorOf } from './contract.js';
import { eliminate, loss } from './eliminate.js';

/** All features at first, then the one less whose loss explains least of the label: least squares on a sample. */
export const backward = selectorOf({
  schema: z.strictObject({ by: z.literal('backward'), most: z.int().min(1).describe('features that are left') }),
  needsLabel: true,
  async select({ most }, features, candidates) {
    return eliminate(await candidates.sample(), features, most, loss);
  },
});
