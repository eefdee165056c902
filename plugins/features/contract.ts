import { z } from 'zod';
import { json, node, report, table, transform } from '../../core/index.js';
import { recipe } from './recipe.js';
import { monitorReference } from './reference.js';
import { fitFigures } from './report.js';

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
