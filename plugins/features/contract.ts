import { z } from 'zod';
import { json, node, report, table, transform } from '../../core/index.js';
import { recipe } from './recipe.js';
import { monitorReference } from './reference.js';
import { fitFigures } from './report.js';

/** What is taken of the cells of a window. */
const WINDOW_FIGURES = ['count', 'sum', 'mean', 'min', 'max', 'deviation'] as const;

/** Fits a recipe on the training part. The transform travels with every model trained on its features. */
export const fitFeatures = node({
  name: 'features.fit',
  version: '2',
  title: 'Fits the transform from rows to features on the training part',
  params: z.object({ recipe: recipe.describe('which columns become features, and how') }),
  inputs: { table },
  outputs: { transform, reference: json(monitorReference), report: report(fitFigures) },
  resources: { memory: '2GB' },
});

/** What was made of a table. */
export const appliedFigures = z.object({
  rows: z.int(),
  /** Features of each row. */
  features: z.int(),
  /** The columns that the transform reads: rows without a value, and with one that training did not keep. */
  inputs: z.array(z.object({ column: z.string(), missing: z.int(), unknown: z.int().optional() })),
  /** Features whose columns have another name: a table has no two names that are equal but for case. */
  renamed: z.array(z.object({ feature: z.string(), column: z.string() })),
  warnings: z.array(z.string()),
});
export type AppliedFigures = z.output<typeof appliedFigures>;

/** Applies a fitted transform to a table: for models and tools outside, which take numbers. */
export const applyFeatures = node({
  name: 'features.apply',
  version: '1',
  title: 'Applies a fitted transform to a table: one column of numbers for each feature',
  params: z.object({
    keep: z
      .array(z.string().min(1))
      .default([])
      .describe('columns that are kept beside the features, such as the label'),
    prefix: z
      .string()
      .default('')
      .describe('what the names of features begin with, where a kept column has such a name'),
    training: z
      .boolean()
      .default(false)
      .describe(
        'the table is the one that the transform was fitted on: steps that learn from the label give each row what was learnt without it',
      ),
  }),
  inputs: { table, prep: transform },
  outputs: { table, report: report(appliedFigures) },
  resources: { memory: '2GB' },
});

const column = z.string().min(1);
const span = z.union([z.string(), z.int().min(1)]);

/** A column that is made of earlier rows. */
export const historyColumn = z.union([
  z.strictObject({
    name: column,
    of: column,
    take: z.literal('lag'),
    back: z.int().min(1).max(10_000).default(1).describe('which of the earlier rows: 1 is the latest'),
  }),
  z.strictObject({
    name: column,
    of: column,
    take: z.enum(WINDOW_FIGURES),
    rows: z.int().min(1).max(100_000).optional().describe('of so many of the latest rows'),
    within: span.optional().describe("of the rows no longer ago than this: '7 days', or a number of the order's units"),
  }),
]);

/** What was made of the rows before each row. */
export const historyFigures = z.object({
  rows: z.int(),
  /** Different keys. */
  keys: z.int(),
  /** The new columns, and rows that have no value there. */
  columns: z.array(z.object({ name: z.string(), missing: z.int() })),
  warnings: z.array(z.string()),
});
export type HistoryFigures = z.output<typeof historyFigures>;

/** Adds columns of earlier rows: lags and windows by key, which see nothing but the past of their row. */
export const history = node({
  name: 'features.history',
  version: '2',
  title: 'Adds lags and figures of windows over the earlier rows of the same key',
  params: z.object({
    key: z.array(column).min(1).describe('columns whose values the rows of one history share'),
    order: column.describe('a column of timestamps, dates or integers: what lies before what'),
    gap: span
      .optional()
      .describe(
        "how far before a row its past ends: '1 day', or a number of the order's units. Absent: all that lies before it",
      ),
    columns: z.array(historyColumn).min(1).describe('the new columns'),
    earlier: column
      .default('earlier')
      .describe('what a request to a model calls the earlier rows of its key, which it brings along as a JSON list'),
  }),
  inputs: { table },
  outputs: { table, report: report(historyFigures) },
  resources: { memory: '2GB' },
});
