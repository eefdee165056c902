import { z } from 'zod';
import { json, modelOf, node } from '../../../core/index.js';
import { data, label, numberFigures, weight } from '../contract.js';

const numbers = { model: modelOf('regression'), figures: json(numberFigures) };

/** Linear regression: ordinary, ridge (`l2`), lasso (`l1`), elastic net (both), solved to its optimum. Draws no random numbers. */
export const linear = node({
  name: 'train.linear',
  version: '1',
  title: 'Linear regression for tables: ordinary, ridge, lasso, elastic net',
  params: z.object({
    label,
    l1: z
      .number()
      .min(0)
      .default(0)
      .describe('penalty: it times the sum of absolute coefficients (lasso); some become 0'),
    l2: z.number().min(0).default(0).describe('penalty: half of it times the sum of squared coefficients (ridge)'),
    weight,
    iterations: z
      .number()
      .int()
      .min(1)
      .default(10_000)
      .describe('most sweeps over the coefficients, where l1 is above 0'),
    tolerance: z
      .number()
      .positive()
      .default(1e-8)
      .describe(
        'duality gap at which it has converged, as a share of half the sum of squares of the labels about their mean',
      ),
  }),
  inputs: data,
  outputs: numbers,
});
