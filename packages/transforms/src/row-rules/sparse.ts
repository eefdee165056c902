import { z } from 'zod';
import { id, join, ROW_ID, sql } from '@trainyard/tables/sql';
import { rowRuleKind } from './contract.js';
import { columnFor } from './fitting.js';
import { columnNames } from './parameters.js';

/** Drops rows that lack most of what they should say. */
export const sparseRule = rowRuleKind({
  schema: z
    .strictObject({
      rule: z.literal('sparse'),
      columns: columnNames.optional(),
      over: z.number().min(0).lt(1).describe('the largest share of these columns that may be missing'),
    })
    .describe('drops rows in which more than a share of the columns is missing; all columns by default'),
  table(rule, columns) {
    const given =
      rule.columns?.map((name) => columnFor('sparse', columns, name)) ?? columns.filter(({ name }) => name !== ROW_ID);
    const about = given.map(({ name }) => name);
    if (about.length === 0) return { about };
    const missing = join(
      about.map((name) => sql`(${id(name)} IS NULL)::INTEGER`),
      ' + ',
    );
    return {
      about,
      drop: {
        failing: sql`((${missing})::DOUBLE / ${about.length} > ${rule.over})`,
        expected: `at most ${rule.over} of ${about.length} columns missing`,
        column: null,
      },
    };
  },
});
