import { z } from 'zod';

const averages = z.object({ micro: z.number(), macro: z.number(), weighted: z.number() });

/** Shape of a classifier's figures as they travel in values: what `f1.macro` and the like are read from. */
export const figuresSchema = z.object({
  n: z.number().int(),
  accuracy: z.number(),
  balancedAccuracy: z.number(),
  f1: averages,
  precision: averages,
  recall: averages,
  logLoss: z.number(),
  brier: z.number(),
  rocAuc: z.number().nullable(),
  matthews: z.number(),
  kappa: z.number().nullable(),
  calibrationError: z.number(),
});
