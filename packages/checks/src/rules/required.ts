import { sql } from '@trainyard/tables/sql';
import { z } from 'zod';
import { columnOf } from '../cells.js';
import { ruleKind } from '../rule-kind.js';

/** No cell is missing. NaN and infinite are values: `finite` asks about them. */
export const required = ruleKind({
  name: 'required',
  title: 'no cell of the column is missing',
  params: { column: z.string() },
  columns: ({ column }) => [column],
  compile({ column }, table) {
    const cell = table.cell(columnOf(table, column).name);
    return {
      sort: 'rows',
      looks: sql`true`,
      failing: sql`${cell} IS NULL`,
      shown: sql`NULL`,
      expected: 'a value; none may be missing',
    };
  },
});
