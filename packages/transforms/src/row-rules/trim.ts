import { z } from 'zod';
import { sql } from '@trainyard/tables/sql';
import { changed, changeText } from './changed.js';
import { rowRuleKind } from './contract.js';
import { textColumns } from './fitting.js';
import { columnNames } from './parameters.js';
import { spaced, spacedSql, trimmed, trimmedSql } from '../text.js';

export const trimRule = rowRuleKind({
  schema: z
    .strictObject({
      rule: z.literal('trim'),
      columns: columnNames.optional(),
      within: z.enum(['keep', 'one']).default('keep').describe('runs of white space within: kept, or one space each'),
    })
    .describe(
      'takes white space off both ends of text, no-break and wide spaces too; what is then empty is missing; all text columns by default',
    ),
  table(rule, columns) {
    const given = textColumns('trim', columns, rule.columns);
    const step = changed(given, (cell) => {
      const text = trimmedSql(cell);
      return sql`nullif(${rule.within === 'one' ? spacedSql(text) : text}, '')`;
    });
    return { ...step, ...(given.length ? { travels: { ...rule, columns: step.about } } : {}) };
  },
  row(rule) {
    const one = rule.within === 'one';
    return changeText(rule.columns ?? [], (text) => (one ? spaced(trimmed(text)) : trimmed(text)) || null);
  },
});
