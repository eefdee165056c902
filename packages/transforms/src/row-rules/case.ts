import { z } from 'zod';
import { changed, changeText } from './changed.js';
import { rowRuleKind } from './contract.js';
import { textColumn } from './fitting.js';
import { columnNames } from './parameters.js';
import { lowered, loweredSql, uppered, upperedSql } from '../text.js';

export const caseRule = rowRuleKind({
  schema: z
    .strictObject({ rule: z.literal('case'), columns: columnNames, to: z.enum(['lower', 'upper']) })
    .describe('lower or upper case text, character by character, whatever the locale'),
  table(rule, columns) {
    const given = rule.columns.map((name) => textColumn('case', columns, name));
    return { ...changed(given, rule.to === 'lower' ? loweredSql : upperedSql), travels: rule };
  },
  row: (rule) => changeText(rule.columns, rule.to === 'lower' ? lowered : uppered),
});
