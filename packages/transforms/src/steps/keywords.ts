import { sql } from '@trainyard/tables/sql';
import { z } from 'zod';
import { isMissing } from '../cell.js';
import { wordsOf, wordsSql } from '../words.js';
import type { ColumnStepKind } from './contract.js';

const schema = z.object({
  kind: z.literal('keywords'),
  name: z.string(),
  column: z.string(),
  /** Single words in lower case. */
  words: z.array(z.string()).min(1),
});

/** Whether a text has one of the words, whatever their case. */
export type KeywordsStep = Omit<Readonly<z.output<typeof schema>>, 'words'> & { readonly words: readonly string[] };

export const keywords: ColumnStepKind<KeywordsStep> = {
  kind: 'keywords',
  gives: 'column',
  schema,
  reads: ({ column }) => [{ column, type: 'text' }],
  column: ({ name }) => ({ name, type: 'boolean' }),
  reader({ column, words }, placeOf) {
    const place = placeOf(column);
    const wanted = new Set(words);
    return (cells) => {
      const cell = cells[place];
      return isMissing(cell) ? undefined : wordsOf(String(cell)).some((word) => wanted.has(word));
    };
  },
  sql: ({ column, words }, columns) => sql`list_has_any(${wordsSql(columns.text(column))}, ${words})`,
};
