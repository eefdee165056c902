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
    const present = rule.columns.map((name) => sql`${id(columnFor('require', columns, name).name)} IS NOT NULL`);
    return { about: rule.columns, keep: sql`(${join(present, ' AND ')})` };
  },
});
