import { z } from 'zod';
import { model, node, optional, report, table } from '../../core/index.js';

const ofFeature = z.object({
  feature: z.string(),
  meanAbsolute: z.number().describe('mean over the rows of how far it moved the score, either way'),
  mean: z.number().describe('mean over the rows of by how much it moved the score'),
});

/** What a summary of Shapley values says. */
export const shapFigures = z.object({
  rows: z.number().int(),
  says: z.string().describe('what the scores are, such as log odds'),
  scores: z.array(
    z.object({
      score: z.string().describe('a class, or the label'),
      expected: z.number().describe('the score before any feature is known'),
      features: z.array(ofFeature).describe('by falling meanAbsolute; the first 100'),
    }),
  ),
  largestGap: z
    .number()
    .describe('largest difference of a sum and its score, in units of the larger of the score and 1'),
});

/**
 * Shapley values of each row by the trees themselves (TreeSHAP; Lundberg et al. 2020): what each feature added to the expected score.
 * They sum to the model's score, which is checked on every row.
 */
export const shap = node({
  name: 'explain.shap',
  version: '1',
  title: 'What each feature added to each answer of a model of trees',
  params: z.object({
    drawn: z.number().int().min(1).max(10_000).default(1000).describe('rows that the charts show, evenly spread'),
  }),
  inputs: { model, table },
  outputs: { values: table, summary: report(shapFigures) },
});

const METHODS = ['kernel', 'linear', 'integrated gradients', 'occlusion'] as const;

/** What a summary of attributions says. */
export const attributionFigures = shapFigures.extend({
  method: z.enum(METHODS),
  mode: z.string().describe('what "not known" means, and whether contributions sum to the score'),
  background: z.int().describe('rows that stand for what is not known'),
  largestGap: shapFigures.shape.largestGap.nullable().describe('null where contributions sum to nothing'),
});

/** What each feature added to answers of any model, by asking it. */
export const attributions = node({
  name: 'explain.attributions',
  version: '1',
  title: 'What each feature added to answers of any model: kernel or linear SHAP, integrated gradients, occlusion',
  params: z.object({
    method: z
      .enum(METHODS)
      .default('kernel')
      .describe(
        'kernel: Shapley values of any model (Lundberg and Lee 2017); linear: exact for linear and logistic regression; integrated gradients: for nets; occlusion: one feature at a time',
      ),
    rows: z.int().min(1).max(2000).default(50).describe('rows of the table that are explained, evenly spread'),
    behind: z.int().min(1).max(500).default(30).describe('rows of the background, evenly spread'),
    samples: z
      .int()
      .min(64)
      .max(20_000)
      .default(2048)
      .describe('coalitions that are drawn, from 12 features on: at least 2 × features + 2'),
    steps: z.int().min(5).max(500).default(50).describe('steps of integrated gradients'),
    drawn: z.number().int().min(1).max(10_000).default(1000).describe('rows that the charts show'),
  }),
  inputs: { model, table, background: optional(table) },
  outputs: { values: table, summary: report(attributionFigures) },
  seeded: true,
});

export const importanceFigures = z.object({
  rows: z.int(),
  figure: z.string(),
  value: z.number().nullable(),
  repeats: z.int(),
  mode: z.string(),
  columns: z
    .array(
      z.object({
        column: z.string(),
        importance: z.number(),
        deviation: z.number().nullable().describe('of the shuffles, by n − 1; null for one shuffle'),
        least: z.number(),
        most: z.number(),
      }),
    )
    .describe('by falling importance: by how much the figure gets worse; over the repeats'),
});

/** How much worse a model becomes when a column is shuffled (Breiman 2001; Fisher, Rudin and Dominici 2019). */
export const permutation = node({
  name: 'explain.permutation',
  version: '1',
  title: 'Permutation importance: how much worse a figure gets when a column is shuffled',
  params: z.object({
    metric: z.string().optional().describe('the figure; the first that stands for models of the task'),
    repeats: z.int().min(1).max(100).default(5).describe('shuffles of each column'),
    most: z.int().min(10).max(100_000).default(5000).describe('rows at most, evenly spread'),
  }),
  inputs: { model, table },
  outputs: report(importanceFigures),
  seeded: true,
});

export const partialFigures = z.object({
  rows: z.int(),
  mode: z.string(),
  columns: z.array(
    z.object({
      column: z.string(),
      grid: z.array(z.union([z.number(), z.string()])),
      mean: z.array(z.object({ output: z.string(), values: z.array(z.number()) })),
    }),
  ),
});

/** How the answer goes with one column, all else as it is (Friedman 2001; Goldstein et al. 2015). */
export const partial = node({
  name: 'explain.partial',
  version: '1',
  title: 'Partial dependence, and the course of each row (ICE), by column',
  params: z.object({
    columns: z.array(z.string().min(1)).min(1).max(10).describe('columns that the model reads, one after the other'),
    points: z.int().min(2).max(50).default(15).describe('values of a column of numbers, at its quantiles'),
    most: z.int().min(1).max(2000).default(200).describe('rows, evenly spread'),
    courses: z.int().min(0).max(50).default(20).describe('rows whose own course is drawn'),
  }),
  inputs: { model, table },
  outputs: report(partialFigures),
});
