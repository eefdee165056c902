import { UserError } from '@trainyard/errors';
import { chiSquaredTail } from '@trainyard/numeric';
import { exactSum, sql } from '@trainyard/tables/sql';
import { z } from 'zod';
import { limitsOf } from '../numbers.js';
import { best, bounds } from './best.js';
import { requireClasses } from './classes.js';
import { selectorOf } from './contract.js';

/** Pearson's χ² between the classes and a feature's sum in each, as if it counted something: for features that are never negative. */
export const chiSquared = selectorOf({
  schema: z.strictObject({ by: z.literal('chi-squared'), ...bounds }),
  needsLabel: true,
  async select(given, features, { lesson, names, x, label }) {
    const { targets } = requireClasses(label(), 'chi-squared');
    const rows = await Promise.all(targets.map(({ z: is }) => lesson.number(sql`sum((${is})::BIGINT)`)));
    const labelled = rows.reduce((sum, count) => sum + count, 0);
    const scored = features.map(async (feature) => {
      const { min, max } = await limitsOf(lesson, x(feature));
      if (min < 0)
        throw new UserError(`feature "${names[feature]}" is negative somewhere, so χ² says nothing of it`, {
          where: { field: 'recipe.select' },
          expected: 'features of 0 and more',
          actual: `a least value of ${min}`,
          remedy: 'scale: "min-max", or select by { by: "anova" }',
        });
      const reach = max || 1;
      const sums = await Promise.all(
        targets.map(({ z: is }) => lesson.number(exactSum(sql`(${x(feature)} / ${reach} * ${is})`))),
      );
      const whole = sums.reduce((sum, one) => sum + one, 0);
      const score = sums.reduce((total, observed, k) => {
        const expected = (whole * rows[k]!) / labelled;
        return expected === 0 ? total : total + (observed - expected) ** 2 / expected;
      }, 0);
      return { score: score * reach, chance: chiSquaredTail(score * reach, targets.length - 1) };
    });
    return best(await Promise.all(scored), given);
  },
});
