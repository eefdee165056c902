import { z } from 'zod';
import { power } from '../optimisers/index.js';
import { scheduleKind } from './schedule.js';

/** The rate is multiplied by `factor` once every so many epochs. */
export const step = scheduleKind({
  name: 'step',
  settings: z.strictObject({
    name: z.literal('step'),
    every: z.number().int().min(1).default(30).describe('epochs between two falls'),
    factor: z.number().gt(0).max(1).default(0.1).describe('by which a fall multiplies the rate'),
  }),
  factor: ({ every, factor }, { step: done, perEpoch }) => power(factor, Math.floor(done / (every * perEpoch))),
});
