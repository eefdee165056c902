import { CALENDAR_PARTS, type CalendarPart } from '@trainyard/transforms';
import { z } from 'zod';
import { requireTimes } from '../refusals.js';
import { derivationOf } from './contract.js';

/** A part of a date or time, in UTC. */
export const calendar = derivationOf({
  schema: z.strictObject({
    kind: z.literal('calendar'),
    name: z.string(),
    column: z.string(),
    part: z
      .enum(Object.keys(CALENDAR_PARTS) as [CalendarPart, ...CalendarPart[]])
      .describe('weekdays count from Monday, 1'),
  }),
  reads: ({ column }) => [column],
  check: (_, columns) => columns.forEach((column) => requireTimes(column, 'derive')),
  step: (given) => given,
});
