import { z } from 'zod';
import { json, modelOf, node, report } from '../../../core/index.js';
import { data, label, quantileFigures, quantiles, treesFigures, weight } from '../contract.js';
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
