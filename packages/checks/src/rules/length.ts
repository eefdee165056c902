import { sql } from '@trainyard/tables/sql';
import { z } from 'zod';
import { columnOf, outside, present } from '../cells.js';
import { ruleKind } from '../rule-kind.js';

/** Texts of so many characters (Unicode code points). */
export const length = ruleKind({
  name: 'length',
  title: 'texts of so many characters; missing cells are skipped',
  params: { column: z.string(), min: z.int().min(0).optional(), max: z.int().min(0).optional() },
  columns: ({ column }) => [column],
  compile({ column, min, max }, table) {
    columnOf(table, column, ['text']);
    const cell = table.cell(column);
    const asked = [min, max].map((one) => (one === undefined ? undefined : sql`${BigInt(one)}`));
    const said = [min === undefined ? '' : `at least ${min}`, max === undefined ? '' : `at most ${max}`].filter(
      Boolean,
    );
    return {
      sort: 'rows',
      looks: present([cell]),
      failing: outside(sql`length(${cell})`, 'integer', asked[0], asked[1]),
      shown: cell,
      expected: `${said.join(' and ') || 'any number of'} characters`,
    };
  },
});
