import { z } from 'zod';
import { encoderOf } from './contract.js';

const SAID = { feature: 'a feature of its own', zeros: 'no feature is 1' } as const;

/** One feature for each value. */
export const oneHot = encoderOf({
  schema: z.strictObject({ by: z.literal('one-hot') }),
  needsLabel: false,
  features: true,
  async encode(_, { column, counts, kept, mode, missing, unknown }) {
    const way = missing === 'auto' ? (counts.missing > 0 ? 'feature' : 'zeros') : missing;
    const other = unknown === 'auto' ? (kept.length < counts.counts.size ? 'feature' : 'zeros') : unknown;
    return {
      step: {
        kind: 'categorical',
        column,
        categories: kept,
        ...(way === 'mode' ? { missing: 'fill', fill: mode } : { missing: way }),
        unknown: other,
      },
      how: 'one-hot',
      learnt: `${kept.length} of ${counts.counts.size} values`,
      ifMissing: way === 'mode' ? `as "${mode}"` : SAID[way],
      ifUnknown: SAID[other],
    };
  },
});
