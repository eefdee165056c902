import { sql, type Sql } from '@trainyard/tables/sql';
import type { ColumnType } from '@trainyard/tables/schema';
import { z } from 'zod';
import { columnOf, outside, present } from '../cells.js';
import { DidNotRun, ruleKind } from '../rule-kind.js';

const limit = z.union([z.number(), z.string()]).optional();

/** Values from `min` to `max`, both inclusive: numbers, or times as ISO 8601 text. Missing cells are skipped, NaN breaks it. */
export const range = ruleKind({
  name: 'range',
  title: 'values from min to max, both inclusive; missing cells are skipped, NaN breaks it',
  params: { column: z.string(), min: limit, max: limit },
  columns: ({ column }) => [column],
  compile({ column, min, max }, table) {
    const { type } = columnOf(table, column, ['number', 'integer', 'date', 'timestamp']);
    const cell = table.cell(column);
    const said = [min === undefined ? '' : `at least ${min}`, max === undefined ? '' : `at most ${max}`].filter(
      Boolean,
    );
    return {
      sort: 'rows',
      looks: present([cell]),
      failing: outside(cell, type, asLimit(min, type), asLimit(max, type)),
      shown: sql`${cell}::VARCHAR`,
      expected: said.join(' and ') || 'a value that is no NaN',
    };
  },
});

function asLimit(given: number | string | undefined, type: ColumnType): Sql | undefined {
  if (given === undefined) return undefined;
  const isTime = type === 'date' || type === 'timestamp';
  if (isTime === (typeof given === 'number'))
    throw new DidNotRun(`the limit ${JSON.stringify(given)} is none for a column of ${type}`);
  if (typeof given === 'number') return sql`${given}`;
  const ms = Date.parse(given);
  if (Number.isNaN(ms)) throw new DidNotRun(`the limit ${JSON.stringify(given)} is no time in ISO 8601`);
  const text = new Date(ms).toISOString();
  return type === 'date' ? sql`${text.slice(0, 10)}::DATE` : sql`${text.slice(0, -1)}::TIMESTAMP`;
}
