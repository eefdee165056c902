import { z } from 'zod';
import { json, modelOf, node, report } from '../../../core/index.js';
import { TASK_FIGURES } from '@trainyard/metrics/contract';
import { data, label, quantileFigures, quantiles, trainingFigures, treesFigures, weight } from '../contract.js';
import { strictParameters, treeParameters } from './parameters.js';

/** What a report of the trees of several quantiles says: of each, in their order. */
export const quantileTreesFigures = z.object({
  quantiles: z.array(treesFigures.extend({ quantile: z.number().describe('between 0 and 1') })),
});

/** As `regressionTrees`, for several quantiles of a number at once: an interval with its middle. They never cross. */
export const quantileTrees = node({
  name: 'train.quantileTrees',
  version: '1',
  title: 'Gradient boosting and forests for tables, by LightGBM: quantiles of numbers',
  params: strictParameters({
    label,
    quantiles,
    weight,
    ...treeParameters,
  }),
  inputs: data,
  outputs: {
    model: modelOf('quantiles'),
    figures: json(quantileFigures),
    growth: report(quantileTreesFigures),
  },
  seeded: true,
  resources: { cpu: 1 },
});

/** As `trees`, for the order of rows within their group, such as answers to a query: LambdaMART (Burges 2010). */
export const rankingTrees = node({
  name: 'train.rankingTrees',
  version: '1',
  title: 'Gradient boosting for tables, by LightGBM: the order within groups',
  params: strictParameters({
    label: z.string().min(1).describe('column of relevance: whole numbers from 0, not at all, to 30'),
    group: z
      .string()
      .min(1)
      .describe('column that says which rows are ranked among each other, such as a query; no feature'),
    weight,
    places: z.number().int().min(1).max(1000).default(10).describe('places whose NDCG is watched'),
    lambdarank_truncation_level: z
      .number()
      .int()
      .min(1)
      .max(10_000)
      .default(30)
      .describe('first places of which pairs of rows are learned from'),
    lambdarank_norm: z.boolean().default(true).describe('gradients of each group are evened out'),
    ...treeParameters,
  }),
  inputs: data,
  outputs: {
    model: modelOf('ranking'),
    figures: json(TASK_FIGURES.ranking.extend({ on: trainingFigures.shape.on })),
    growth: report(treesFigures),
  },
  seeded: true,
  resources: { cpu: 1 },
});
