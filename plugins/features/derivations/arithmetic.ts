import { OPERATIONS, type OperationName } from '@trainyard/transforms';
import { z } from 'zod';
import { requireNumbers } from '../refusals.js';
import { derivationOf } from './contract.js';

/** Of two columns of numbers; missing where one is, and a ratio where the second is 0. */
export const arithmetic = derivationOf({
  schema: z.strictObject({
    kind: z.literal('arithmetic'),
    name: z.string(),
    operation: z.enum(Object.keys(OPERATIONS) as [OperationName, ...OperationName[]]),
    a: z.string(),
    b: z.string(),
  }),
  reads: ({ a, b }) => [a, b],
  check: (_, columns) => columns.forEach((column) => requireNumbers(column, 'derive')),
  step: (given) => given,
});
