import { z } from 'zod';
import { model, node, report, table } from '../../core/index.js';

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
