import { z } from 'zod';
import { id, join, ROW_ID, sql } from '@trainyard/tables/sql';
import { changed } from './changed.js';
import { rowRuleKind } from './contract.js';
import { numericColumn } from './fitting.js';
import { judged } from './judged.js';
import { columnNames, otherwise } from './parameters.js';

export const finiteRule = rowRuleKind({
  schema: z
    .strictObject({
      rule: z.literal('finite'),
      columns: columnNames.optional(),
      otherwise: otherwise.default('missing'),
    })
    .describe('numbers that are neither NaN nor infinite; all columns of numbers by default'),
  table(rule, columns) {
    const given = rule.columns
      ? rule.columns.map((name) => numericColumn('finite', columns, name))
      : columns.filter(({ name, type }) => type === 'number' && name !== ROW_ID);
    const about = given.map(({ name }) => name);
    const failing = (cell: ReturnType<typeof id>) => sql`NOT isfinite(${cell}::DOUBLE)`;
    const first = about[0];
    if (first === undefined) return { about };
    if (rule.otherwise === 'missing')
      return {
        ...changed(given, (cell) => sql`(CASE WHEN ${failing(cell)} THEN NULL ELSE ${cell} END)`),
        travels: { ...rule, columns: about },
      };
    const any = join(
      about.map((name) => sql`coalesce(${failing(id(name))}, false)`),
      ' OR ',
    );
    return { ...judged(first, sql`(${any})`, rule.otherwise, 'finite numbers'), about };
  },
  row(rule) {
    const columns = rule.columns ?? [];
    return (row) => {
      for (const name of columns) {
        const cell = Object.hasOwn(row, name) ? row[name] : undefined;
        if (typeof cell === 'number' && !Number.isFinite(cell)) row[name] = null;
      }
    };
  },
});
