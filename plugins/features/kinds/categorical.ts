import { UserError } from '@trainyard/errors';
import { z } from 'zod';
import { encode, encoderNamed } from '../encoders/index.js';
import { allMissing, tooMany } from '../refusals.js';
import { featureKind } from './contract.js';

const schema = z.strictObject({
  column: z.string(),
  encode: encode
    .default({ by: 'one-hot' })
    .describe(
      'a feature a value; its place in an order; the share of rows that have it; the mean of the label among them',
    ),
  missing: z
    .enum(['auto', 'feature', 'mode', 'zeros'])
    .default('auto')
    .describe(
      'a missing value: a feature of its own, the most frequent value, no feature; auto: the first if any is missing in training, else the last',
    ),
  unknown: z
    .enum(['auto', 'feature', 'zeros'])
    .default('auto')
    .describe(
      'a value that training did not have: a feature of its own or none; auto: the first if rare ones were put there',
    ),
  minCount: z.int().min(1).default(1).describe('values rarer than this in training count as unknown'),
  maxCategories: z.int().min(1).default(100).describe('more distinct values than this are refused'),
});

/** Columns of text, booleans or codes: categories. */
export const categorical = featureKind({
  list: 'categorical',
  schema,
  sole: true,
  takes: (type) => type === 'text' || type === 'boolean',
  needsLabel: ({ encode: { by } }) => encoderNamed(by).needsLabel,
  check({ column, encode: { by }, missing, unknown }) {
    if (encoderNamed(by).features || (['auto', 'mode'].includes(missing) && unknown === 'auto')) return;
    throw new UserError(`column "${column}" has no feature for each value, so none for a missing or unknown one`, {
      where: { column, field: 'recipe.categorical' },
      expected: `missing: "auto" or "mode" and unknown: "auto" beside encode: "${by}"`,
      actual: `missing: "${missing}", unknown: "${unknown}"`,
    });
  },
  async fit({ column, encode: given, missing, unknown, minCount, maxCategories }, _, lesson) {
    const counts = await lesson.countsOf(column);
    if (counts.counts.size === 0) throw allMissing(column);
    const kept = [...counts.counts].filter(([, count]) => count >= minCount).map(([value]) => value);
    if (kept.length > maxCategories) {
      const actual = `${kept.length} values that at least ${minCount} rows have`;
      throw tooMany(column, kept.length, maxCategories, actual, 'minCount or maxCategories');
    }
    if (kept.length === 0)
      throw new UserError(`column "${column}" has no value that ${minCount} rows have`, {
        where: { column },
        remedy: 'lower minCount, or drop the column',
      });
    const [mode = ''] = [...counts.counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1))[0] ?? [];
    const asked = { lesson, column, counts, kept: kept.sort(), mode, missing, unknown };
    const { step, ...said } = await encoderNamed(given.by).encode(given, asked);
    return { steps: [step], missing: counts.missing, ...said };
  },
});
