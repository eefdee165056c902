import { finite, id, sql } from '@trainyard/tables/sql';
import { z } from 'zod';
import { requireNumbers } from '../refusals.js';
import { featureKind } from './contract.js';

const schema = z.strictObject({
  column: z.string(),
  period: z.number().positive().describe('after this much it begins again: 7 for weekdays, 12 for months'),
  start: z.number().default(0).describe('where it begins: 1 for weekdays and months'),
});

/** What goes round: sine and cosine, so that December is beside January. */
export const cyclic = featureKind({
  list: 'cyclic',
  schema,
  sole: false,
  check: (_, column) => requireNumbers(column, 'cyclic'),
  async fit({ column, period, start }, _, lesson) {
    const present = await lesson.number(sql`count(${finite(id(column))})`);
    return {
      steps: [{ kind: 'cyclic', column, period, start }],
      how: 'cyclic',
      learnt: 'nothing',
      missing: lesson.rows - present,
      ifMissing: 'both 0',
      ifUnknown: 'any number is taken',
    };
  },
});
