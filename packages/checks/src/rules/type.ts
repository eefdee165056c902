import { sql } from '@trainyard/tables/sql';
import { COLUMN_TYPES } from '@trainyard/tables/schema';
import { z } from 'zod';
import { columnOf } from '../cells.js';
import { ruleKind } from '../rule-kind.js';

/** The column is there and holds this type. Whole numbers are numbers, too; the reverse does not hold. */
export const type = ruleKind({
  name: 'type',
  title: 'the column is there and holds this type',
  params: { column: z.string(), type: z.enum(COLUMN_TYPES) },
  columns: ({ column }) => [column],
  absent: 'fails',
  compile({ column, type: wanted }, table) {
    const found = table.columns.find(({ name }) => name === column);
    const well = found !== undefined && (found.type === wanted || (wanted === 'number' && found.type === 'integer'));
    return {
      sort: 'figures',
      looks: sql`true`,
      figures: {},
      judge: () => ({ well, actual: found === undefined ? 'no such column' : columnOf(table, column).type }),
      expected: `a column of ${wanted}`,
    };
  },
});
