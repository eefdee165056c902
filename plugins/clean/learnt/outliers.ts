import { z } from 'zod';
import { finite, id, numberStatistics, sql, type Column } from '@trainyard/tables/sql';
import type { RowRuleInput } from '@trainyard/transforms';
import { nothingToLearn, numericOf } from './columns.js';
import { learningKind, type Lesson } from './contract.js';

/** How many units a value may lie from the middle, by how outliers are told. */
const FACTORS = { iqr: 1.5, z: 3, 'robust-z': 3.5 } as const;

const schema = z
  .strictObject({
    rule: z.literal('outliers'),
    columns: z.array(z.string()).min(1),
    by: z
      .enum(['iqr', 'z', 'robust-z'])
      .default('iqr')
      .describe(
        'beyond the quartiles by a factor of their distance; from the mean by standard deviations; from the median by 1.4826 times the median distance from it',
      ),
    factor: z.number().positive().optional().describe('1.5 for iqr, 3 for z, 3.5 for robust-z by default'),
    outside: z
      .enum(['flag', 'clip', 'missing', 'drop'])
      .default('flag')
      .describe(
        'a new column "NAME is an outlier"; the nearest limit; a missing value; the row into quarantine, where a person may look at it',
      ),
  })
  .describe('limits learnt from the training part, and what becomes of values outside');
type OutliersRule = z.output<typeof schema>;

export const outliersKind = learningKind({
  schema,
  async fit(rule, lesson) {
    const rules: RowRuleInput[] = [];
    for (const name of rule.columns) {
      const column = numericOf('outliers', lesson.columns, name);
      const [min, max] = await limitsOf(rule, column, lesson);
      if (rule.outside === 'flag')
        rules.push({
          rule: 'mark',
          as: `${name} is an outlier`,
          if: {
            any: [
              { column: name, below: min },
              { column: name, above: max },
            ],
          },
        });
      else rules.push({ rule: 'range', column: name, ...whole(column, rule, min, max), outside: rule.outside });
    }
    return rules;
  },
});

/** Limits to clip an integer to are integers, within the limits. */
function whole({ type }: Column, { outside }: OutliersRule, min: number, max: number): { min: number; max: number } {
  if (type !== 'integer' || outside !== 'clip') return { min, max };
  return { min: Math.ceil(min) + 0, max: Math.max(Math.ceil(min), Math.floor(max)) + 0 };
}

/**
 * The limits of what is no outlier: Tukey's fences (1977), standard deviations of the population, or the modified z-score
 * (Iglewicz and Hoaglin 1993).
 */
async function limitsOf({ by, factor }: OutliersRule, column: Column, lesson: Lesson): Promise<[number, number]> {
  const { database, from } = lesson;
  const cell = id(column.name);
  const times = factor ?? FACTORS[by];
  const found = await numberStatistics(database, from, cell, [0.25, 0.5, 0.75]);
  if (found.present === 0) throw nothingToLearn('outliers', column.name);
  const [low = 0, middle = 0, high = 0] = found.quantiles;
  if (by === 'iqr') return limits(low, high, times * (high - low));
  if (by === 'z') return limits(found.mean, found.mean, times * found.deviation);
  const away = await numberStatistics(database, from, sql`abs(${finite(cell)} - ${middle})`, [0.5]);
  return limits(middle, middle, (times * (away.quantiles[0] ?? 0)) / 0.6744897501960817);
}

/** JSON has no -0 and no infinity. */
function limits(low: number, high: number, away: number): [number, number] {
  const within = (value: number): number => Math.min(Number.MAX_VALUE, Math.max(-Number.MAX_VALUE, value)) + 0;
  return [within(low - away), within(high + away)];
}
