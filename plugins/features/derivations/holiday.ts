import { z } from 'zod';
import { requireTimes } from '../refusals.js';
import { derivationOf } from './contract.js';

/** Whether a date is one of the days that the recipe lists. */
export const holiday = derivationOf({
  schema: z.strictObject({
    kind: z.literal('holiday'),
    name: z.string(),
    column: z.string(),
    days: z.array(z.iso.date()).min(1).describe('as 2024-12-25'),
  }),
  reads: ({ column }) => [column],
  check: (_, columns) => columns.forEach((column) => requireTimes(column, 'derive')),
  step: ({ days, ...given }) => ({ ...given, days: [...new Set(days)].sort() }),
});
