import { sql, type Sql } from '@trainyard/tables/sql';
import { z } from 'zod';
import { isMissing } from '../cell.js';
import { codeOfText } from '../sql/codes.js';
import { termsOf, termsSql, wordsOf, wordsSql } from '../words.js';
import type { FeatureStepKind } from './contract.js';

const schema = z.object({
  kind: z.literal('terms'),
  column: z.string(),
  /** Lengths of the runs of words that are terms, the shortest and the longest. */
  words: z.tuple([z.int().min(1), z.int().min(1)]),
  /** In lower case, sorted by code unit. */
  vocabulary: z.array(z.string()).min(1),
  /** What each occurrence of a term weighs: 1, or its inverse document frequency. */
  weights: z.array(z.number()),
  /** Each term counts once, however often it stands there. */
  binary: z.boolean(),
  /** Divided by the root of the sum of squares, where that is not 0. */
  unit: z.boolean(),
});

/** A text by how often it has each term of a vocabulary, weighted (TF-IDF; K. Spärck Jones, 1972). */
export type TermsStep = Omit<Readonly<z.output<typeof schema>>, 'vocabulary' | 'weights' | 'words'> & {
  readonly words: readonly [number, number];
  readonly vocabulary: readonly string[];
  readonly weights: readonly number[];
};

/** Squares are summed in groups of this many, so that both ways of summing are one. */
const GROUP = 32;

export const terms: FeatureStepKind<TermsStep> = {
  kind: 'terms',
  gives: 'features',
  schema,
  reads: ({ column }) => [{ column, type: 'text' }],
  features: ({ column, vocabulary }) => vocabulary.map((term) => `${column} has "${term}"`),
  writer({ column, words, vocabulary, weights, binary, unit }, placeOf) {
    const place = placeOf(column);
    const places = new Map(vocabulary.map((term, i) => [term, i]));
    const width = vocabulary.length;
    return (cells, into, at) => {
      const cell = cells[place];
      if (isMissing(cell)) return;
      for (const term of termsOf(wordsOf(String(cell)), words)) {
        const found = places.get(term);
        if (found !== undefined) into[at + found] = binary ? 1 : into[at + found]! + 1;
      }
      let squares = 0;
      for (let start = 0; start < width; start += GROUP) {
        let group = 0;
        for (let i = start; i < Math.min(width, start + GROUP); i++) {
          const weighed = into[at + i]! * weights[i]!;
          into[at + i] = weighed;
          group += weighed * weighed;
        }
        squares += group;
      }
      if (!unit || squares === 0) return;
      const length = Math.sqrt(squares);
      for (let i = 0; i < width; i++) into[at + i] = into[at + i]! / length;
    };
  },
  sql({ column, words, vocabulary, weights, binary, unit }, columns) {
    const all = columns.keep(wordsSql(columns.text(column)));
    const found = columns.keep(termsSql(all, words));
    const codes = columns.keep(sql`list_transform(${found}, lambda t: ${codeOfText(sql`t`, vocabulary)})`);
    const count = (i: number): Sql =>
      binary
        ? sql`coalesce(list_contains(${codes}, ${BigInt(i)}), false)::DOUBLE`
        : sql`coalesce(len(list_filter(${codes}, lambda c: c = ${BigInt(i)})), 0)::DOUBLE`;
    const weighed = vocabulary.map((_, i) => columns.keep(sql`${count(i)} * ${weights[i]!}`));
    if (!unit) return weighed;
    const groups = Array.from({ length: Math.ceil(weighed.length / GROUP) }, (_, g) =>
      columns.keep(sumOf(weighed.slice(g * GROUP, (g + 1) * GROUP).map((one) => sql`${one} * ${one}`))),
    );
    const squares = columns.keep(sumOf(groups));
    const length = columns.keep(sql`CASE WHEN ${squares} = 0 THEN ${1} ELSE sqrt(${squares}) END`);
    return weighed.map((one) => sql`${one} / ${length}`);
  },
};

const sumOf = (parts: readonly Sql[]): Sql => parts.reduce((sum, part) => sql`${sum} + ${part}`);
