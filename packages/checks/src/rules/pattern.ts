import { sql } from '@trainyard/tables/sql';
import { z } from 'zod';
import { columnOf, present } from '../cells.js';
import { asRe2 } from '../re2.js';
import { DidNotRun, ruleKind } from '../rule-kind.js';

/** Texts that match an ECMAScript regular expression somewhere (write `^…$` for the whole text). */
export const pattern = ruleKind({
  name: 'pattern',
  title: 'texts that match a regular expression somewhere; missing cells are skipped',
  params: {
    column: z.string(),
    pattern: z.string().describe('ECMAScript, with the flag u; ^ and $ around it for the whole text'),
  },
  columns: ({ column }) => [column],
  compile({ column, pattern: source }, table) {
    columnOf(table, column, ['text']);
    const cell = table.cell(column);
    const expected = `text that matches /${source}/`;
    const looks = present([cell]);
    let expression: RegExp;
    try {
      expression = new RegExp(source, 'u');
    } catch (error) {
      throw new DidNotRun(`/${source}/ is no regular expression: ${(error as Error).message}`);
    }
    const translated = asRe2(source);
    if (translated === undefined)
      return { sort: 'texts', looks, cell, fits: (text) => expression.test(text), expected };
    return { sort: 'rows', looks, failing: sql`NOT regexp_matches(${cell}, ${translated})`, shown: cell, expected };
  },
});
