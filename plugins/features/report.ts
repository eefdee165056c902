import { z } from 'zod';

/** What was made of a column in one way. */
const madeOf = z.object({
  column: z.string(),
  /** The list of the recipe: `numeric`. */
  list: z.string(),
  how: z.string(),
  learnt: z.string(),
  /** Rows of the training part without a value. */
  missing: z.int(),
  ifMissing: z.string(),
  ifUnknown: z.string(),
  features: z.array(z.string()),
});

/** A score of a feature, and whether it stayed then. */
const score = z.object({ by: z.string(), score: z.number(), chance: z.number().optional(), kept: z.boolean() });

/** `report.json` of `features.fit`. */
export const fitReport = z.object({
  format: z.literal('trainyard.features/1'),
  rows: z.int(),
  /** Columns that were made of others. */
  derived: z.array(z.string()),
  columns: z.array(madeOf),
  /** All candidates, in order, with the scores of each selection that they came to. */
  features: z.array(z.object({ name: z.string(), kept: z.boolean(), scores: z.array(score) })),
});
export type FitReport = z.output<typeof fitReport>;

/** The value of the report, which travels. */
export const fitFigures = z.object({
  rows: z.int(),
  columns: z.int(),
  features: z.int(),
  /** Candidates that a selection left out. */
  leftOut: z.int(),
});
export type FitFigures = z.output<typeof fitFigures>;
