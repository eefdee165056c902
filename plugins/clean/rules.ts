import { z } from 'zod';
import { ROW_RULE_SCHEMAS } from '@trainyard/transforms';

const columns = z.array(z.string()).min(1);

export const duplicates = z
  .strictObject({
    rule: z.literal('duplicates'),
    by: columns.optional(),
    keep: z.enum(['first', 'last']).default('first'),
  })
  .describe('keeps one of the rows that are equal in these columns; in all by default, the identity aside');

export const forwardFill = z
  .strictObject({
    rule: z.literal('forward-fill'),
    columns,
    order: columns.describe('columns that put the rows in order, such as a time'),
    by: z
      .array(z.string())
      .default([])
      .describe('columns whose values make the series: nothing is carried from one to another'),
    most: z.int().min(1).optional().describe('most rows that a value is carried over; any number by default'),
  })
  .describe(
    'the last value before it, in the order of other columns, for what is missing; nothing is taken from later rows',
  );

const equal = z
  .array(z.string())
  .default([])
  .describe('columns in which such rows are equal too, such as a label; none by default');
const keep = z.enum(['first', 'last']).default('first');

export const similarTexts = z
  .strictObject({
    rule: z.literal('similar-texts'),
    columns: columns.describe('columns of text, compared as one'),
    similarity: z
      .number()
      .min(0.5)
      .max(1)
      .default(0.8)
      .describe('share of their 5-letter pieces that texts have in common (Jaccard, by MinHash)'),
    equal,
    keep,
  })
  .describe('keeps one of the rows whose texts are nearly the same');

export const similarPictures = z
  .strictObject({
    rule: z.literal('similar-pictures'),
    column: z.string().describe('images in base 64, PNG or JPEG, as ingest.images gives them'),
    distance: z.int().min(0).max(10).default(4).describe('bits of 64 in which perceptual hashes may differ'),
    equal,
    keep,
  })
  .describe('keeps one of the rows whose pictures look alike: scaled, compressed, brightened');

/**
 * One rule of cleaning that learns nothing: row rules, which look at one row, and rules of tables, which compare rows. Medians,
 * categories and limits are learnt by `clean.fit`, from the training part.
 */
export const rule = z.discriminatedUnion('rule', [
  ...ROW_RULE_SCHEMAS,
  duplicates,
  similarTexts,
  similarPictures,
  forwardFill,
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
  /** Whether requests to a model that is trained on the table go through it as well. */
  serving: z.boolean(),
});

export const cleanFigures = z.object({
  rows: z.object({ before: z.int(), after: z.int() }),
  rules: z.array(ruleFigures),
  /** Missing cells of each column; null where the column is not there. */
  missing: z.array(z.object({ column: z.string(), before: z.int().nullable(), after: z.int().nullable() })),
});
export type RuleFigures = z.output<typeof ruleFigures>;
export type CleanFigures = z.output<typeof cleanFigures>;
