import { z } from 'zod';
import { id, join, sql } from '@trainyard/tables/sql';
import { rowRuleKind } from './contract.js';
import { columnFor } from './fitting.js';
import { columnNames } from './parameters.js';

/** Drops rows that lack a value. NaN is a value. */
export const requireRule = rowRuleKind({
  schema: z
    .strictObject({ rule: z.literal('require'), columns: columnNames })
    .describe('drops rows in which one of the columns is missing'),
  table(rule, columns) {
    const missing = rule.columns.map((name) => sql`${id(columnFor('require', columns, name).name)} IS NULL`);
    const [only, ...others] = rule.columns;
    const column = only !== undefined && others.length === 0 ? only : null;
    const expected = column === null ? `a value in each of ${rule.columns.join(', ')}` : 'a value';
    return { about: rule.columns, drop: { failing: sql`(${join(missing, ' OR ')})`, expected, column } };
  },
});
