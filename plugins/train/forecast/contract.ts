import { z } from 'zod';
import { json, modelOf, node, report } from '../../../core/index.js';
import { TASK_FIGURES } from '@trainyard/metrics/contract';
import { curvesFigures, data, trainingFigures, weight } from '../contract.js';
import { loopParameters, NOT_IN_KEY } from '../net/parameters.js';
import { seriesModelParameter } from '../presets/index.js';
import { strictParameters, treeParameters } from '../trees/parameters.js';

const label = z
  .string()
  .min(1)
  .describe("column of JSON lists of the values that followed: forecast.windows calls it 'VALUE next'");
const scale = z
  .number()
  .positive()
  .optional()
  .describe('what scaled errors divide by: the error of the naive forecast, as the report of forecast.windows says it');
const season = z.number().int().min(1).default(1).describe('steps of a season; 1: none');
const quantiles = z
  .array(z.number().gt(0).lt(1))
  .max(20)
  .refine((all) => all.every((q, i) => i === 0 || q > all[i - 1]!), 'rising quantiles, each once')
  .default([])
  .describe('shares of the truths that are to lie below further answers of each step, rising');
const figures = json(TASK_FIGURES.forecasting.extend({ on: trainingFigures.shape.on }));

/** The value of the same place in the last season known, or the last value: what any forecaster must beat. */
export const naiveForecast = node({
  name: 'train.naiveForecast',
  version: '1',
  title: 'Forecasts the last value, or that of a season before: the yardstick for other forecasters',
  params: z.object({ label, season, scale }),
  inputs: data,
  outputs: { model: modelOf('forecasting'), figures },
});

/** What a report of forecasting trees says. */
export const forecastTreesFigures = z.object({
  horizon: z.number().int(),
  parts: z.array(
    z.object({
      step: z.number().int().describe('steps ahead, from 1'),
      quantile: z.number().nullable().describe('null: the forecast itself'),
      iterations: z.number().int().describe('iterations that it has'),
      trainLoss: z.number().nullable(),
      validationLoss: z.number().nullable(),
    }),
  ),
});

/** Boosted trees by LightGBM from lags and covariates, a model for each step ahead (the direct strategy), and for each quantile of it. */
export const forecastTrees = node({
  name: 'train.forecastTrees',
  version: '1',
  title: 'Gradient boosting for series, by LightGBM: the next values, with quantiles',
  params: strictParameters({
    label,
    weight,
    scale,
    season,
    quantiles,
    difference: z
      .enum(['none', 'naive'])
      .default('naive')
      .describe(
        'what is learned: the values, or how they differ from the naive forecast: trees alone never answer beyond what they have seen',
      ),
    loss: z
      .enum(['squared', 'absolute'])
      .default('squared')
      .describe('squared forecasts the mean, absolute the median'),
    ...treeParameters,
  }),
  inputs: data,
  outputs: { model: modelOf('forecasting'), figures, growth: report(forecastTreesFigures) },
  seeded: true,
  resources: { cpu: 1 },
});

/** A net over windows: all steps ahead at once, and for each quantile as many. It standardises what it takes and what it learns by itself. */
export const forecastNet = node({
  name: 'train.forecastNet',
  version: '1',
  title: 'Neural net for series: the next values, with quantiles',
  params: z.object({
    label,
    weight,
    scale,
    season,
    quantiles,
    difference: z
      .enum(['none', 'naive'])
      .default('naive')
      .describe('what is learned: the values, or how they differ from the naive forecast'),
    loss: z
      .enum(['squared', 'absolute', 'huber'])
      .default('squared')
      .describe('squared forecasts the mean, absolute the median, huber what lies between'),
    delta: z
      .number()
      .positive()
      .default(1)
      .describe('huber: where it turns linear, in standard deviations of what is learned'),
    model: seriesModelParameter
      .default({ preset: 'dense', units: [64, 32], activation: 'relu', normalise: 'none', dropout: 0 })
      .describe(
        'a preset by its name, with what it takes (dense, recurrent, tcn, transformer), or layers in their order',
      ),
    ...loopParameters,
  }),
  inputs: data,
  outputs: { model: modelOf('forecasting'), figures, curves: report(curvesFigures) },
  seeded: true,
  tensorflow: true,
  resources: { cpu: 1 },
  notInKey: NOT_IN_KEY,
  continuesOver: 'epochs',
});
