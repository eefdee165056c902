import { sql, type Sql } from '@trainyard/tables/sql';
import type { ColumnType } from '@trainyard/tables/schema';
import { z } from 'zod';
import { columnOf, present } from '../cells.js';
import { DidNotRun, ruleKind } from '../rule-kind.js';

const OPERATORS = ['<', '<=', '=', '!=', '>=', '>'] as const;
const AS_SQL: Readonly<Record<(typeof OPERATORS)[number], Sql>> = {
  '<': sql`<`,
  '<=': sql`<=`,
  '=': sql`=`,
  '!=': sql`<>`,
  '>=': sql`>=`,
  '>': sql`>`,
};
const isNumber = (type: ColumnType): boolean => type === 'number' || type === 'integer';
const isTime = (type: ColumnType): boolean => type === 'date' || type === 'timestamp';

/** Two columns of a row stand to each other as said. Rows that lack one are skipped; NaN compares with nothing, so it breaks the rule. */
export const compare = ruleKind({
  name: 'compare',
  title: 'two columns of a row stand to each other as said; rows that lack one are skipped',
  params: { column: z.string(), is: z.enum(OPERATORS), to: z.string().describe('the other column') },
  columns: ({ column, to }) => [column, to],
  compile({ column, is, to }, table) {
    const types = [columnOf(table, column).type, columnOf(table, to).type] as const;
    const [one, other] = types;
    if (one !== other && !types.every(isNumber) && !types.every(isTime))
      throw new DidNotRun(`"${column}" holds ${one} and "${to}" ${other}, which do not compare`);
    const [a, b] = [table.cell(column), table.cell(to)];
    const nan = [a, b].filter((_, i) => types[i] === 'number').map((cell) => sql`isnan(${cell})`);
    const holds = sql`(${a} ${AS_SQL[is]} ${b})`;
    return {
      sort: 'rows',
      looks: present([a, b]),
      failing: nan.reduce((all, part) => sql`${all} OR ${part}`, sql`NOT ${holds}`),
      shown: sql`(${a}::VARCHAR || ' and ' || ${b}::VARCHAR)`,
      expected: `${column} ${is} ${to}`,
    };
  },
});
