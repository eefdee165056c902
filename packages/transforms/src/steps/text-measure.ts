import { sql, type Sql } from '@trainyard/tables/sql';
import { z } from 'zod';
import { isMissing } from '../cell.js';
import { wordsOf, wordsSql } from '../words.js';
import type { ColumnStepKind } from './contract.js';

interface Measure {
  of(text: string): number;
  sql(text: Sql): Sql;
}

/** What is counted in a text. A character is a code point of Unicode. */
export const TEXT_MEASURES = {
  characters: { of: countCharacters, sql: (text) => sql`length(${text})` },
  words: { of: (text) => wordsOf(text).length, sql: (text) => sql`len(${wordsSql(text)})` },
  digits: {
    of: (text) => text.replace(/[^0-9]/g, '').length,
    sql: (text) => sql`length(regexp_replace(${text}, '[^0-9]', '', 'g'))`,
  },
} as const satisfies Readonly<Record<string, Measure>>;

export type TextMeasure = keyof typeof TEXT_MEASURES;

const schema = z.object({
  kind: z.literal('text measure'),
  name: z.string(),
  column: z.string(),
  measure: z.enum(Object.keys(TEXT_MEASURES) as [TextMeasure, ...TextMeasure[]]),
});

/** How much of something a text has: a whole number. */
export type TextMeasureStep = Readonly<z.output<typeof schema>>;

export const textMeasure: ColumnStepKind<TextMeasureStep> = {
  kind: 'text measure',
  gives: 'column',
  schema,
  reads: ({ column }) => [{ column, type: 'text' }],
  column: ({ name }) => ({ name, type: 'integer' }),
  reader({ column, measure }, placeOf) {
    const place = placeOf(column);
    const { of } = TEXT_MEASURES[measure];
    return (cells) => {
      const cell = cells[place];
      return isMissing(cell) ? undefined : of(String(cell));
    };
  },
  sql: ({ column, measure }, columns) => sql`${TEXT_MEASURES[measure].sql(columns.text(column))}::BIGINT`,
};

function countCharacters(text: string): number {
  let count = 0;
  for (const _ of text) count++;
  return count;
}
