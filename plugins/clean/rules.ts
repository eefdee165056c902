import { z } from 'zod';
import { COLUMN_TYPES } from '@trainyard/tables/schema';

const value = z.union([z.string(), z.number(), z.boolean()]);
const columns = z.array(z.string()).min(1);
const outside = z.enum(['missing', 'drop', 'stop']);

/**
 * One rule of cleaning. Rules look at one row at a time: nothing is learnt from the data here, because the test part
 * is still among it. Medians, means and categories are fitted on the training part, by features.fit.
 */
export const rule = z.discriminatedUnion('rule', [
  z.strictObject({ rule: z.literal('require'), columns }).describe('drops rows in which one of the columns is missing'),
  z.strictObject({ rule: z.literal('drop'), columns }).describe('drops columns'),
  z
    .strictObject({ rule: z.literal('rename'), columns: z.record(z.string(), z.string().min(1)) })
    .describe('new names by old name'),
  z
    .strictObject({ rule: z.literal('trim'), columns: columns.optional() })
    .describe('takes white space off both ends of text; what is then empty is missing; all text columns by default'),
  z
    .strictObject({ rule: z.literal('case'), columns, to: z.enum(['lower', 'upper']) })
    .describe('lower or upper case text'),
  z
    .strictObject({ rule: z.literal('map'), column: z.string(), values: z.record(z.string(), z.string().nullable()) })
    .describe('other text for a text; null makes it missing'),
  z
    .strictObject({
      rule: z.literal('type'),
      column: z.string(),
      to: z.enum(COLUMN_TYPES),
      otherwise: outside.default('stop'),
    })
    .describe('reads a column as another type'),
  z
    .strictObject({
      rule: z.literal('range'),
      column: z.string(),
      min: z.number().optional(),
      max: z.number().optional(),
      outside: z.enum(['missing', 'drop', 'clip', 'stop']).default('stop'),
    })
    .describe('numbers from min to max'),
  z
    .strictObject({
      rule: z.literal('allow'),
      column: z.string(),
      values: z.array(value).min(1),
      otherwise: outside.default('stop'),
    })
    .describe('only these values'),
  z.strictObject({ rule: z.literal('fill'), column: z.string(), value }).describe('a constant for what is missing'),
  z
    .strictObject({
      rule: z.literal('duplicates'),
      by: columns.optional(),
      keep: z.enum(['first', 'last']).default('first'),
    })
    .describe('keeps one of the rows that are equal in these columns; in all by default, the identity aside'),
]);

export type Rule = z.output<typeof rule>;
/** A rule as its author writes it. */
export type RuleInput = z.input<typeof rule>;

/** What one rule did. */
const ruleFigures = z.object({
  rule: z.string(),
  columns: z.array(z.string()),
  rowsDropped: z.int(),
  cellsChanged: z.int(),
});

export const cleanFigures = z.object({
  rows: z.object({ before: z.int(), after: z.int() }),
  rules: z.array(ruleFigures),
  /** Missing cells of each column; null where the column is not there. */
  missing: z.array(z.object({ column: z.string(), before: z.int().nullable(), after: z.int().nullable() })),
});
export type RuleFigures = z.output<typeof ruleFigures>;
export type CleanFigures = z.output<typeof cleanFigures>;
