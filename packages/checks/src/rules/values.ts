import { join, sql } from '@trainyard/tables/sql';
import { z } from 'zod';
import { columnOf, present, sayFew } from '../cells.js';
import { DidNotRun, ruleKind } from '../rule-kind.js';

/** Only these values. */
export const values = ruleKind({
  name: 'values',
  title: 'only these values; missing cells are skipped',
  params: { column: z.string(), values: z.array(z.union([z.string(), z.number(), z.boolean()])).min(1) },
  columns: ({ column }) => [column],
  compile({ column, values: allowed }, table) {
    const { type } = columnOf(table, column);
    const wanted = type === 'integer' || type === 'number' ? 'number' : type === 'boolean' ? 'boolean' : 'string';
    const other = allowed.find((one) => typeof one !== wanted);
    if (other !== undefined) throw new DidNotRun(`${JSON.stringify(other)} is no value of a column of ${type}`);
    const cell = table.cell(column);
    const compared = type === 'date' || type === 'timestamp' ? sql`${cell}::VARCHAR` : cell;
    return {
      sort: 'rows',
      looks: present([cell]),
      failing: sql`${compared} NOT IN (${join(allowed.map((one) => sql`${one}`))})`,
      shown: sql`${cell}::VARCHAR`,
      expected: `one of ${sayFew(allowed)}`,
    };
  },
});
