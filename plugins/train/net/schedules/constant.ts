import { z } from 'zod';
import { scheduleKind } from './schedule.js';

/** The rate stays as it is. */
export const constant = scheduleKind({
  name: 'constant',
  settings: z.strictObject({ name: z.literal('constant') }),
  factor: () => 1,
});
