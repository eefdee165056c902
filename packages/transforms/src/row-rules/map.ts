import { z } from 'zod';
import { join, sql } from '@trainyard/tables/sql';
import { changed, changeText } from './changed.js';
import { rowRuleKind } from './contract.js';
import { textColumn } from './fitting.js';

export const mapRule = rowRuleKind({
  schema: z
    .strictObject({ rule: z.literal('map'), column: z.string(), values: z.record(z.string(), z.string().nullable()) })
    .describe('other text for a text, as a dictionary says; null makes it missing'),
  table(rule, columns) {
    const cases = Object.entries(rule.values).map(([from, to]) => sql`WHEN ${from} THEN ${to}`);
    const step = changed([textColumn('map', columns, rule.column)], (cell) =>
      cases.length ? sql`(CASE ${cell} ${join(cases, ' ')} ELSE ${cell} END)` : cell,
    );
    return { ...step, travels: rule };
  },
  row(rule) {
    const values = new Map(Object.entries(rule.values));
    return changeText([rule.column], (text) => {
      const to = values.get(text);
      return to === undefined ? text : to;
    });
  },
});
