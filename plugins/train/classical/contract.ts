import { z } from 'zod';
import { json, model, modelOf, node, report, table, transform } from '../../../core/index.js';
import { classWeights, data, label, numberFigures, trainingFigures, weight } from '../contract.js';

const ofClasses = { model, figures: json(trainingFigures) };
const ofNumbers = { model: modelOf('regression'), figures: json(numberFigures) };

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
  outputs: ofNumbers,
});

/** Naive Bayes: each feature by itself, given the class. Draws no random numbers. */
export const bayes = node({
  name: 'train.bayes',
  version: '1',
  title: 'Naive Bayes for tables: gaussian, multinomial, bernoulli',
  params: z.object({
    label,
    distribution: z
      .enum(['gaussian', 'multinomial', 'bernoulli'])
      .default('gaussian')
      .describe('of a feature within a class; multinomial: counts; bernoulli: there or not'),
    varianceSmoothing: z
      .number()
      .positive()
      .default(1e-9)
      .describe('gaussian: added to each variance, as a share of the largest of a feature'),
    alpha: z.number().positive().default(1).describe('multinomial, bernoulli: added to each count'),
    threshold: z.number().default(0).describe('bernoulli: a feature above it is there'),
    classWeights,
    weight,
  }),
  inputs: data,
  outputs: ofClasses,
});

const neighbourParameters = {
  label,
  k: z.number().int().min(1).max(10_000).default(5).describe('neighbours that are asked'),
  metric: z.enum(['euclidean', 'manhattan']).default('euclidean').describe('distance of two rows'),
  votes: z.enum(['uniform', 'distance']).default('uniform').describe('distance: each counts 1 ÷ its distance'),
};

/** k nearest neighbours, found exactly: of rows that are equally far the earlier ones. Draws no random numbers. */
export const neighbours = node({
  name: 'train.neighbours',
  version: '1',
  title: 'k nearest neighbours for tables: classes',
  params: z.object(neighbourParameters),
  inputs: data,
  outputs: ofClasses,
});

/** As `neighbours`, for numbers: their mean. */
export const regressionNeighbours = node({
  name: 'train.regressionNeighbours',
  version: '1',
  title: 'k nearest neighbours for tables: numbers',
  params: z.object(neighbourParameters),
  inputs: data,
  outputs: ofNumbers,
});

/** Support vector machine with probabilities. The seed deals the rows of the folds that probabilities are learned from. */
export const svm = node({
  name: 'train.svm',
  version: '1',
  title: 'Support vector machine for tables: linear or with a kernel',
  params: z.object({
    label,
    kernel: z
      .enum(['linear', 'rbf', 'poly', 'sigmoid'])
      .default('rbf')
      .describe('linear: each class against the rest, squared hinge loss; others: each pair of classes, hinge loss'),
    c: z.number().positive().default(1).describe('price of a row inside the margin'),
    gamma: z
      .number()
      .positive()
      .optional()
      .describe('of the kernel; without it 1 ÷ (features × their variance over all)'),
    degree: z.number().int().min(1).max(10).default(3).describe('poly: the power'),
    coef0: z.number().default(0).describe('poly, sigmoid: added before the power, before the tangent'),
    tolerance: z.number().positive().default(1e-3).describe('violation of the optimality conditions at which it ends'),
    iterations: z
      .number()
      .int()
      .min(1)
      .optional()
      .describe('most sweeps over the rows (linear; 1,000) or steps of two rows (others; 10,000,000)'),
    classWeights,
    weight,
  }),
  inputs: data,
  outputs: ofClasses,
  seeded: true,
});

const treeShape = {
  depth: z.number().int().min(1).max(1000).default(1000).describe('most splits from root to leaf'),
  minLeaf: z.number().int().min(1).default(1).describe('least rows in a leaf'),
  minSplit: z.number().int().min(2).default(2).describe('least rows that are split'),
  minFall: z.number().min(0).default(0).describe('least fall of the impurity by a split, times the share of its rows'),
};

/** One decision tree (CART) with Gini's impurity. Draws no random numbers. */
export const decisionTree = node({
  name: 'train.decisionTree',
  version: '1',
  title: 'One decision tree for tables: classes',
  params: z.object({ label, ...treeShape, classWeights, weight }),
  inputs: data,
  outputs: ofClasses,
});

/** As `decisionTree`, for numbers: by their variance. */
export const regressionDecisionTree = node({
  name: 'train.regressionDecisionTree',
  version: '1',
  title: 'One decision tree for tables: numbers',
  params: z.object({ label, ...treeShape, weight }),
  inputs: data,
  outputs: ofNumbers,
});

/** What a report of clusters says. */
export const clusterFigures = z.object({
  sizes: z.array(z.number().int()).describe('rows of each cluster'),
  inertia: z.number().describe('sum of squared distances to the centre of the own cluster'),
  explained: z.number().nullable().describe('1 - inertia ÷ that of one cluster; null where all rows are equal'),
  iterations: z.number().int().describe('rounds of the start that was kept'),
  converged: z.boolean(),
});

/** k-means: rows in clusters about centres. Nothing is predicted: the model answers with the distance to each centre. */
export const kMeans = node({
  name: 'train.kMeans',
  version: '1',
  title: 'k-means clusters of the rows of a table',
  params: z.object({
    clusters: z.number().int().min(1).max(10_000).describe('how many'),
    starts: z.number().int().min(1).max(1000).default(10).describe('seeded starts, of which the tightest is kept'),
    iterations: z.number().int().min(1).default(300).describe('most rounds of a start'),
    tolerance: z
      .number()
      .min(0)
      .default(1e-4)
      .describe('move of the centres, squared, as a share of the mean variance, at which a start has settled'),
    as: z.string().min(1).default('cluster').describe('the new column: number of the cluster, from 0'),
  }),
  inputs: { table, prep: transform },
  outputs: { model: modelOf('embedding'), table, clusters: report(clusterFigures) },
  seeded: true,
});
