import { z } from 'zod';
import { sql } from '@trainyard/tables/sql';
import { changed } from './changed.js';
import { rowRuleKind } from './contract.js';
import { columnFor, notFor } from './fitting.js';
import { ruleValue } from './parameters.js';
import { constantOf } from './read-text.js';

export const fillRule = rowRuleKind({
  schema: z
    .strictObject({ rule: z.literal('fill'), column: z.string(), value: ruleValue })
    .describe('a constant for what is missing; NaN is not missing'),
  table(rule, columns) {
    const column = columnFor('fill', columns, rule.column);
    const { cell: value, sql: constant } = constantOf(column.type, rule.value, (why) =>
      notFor('fill', column.name, why),
    );
    return { ...changed([column], (cell) => sql`coalesce(${cell}, ${constant})`), travels: { ...rule, value } };
  },
  row({ column, value }) {
    return (row) => {
      if (!Object.hasOwn(row, column) || row[column] === null || row[column] === undefined) row[column] = value;
    };
  },
});
