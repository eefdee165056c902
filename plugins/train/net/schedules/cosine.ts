import { z } from 'zod';
import { scheduleKind } from './schedule.js';

/** The rate falls along half a cosine (Loshchilov and Hutter 2017, without restarts) to `floor` at the last step. */
export const cosine = scheduleKind({
  name: 'cosine',
  settings: z.strictObject({
    name: z.literal('cosine'),
    floor: z.number().min(0).max(1).default(0).describe('share of the rate that is left at the end'),
  }),
  whole: true,
  factor: ({ floor }, { step, total }) =>
    floor + (1 - floor) * 0.5 * (1 + Math.cos(Math.PI * Math.min(1, step / Math.max(1, total)))),
});
