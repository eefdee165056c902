import { exactSum, scaled, scaleOf, sql, type Sql } from '@trainyard/tables/sql';
import { z } from 'zod';
import type { Target } from '../label.js';
import { limitsOf, momentsOf } from '../numbers.js';
import { best, bounds } from './best.js';
import { selectorOf } from './contract.js';

/**
 * Fisher's F: of classes, the variance between them over that within; of a number, r² / (1 − r²) (n − 2). As scikit-learn's
 * `f_classif` and `f_regression`. A feature that says the label exactly has the largest number.
 */
export const anova = selectorOf({
  schema: z.strictObject({ by: z.literal('anova'), ...bounds }),
  needsLabel: true,
  async select(given, features, { lesson, x, label }) {
    const { classes, targets } = label();
    const sum = (term: Sql): Promise<number> => lesson.number(exactSum(term));
    const scored = features.map(async (feature) => {
      const [{ min, max }, { mean }] = await Promise.all([limitsOf(lesson, x(feature)), momentsOf(lesson, x(feature))]);
      const v = scaled(x(feature), scaleOf(min, max, mean));
      const [{ z: any }] = targets as [Target];
      // Over rows that have both.
      const [n, s, q] = await Promise.all([
        lesson.number(sql`count(${v} + ${any})`),
        sum(sql`(${v} + ${any} * 0)`),
        sum(sql`(${v} * ${v} + ${any} * 0)`),
      ]);
      const groups = await Promise.all(
        targets.map(async ({ z, square }) => {
          const [st, sq, tv] = await Promise.all([
            sum(sql`(${z} + ${v} * 0)`),
            sum(sql`(${square} + ${v} * 0)`),
            sum(sql`(${v} * ${z})`),
          ]);
          return { st, sq, tv };
        }),
      );
      const all = q - (s * s) / n;
      if (!(all > 0)) return { score: 0 };
      const between = classes
        ? groups.reduce((total, { st, tv }) => total + (st === 0 ? 0 : (tv * tv) / st), 0) - (s * s) / n
        : (groups[0]!.tv - (s * groups[0]!.st) / n) ** 2 / (groups[0]!.sq - groups[0]!.st ** 2 / n || 1);
      const degrees = classes ? groups.filter(({ st }) => st > 0).length - 1 : 1;
      const within = Math.max(0, all - between);
      const score = between / degrees / (within / (n - degrees - 1));
      return { score: Number.isNaN(score) ? 0 : Math.min(score, Number.MAX_VALUE) };
    });
    return best(await Promise.all(scored), given);
  },
});
