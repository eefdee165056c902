import { z } from 'zod';
import { encoderOf } from './contract.js';
import { lookupTable, sayNumbers } from './lookup.js';

/** The share of training rows that have the value. */
export const frequency = encoderOf({
  schema: z.strictObject({ by: z.literal('frequency') }),
  needsLabel: false,
  features: false,
  async encode(_, given) {
    const { column, counts, kept, lesson } = given;
    const share = (count: number): readonly number[] => [count / lesson.rows];
    const all = lookupTable(given, (value) => share(counts.counts.get(value) ?? 0), share(counts.missing), [0]);
    return {
      step: { kind: 'lookup', column, names: [`share of ${column}`], keys: kept, all },
      how: 'frequency',
      learnt: `shares of ${kept.length} values`,
      ifMissing: sayNumbers(all.missing),
      ifUnknown: sayNumbers(all.unknown),
    };
  },
});
