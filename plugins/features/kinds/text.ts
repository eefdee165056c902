import { UserError } from '@trainyard/errors';
import { id, sql } from '@trainyard/tables/sql';
import { termsSql, wordsSql } from '@trainyard/transforms';
import { z } from 'zod';
import { allMissing, requireText } from '../refusals.js';
import { featureKind } from './contract.js';

const schema = z.strictObject({
  column: z.string(),
  words: z
    .tuple([z.int().min(1).max(5), z.int().min(1).max(5)])
    .refine(([from, to]) => from <= to, 'the shortest run of words comes first')
    .default([1, 1])
    .describe('lengths of the runs of words that are terms: [1, 2] for single words and pairs'),
  most: z.int().min(1).max(4096).default(100).describe('the most terms: those that training has most often'),
  minRows: z.int().min(1).default(1).describe('terms that fewer texts have are left out'),
  maxShare: z.number().gt(0).max(1).default(1).describe('terms that a greater share of texts has are left out'),
  weigh: z.enum(['tf-idf', 'count', 'binary']).default('tf-idf').describe('rare terms weigh more; how often; whether'),
  unit: z.boolean().default(true).describe('all terms of a text together have length 1'),
});

/** Texts by their terms. */
export const text = featureKind({
  list: 'text',
  schema,
  sole: false,
  check: (_, column) => requireText(column, 'text'),
  async fit({ column, words, most, minRows, maxShare, weigh, unit }, _, lesson) {
    const texts = await lesson.number(sql`count(${id(column)})`);
    if (texts === 0) throw allMissing(column);
    const terms = termsSql(sql`w`, words);
    const found = await lesson.group<{ term: string; texts: number; times: number }>(
      sql`SELECT term, count(*) AS texts, sum(n)::BIGINT AS times FROM (
            SELECT term, count(*) AS n FROM (
              SELECT row, unnest(${terms}) AS term FROM (
                SELECT row_number() OVER () AS row, ${wordsSql(id(column))} AS w FROM ${lesson.from} WHERE ${id(column)} IS NOT NULL))
            GROUP BY row, term)
          GROUP BY term HAVING count(*) >= ${BigInt(minRows)} AND count(*) <= ${maxShare * texts}
          ORDER BY times DESC, term LIMIT ${BigInt(most)}`,
    );
    if (found.length === 0)
      throw new UserError(`the texts of column "${column}" have no term that the recipe keeps`, {
        where: { column, field: 'recipe.text' },
        remedy: 'lower minRows, raise maxShare, or drop the column',
      });
    found.sort((a, b) => (a.term < b.term ? -1 : 1));
    const weights = found.map((one) => (weigh === 'tf-idf' ? Math.log((1 + texts) / (1 + one.texts)) + 1 : 1));
    const vocabulary = found.map(({ term }) => term);
    return {
      steps: [{ kind: 'terms', column, words, vocabulary, weights, binary: weigh === 'binary', unit }],
      how: weigh === 'tf-idf' ? 'TF-IDF' : `terms, ${weigh}`,
      learnt: `${vocabulary.length} terms of ${texts} texts`,
      missing: lesson.rows - texts,
      ifMissing: 'all 0',
      ifUnknown: 'a term never seen counts nowhere',
    };
  },
});
