import { sql } from '@trainyard/tables/sql';
import { z } from 'zod';
import { ruleKind } from '../rule-kind.js';

/** The table has so many rows. */
export const rows = ruleKind({
  name: 'rows',
  title: 'the table has so many rows',
  params: { min: z.int().min(0).optional(), max: z.int().min(0).optional() },
  columns: () => [],
  compile({ min, max }) {
    const said = [min === undefined ? '' : `at least ${min}`, max === undefined ? '' : `at most ${max}`].filter(
      Boolean,
    );
    return {
      sort: 'figures',
      looks: sql`true`,
      figures: { rows: sql`count(*)` },
      judge: ({ rows: found }) => ({
        well: Number(found) >= (min ?? 0) && Number(found) <= (max ?? Infinity),
        actual: `${found} rows`,
      }),
      expected: `${said.join(' and ') || 'any number of'} rows`,
    };
  },
});
