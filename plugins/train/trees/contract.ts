import { z } from 'zod';
import { TASK_FIGURES } from '@trainyard/metrics/contract';
import { json, modelOf, node, report } from '../../../core/index.js';
import { data, label, trainingFigures, treesFigures, weight } from '../contract.js';
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
    quantiles: z
      .array(z.number().gt(0).lt(1))
      .min(1)
      .max(99)
      .refine((all) => all.every((q, i) => i === 0 || q > all[i - 1]!), 'they must rise')
      .default([0.1, 0.5, 0.9])
      .describe('rising, between 0 and 1'),
    weight,
    ...treeParameters,
  }),
  inputs: data,
  outputs: {
    model: modelOf('quantiles'),
    figures: json(TASK_FIGURES.quantiles.extend({ on: trainingFigures.shape.on })),
    growth: report(quantileTreesFigures),
  },
  seeded: true,
  resources: { cpu: 1 },
});
