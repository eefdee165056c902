import { z } from 'zod';
import { notFor } from '../not-for.js';
import { columnOf, nothingToLearn } from './columns.js';
import { learningKind } from './contract.js';
import { drawnRows, meanOf } from './drawn.js';

export const neighboursKind = learningKind({
  schema: z
    .strictObject({
      rule: z.literal('impute-neighbours'),
      columns: z
        .array(z.string())
        .min(2)
        .describe('columns of numbers: those that are filled, and those that tell which rows are near'),
      neighbours: z.int().min(1).default(5),
      weights: z.enum(['uniform', 'distance']).default('uniform'),
      scale: z
        .boolean()
        .default(true)
        .describe('differences count in standard deviations of their column; without it as they are'),
      donors: z
        .int()
        .min(1)
        .max(5_000)
        .default(500)
        .describe('rows of the training part that are asked, drawn by the seed; they travel with every model'),
    })
    .describe('the mean of the nearest rows of the training part, for what is missing'),
  async fit(rule, lesson) {
    for (const name of rule.columns) {
      const { type } = columnOf('impute-neighbours', lesson.columns, name);
      if (type !== 'number')
        throw notFor(
          'impute-neighbours',
          name,
          `it holds ${type}, not number; integers are read as numbers by rule type`,
        );
    }
    const donors = await drawnRows(lesson, rule.columns, Math.min(rule.donors, lesson.sample));
    const known = rule.columns.map((_, i) => donors.map((row) => row[i]));
    const means = known.map((values, i) => {
      const mean = meanOf(values);
      if (mean === undefined) throw nothingToLearn('impute-neighbours', rule.columns[i]!);
      return mean + 0;
    });
    const scales = known.map((values, i) => {
      const variance =
        meanOf(values.map((value) => (typeof value === 'number' ? (value - means[i]!) ** 2 : null))) ?? 0;
      const deviation = Math.sqrt(variance);
      return rule.scale && deviation > 0 && Number.isFinite(deviation) ? deviation : 1;
    });
    const { columns, neighbours, weights } = rule;
    return [{ rule: 'neighbours', columns, neighbours, weights, scales, means, donors }];
  },
});
