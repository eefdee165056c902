import { UserError } from '@trainyard/errors';
import { exactSum, scaled, scaleOf, sql } from '@trainyard/tables/sql';
import { z } from 'zod';
import { limitsOf, momentsOf } from '../numbers.js';
import { selectorOf } from './contract.js';

/** Features whose pairs are looked at. */
const MOST = 300;

/** Of features that say the same, the first stays: the score is the largest |Pearson's r| with one that stays before it. */
export const correlation = selectorOf({
  schema: z.strictObject({
    by: z.literal('correlation'),
    upTo: z.number().min(0).max(1).default(0.95).describe('features that correlate more with an earlier one go'),
  }),
  needsLabel: false,
  async select({ upTo }, features, { lesson, x }) {
    if (features.length > MOST)
      throw new UserError(`${features.length} features are too many to correlate with each other`, {
        where: { field: 'recipe.select' },
        expected: `at most ${MOST}`,
        remedy: 'select by something cheaper first, such as { by: "variance" }',
      });
    const columns = await Promise.all(
      features.map(async (feature) => {
        const [{ min, max }, { mean, deviation }] = await Promise.all([
          limitsOf(lesson, x(feature)),
          momentsOf(lesson, x(feature)),
        ]);
        const scale = scaleOf(min, max, mean);
        // A missing value is taken for the mean.
        return { z: sql`coalesce(${scaled(x(feature), scale)}, ${0})`, flat: !(deviation > 0) };
      }),
    );
    const sums = await Promise.all(columns.map(({ z: one }) => lesson.number(exactSum(one))));
    const product = async (i: number, j: number): Promise<number> =>
      (await lesson.number(exactSum(sql`${columns[i]!.z} * ${columns[j]!.z}`))) - (sums[i]! * sums[j]!) / lesson.rows;
    const own = await Promise.all(columns.map((_, i) => product(i, i)));
    const all = await Promise.all(
      columns.map((column, i) =>
        Promise.all(
          columns.slice(0, i).map(async (other, j) => {
            if (column.flat || other.flat) return 0;
            return Math.min(1, Math.abs(await product(i, j)) / Math.sqrt(own[i]! * own[j]!));
          }),
        ),
      ),
    );
    const kept: boolean[] = [];
    return all.map((row) => {
      const score = Math.max(0, ...row.filter((_, j) => kept[j]));
      kept.push(score <= upTo);
      return { score, kept: score <= upTo };
    });
  },
});
