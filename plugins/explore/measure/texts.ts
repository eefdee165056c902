import { sql } from '@trainyard/tables';
import type { TextProfile } from '../profile.js';
import { histogramsOf } from './histograms.js';
import { figuresOf, type Field, type Relation } from './relation.js';

const KEYWORDS = 24;
/** From where on the values of a column are sentences: many different ones, of so many characters and words on average. */
const SENTENCES = { distinct: 20, length: 20, words: 3 };

/** Looks into the columns whose values are sentences; `undefined` for the others. */
export async function profileTexts(
  relation: Relation,
  fields: readonly Field[],
  distinct: readonly number[],
): Promise<(TextProfile | undefined)[]> {
  const candidates = fields.filter(({ type }, i) => type === 'text' && distinct[i]! >= SENTENCES.distinct);
  const sums = await figuresOf(relation, candidates, ({ cell }) => ({
    present: sql`count(${cell})`,
    characters: sql`sum(length(${cell}))::DOUBLE`,
    words: sql`sum(len(regexp_extract_all(${cell}, '\\S+')))::DOUBLE`,
    shortest: sql`min(length(${cell}))::DOUBLE`,
    longest: sql`max(length(${cell}))::DOUBLE`,
  }));
  const found = new Map<Field, TextProfile>();
  for (const [i, field] of candidates.entries()) {
    const { present, characters, words, shortest, longest } = sums[i]!;
    const [meanLength, meanWords] = [Number(characters) / Number(present), Number(words) / Number(present)];
    if (meanLength < SENTENCES.length || meanWords < SENTENCES.words) continue;
    const length = { x: sql`length(${field.cell})::DOUBLE`, min: Number(shortest), max: Number(longest) };
    const [lengths] = await histogramsOf(relation, [length]);
    const keywords = await keywordsOf(relation, field, Number(present));
    found.set(field, { lengths: lengths!, meanLength, meanWords, keywords });
  }
  return fields.map((field) => found.get(field));
}

async function keywordsOf(
  { database, from }: Relation,
  { cell }: Field,
  present: number,
): Promise<TextProfile['keywords']> {
  return database.rows<{ word: string; rows: number; score: number }>(
    sql`SELECT word, count(*) AS rows, count(*) * ln(${present} / count(*)) AS score
        FROM (SELECT unnest(list_distinct(regexp_extract_all(lower(nfc_normalize(${cell})), '\\pL[\\pL\\pN]+'))) AS word FROM ${from})
        WHERE length(word) >= 3 GROUP BY word HAVING count(*) > 1 ORDER BY score DESC, word LIMIT ${BigInt(KEYWORDS)}`,
  );
}
