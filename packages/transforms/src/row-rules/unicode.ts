import { z } from 'zod';
import { sql, Sql, type SqlFunction } from '@trainyard/tables/sql';
import { changed, changeText } from './changed.js';
import { rowRuleKind } from './contract.js';
import { textColumns } from './fitting.js';
import { columnNames } from './parameters.js';

const FORMS = ['NFC', 'NFD', 'NFKC', 'NFKD'] as const;

const normalize = (form: (typeof FORMS)[number]): SqlFunction => ({
  name: `trainyard_${form.toLowerCase()}`,
  takes: ['text'],
  gives: 'text',
  run: (text: string | null) => text?.normalize(form) ?? null,
});

export const unicodeRule = rowRuleKind({
  schema: z
    .strictObject({ rule: z.literal('unicode'), columns: columnNames.optional(), form: z.enum(FORMS).default('NFC') })
    .describe(
      'one normal form for text, so that equal letters are equal code points; NFKC also makes compatible ones one (full width, ligatures); all text columns by default',
    ),
  table(rule, columns) {
    const given = textColumns('unicode', columns, rule.columns);
    const form = normalize(rule.form);
    // ASCII is its own normal form, and most text; there as many bytes as characters.
    const step = changed(
      given,
      (cell) => sql`(CASE WHEN strlen(${cell}) = length(${cell}) THEN ${cell} ELSE ${called(form.name)}(${cell}) END)`,
    );
    return { ...step, functions: [form], ...(given.length ? { travels: { ...rule, columns: step.about } } : {}) };
  },
  row: (rule) => changeText(rule.columns ?? [], (text) => text.normalize(rule.form)),
});

/** The name of a function of ours, for a call. */
function called(name: string): Sql {
  return Sql.of(name);
}
