import { z } from 'zod';

/**
 * What becomes of rows that break a rule: up to the limit they are left out and kept in quarantine; over it the run stops
 * with five examples, or waits for a person, who releases the rows or rejects them.
 */
export const bad = z.strictObject({
  limit: z
    .number()
    .min(0)
    .refine((limit) => limit < 1 || Number.isInteger(limit), 'a share below 1, or a whole number of rows')
    .describe('most rows that may be dropped: a share of the rows below 1, a count from 1 on; 0 allows none'),
  over: z
    .enum(['stop', 'hold'])
    .default('stop')
    .describe('over the limit: the run stops, or waits for a person who releases or rejects the rows'),
});
export type Bad = z.output<typeof bad>;
export type BadInput = z.input<typeof bad>;
