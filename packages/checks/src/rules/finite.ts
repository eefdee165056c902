import { sql } from '@trainyard/tables/sql';
import { z } from 'zod';
import { columnOf, present } from '../cells.js';
import { ruleKind } from '../rule-kind.js';

/** Neither NaN nor infinite. Missing is another thing: `required` asks about it. */
export const finite = ruleKind({
  name: 'finite',
  title: 'no value is NaN or infinite; missing cells are skipped',
  params: { column: z.string() },
  columns: ({ column }) => [column],
  compile({ column }, table) {
    columnOf(table, column, ['number', 'integer']);
    const cell = table.cell(column);
    return {
      sort: 'rows',
      looks: present([cell]),
      failing: sql`NOT isfinite(${cell}::DOUBLE)`,
      shown: sql`${cell}::VARCHAR`,
      expected: 'a finite number',
    };
  },
});
