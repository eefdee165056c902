import { TEXT_MEASURES, type TextMeasure } from '@trainyard/transforms';
import { z } from 'zod';
import { requireText } from '../refusals.js';
import { derivationOf } from './contract.js';

/** How many characters, words or digits a text has. */
export const length = derivationOf({
  schema: z.strictObject({
    kind: z.literal('length'),
    name: z.string(),
    column: z.string(),
    of: z.enum(Object.keys(TEXT_MEASURES) as [TextMeasure, ...TextMeasure[]]).default('characters'),
  }),
  reads: ({ column }) => [column],
  check: (_, columns) => columns.forEach((column) => requireText(column, 'derive')),
  step: ({ name, column, of }) => ({ kind: 'text measure', name, column, measure: of }),
});
