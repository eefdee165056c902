import { z } from 'zod';
import { json, model, modelOf, node, optional, report, table, transform } from '../../core/index.js';
import { figuresSchema, TASK_FIGURES } from '@trainyard/metrics/contract';
import { layeredParameters } from './net/layered-parameters.js';
import { denseParameters, loopParameters, NOT_IN_KEY, streamParameters } from './net/parameters.js';
import { numberParameters, strictParameters, treeParameters } from './trees/parameters.js';

/** Figures of a trained model, and the part of the data that they were measured on: what a study looks at. */
export const trainingFigures = figuresSchema.extend({
  on: z.enum(['validation', 'train']).describe('validation where there is such a table, else the training rows'),
});

/** What a learning curve says, in figures and in words. */
export const curvesFigures = z.object({
  epochs: z.number().int().describe('epochs trained'),
  bestEpoch: z.number().int().describe('epoch whose weights the model has, from 1'),
  stopped: z.string().describe('why training ended'),
  trainLoss: z.number().nullable().describe('at the best look; of classes in nats a row'),
  validationLoss: z.number().nullable().describe('at the best look; of classes in nats a row'),
  diagnosis: z.array(z.string()).describe('findings with their evidence and what to try'),
});

export const label = z.string().min(1).describe('column to predict');
export const classWeights = z
  .union([z.literal('balanced'), z.record(z.string(), z.number().positive())])
  .optional()
  .describe("weight of each class's rows; balanced: rows ÷ (classes × rows of the class)");

export const weight = z
  .string()
  .min(1)
  .optional()
  .describe('a column with a weight for each training row, such as balance.weights gives; no feature');

export const numberFigures = TASK_FIGURES.regression.extend({ on: trainingFigures.shape.on });
export const quantileFigures = TASK_FIGURES.quantiles.extend({ on: trainingFigures.shape.on });

export const quantiles = z
  .array(z.number().gt(0).lt(1))
  .min(1)
  .max(99)
  .refine((all) => all.every((q, i) => i === 0 || q > all[i - 1]!), 'rising quantiles, each once')
  .default([0.1, 0.5, 0.9])
  .describe('shares of the truths that are to lie below each answer, rising');

export const data = { train: table, validation: optional(table), prep: transform };

/** A model that looks at no feature: what any other must beat. */
export const baseline = node({
  name: 'train.baseline',
  version: '1',
  title: 'Answers every row alike: the yardstick for other models',
  params: z.object({
    label,
    strategy: z
      .enum(['prior', 'majority'])
      .default('prior')
      .describe('prior: the shares of the classes as probabilities; majority: the most frequent class for certain'),
  }),
  inputs: data,
  outputs: { model, figures: json(trainingFigures) },
});

/** Multinomial logistic regression with an L2 penalty, an L1 penalty or both, trained to its optimum. Draws no random numbers. */
export const logistic = node({
  name: 'train.logistic',
  version: '1',
  title: 'Logistic regression for tables',
  params: z.object({
    label,
    l2: z.number().min(0).default(1).describe('penalty: half of it times the sum of squared coefficients'),
    l1: z.number().min(0).default(0).describe('penalty: it times the sum of absolute coefficients; some become 0'),
    classWeights,
    weight,
    iterations: z.number().int().min(1).default(1000).describe('most steps of the optimiser'),
    tolerance: z.number().positive().default(1e-8).describe('largest slope, a row, at which it has converged'),
  }),
  inputs: data,
  outputs: { model, figures: json(trainingFigures) },
});

const ofNets = {
  inputs: data,
  seeded: true,
  tensorflow: true,
  resources: { cpu: 1 },
  notInKey: NOT_IN_KEY,
  continuesOver: 'epochs',
} as const;

export const labelSmoothing = z
  .number()
  .min(0)
  .max(0.5)
  .default(0)
  .describe('share of the truth that is spread evenly over the classes');

export const focal = z
  .number()
  .min(0)
  .max(10)
  .default(0)
  .describe('exponent of the focal loss, which looks away from rows that are right already; 0: cross-entropy');

const numberLoss = {
  loss: z
    .enum(['squared', 'absolute', 'huber'])
    .default('squared')
    .describe('squared learns the mean, absolute the median, huber what lies between'),
  delta: z
    .number()
    .positive()
    .default(1)
    .describe('huber: where it turns linear, in standard deviations of the target'),
};

/** A net of dense layers on TensorFlow. With the same seed, threads and backend it gives the same bits on the same kind of machine. */
export const net = node({
  ...ofNets,
  name: 'train.net',
  version: '1',
  title: 'Neural net of dense layers for tables',
  params: z.object({
    label,
    ...denseParameters,
    ...loopParameters,
    ...streamParameters,
    labelSmoothing,
    focal,
    classWeights,
    weight,
  }),
  outputs: { model, figures: json(trainingFigures), curves: report(curvesFigures) },
});

/** As `net`, for numbers. The target is standardised inside the model. */
export const regressionNet = node({
  ...ofNets,
  name: 'train.regressionNet',
  version: '1',
  title: 'Neural net of dense layers for tables: numbers',
  params: z.object({
    label,
    ...numberLoss,
    ...denseParameters,
    ...loopParameters,
    ...streamParameters,
    weight,
  }),
  outputs: {
    model: modelOf('regression'),
    figures: json(numberFigures),
    curves: report(curvesFigures),
  },
});

/** As `regressionNet`, for quantiles of a number. They are answered in rising order. */
export const quantileNet = node({
  ...ofNets,
  name: 'train.quantileNet',
  version: '1',
  title: 'Neural net of dense layers for tables: quantiles of numbers',
  params: z.object({
    label,
    quantiles,
    ...denseParameters,
    ...loopParameters,
    ...streamParameters,
    weight,
  }),
  outputs: {
    model: modelOf('quantiles'),
    figures: json(quantileFigures),
    curves: report(curvesFigures),
  },
});

/** As `net`, for rows that have any number of classes: the label is a column of JSON lists of their names. */
export const multiLabelNet = node({
  ...ofNets,
  name: 'train.multiLabelNet',
  version: '1',
  title: 'Neural net of dense layers for tables: any number of classes',
  params: z.object({
    label: z.string().min(1).describe('column to predict: JSON lists of classes, which may be empty'),
    threshold: z.number().gt(0).lt(1).default(0.5).describe('probability from which on a class is answered'),
    ...denseParameters,
    ...loopParameters,
    ...streamParameters,
    labelSmoothing,
    weight,
  }),
  outputs: {
    model: modelOf('multi-label'),
    figures: json(TASK_FIGURES['multi-label'].extend({ on: trainingFigures.shape.on })),
    curves: report(curvesFigures),
  },
});

/** A net of any layers, which are plain data: for pictures, sequences, codes. Missing values come as NaN where the transform passes them on. */
export const layeredNet = node({
  ...ofNets,
  name: 'train.layeredNet',
  version: '1',
  title: 'Neural net of any layers: pictures, sequences, codes',
  params: z.object({
    label,
    ...layeredParameters,
    ...loopParameters,
    ...streamParameters,
    labelSmoothing,
    focal,
    classWeights,
    weight,
  }),
  outputs: { model, figures: json(trainingFigures), curves: report(curvesFigures) },
});

/** As `layeredNet`, for numbers. The target is standardised inside the model. */
export const layeredRegressionNet = node({
  ...ofNets,
  name: 'train.layeredRegressionNet',
  version: '1',
  title: 'Neural net of any layers: numbers',
  params: z.object({ label, ...numberLoss, ...layeredParameters, ...loopParameters, ...streamParameters, weight }),
  outputs: {
    model: modelOf('regression'),
    figures: json(numberFigures),
    curves: report(curvesFigures),
  },
});

/** What a report of grown trees says, in figures and in words. */
export const treesFigures = z.object({
  iterations: z.number().int().describe('iterations done'),
  bestIteration: z.number().int().describe('iterations that the model has, from 1'),
  stopped: z.string().describe('why training ended'),
  loss: z.string().describe('what is watched'),
  trainLoss: z.number().nullable().describe('at the last iteration that the model has'),
  validationLoss: z.number().nullable().describe('at the last iteration that the model has'),
  importance: z
    .array(z.object({ feature: z.string(), gain: z.number(), splits: z.number() }))
    .describe('by falling gain: by how much its splits lowered the loss in sum, and how many there are; the first 100'),
  diagnosis: z.array(z.string()).describe('findings with their evidence and what to try'),
});

/**
 * Boosted trees or a forest by LightGBM's own library, for classes. Takes missing values and categories as they are (`recipe.pass` of
 * `features.fit`). With the same seed it gives the same bytes for every number of threads, and resumed the same as unbroken.
 */
export const trees = node({
  name: 'train.trees',
  version: '1',
  title: 'Gradient boosting and forests for tables, by LightGBM: classes',
  params: strictParameters({ label, classWeights, weight, ...treeParameters }),
  inputs: data,
  outputs: { model, figures: json(trainingFigures), growth: report(treesFigures) },
  seeded: true,
  resources: { cpu: 1 },
});

/** As `trees`, for numbers. */
export const regressionTrees = node({
  name: 'train.regressionTrees',
  version: '1',
  title: 'Gradient boosting and forests for tables, by LightGBM: numbers',
  params: strictParameters({ label, weight, ...numberParameters, ...treeParameters }),
  inputs: data,
  outputs: {
    model: modelOf('regression'),
    figures: json(numberFigures),
    growth: report(treesFigures),
  },
  seeded: true,
  resources: { cpu: 1 },
});
