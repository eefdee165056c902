import { z } from 'zod';
import { scheduleKind } from './schedule.js';

/** The rate is multiplied by `factor` over each epoch, a little at every step. */
export const exponential = scheduleKind({
  name: 'exponential',
  settings: z.strictObject({
    name: z.literal('exponential'),
    factor: z.number().gt(0).max(1).default(0.95).describe('by which an epoch multiplies the rate'),
  }),
  factor: ({ factor }, { step, perEpoch }) => factor ** (step / perEpoch),
});
