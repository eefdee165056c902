import { UNIT_MS, type TimeUnit } from '@trainyard/transforms';
import { z } from 'zod';
import { requireTimes } from '../refusals.js';
import { derivationOf } from './contract.js';

const end = z
  .union([z.strictObject({ column: z.string() }), z.strictObject({ time: z.iso.datetime() })])
  .describe('a column of dates or timestamps, or one time for all rows, as 2024-01-01T00:00:00Z: never the clock');

/** Time from one to the other, such as an age. */
export const elapsed = derivationOf({
  schema: z.strictObject({
    kind: z.literal('elapsed'),
    name: z.string(),
    from: end,
    to: end,
    unit: z.enum(Object.keys(UNIT_MS) as [TimeUnit, ...TimeUnit[]]).default('days'),
  }),
  reads: ({ from, to }) => [from, to].flatMap((one) => ('column' in one ? [one.column] : [])),
  check: (_, columns) => columns.forEach((column) => requireTimes(column, 'derive')),
  step: (given) => given,
});
