import { z } from 'zod';
import { json, model, node, optional, report, table } from '../../../core/index.js';

const column = z.string().min(1);
const parameters = z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()]));

/** What was tried, in its order: with it alone the model can be made again, bit for bit, however fast the machine is. */
export const bestRecord = z.object({
  format: z.literal('trainyard.best-record/1'),
  seed: z.number().int().describe('what folds are dealt by and trainings draw from'),
  candidates: z
    .array(
      z.object({
        learner: z.string(),
        params: parameters,
        rounds: z
          .array(z.number().int().nullable())
          .describe('rounds after which the clock stopped the training of a fold; null where it ended by itself'),
      }),
    )
    .describe('those that were trained on every fold, in the order in which they ended'),
  refitted: z
    .array(z.number().int())
    .nullable()
    .describe('places, in candidates, of those trained again on all rows; null where nobody asked for that'),
});
export type BestRecord = z.output<typeof bestRecord>;

/** Figures of the model, and what they were measured on. */
export const bestFigures = z
  .looseObject({
    on: z.enum(['validation', 'folds']).describe('folds: each row was answered by models that did not see it'),
    n: z.number().int().describe('rows measured'),
    metric: z.string(),
    score: z.number().describe('the metric; of the folds, after choosing by it'),
    members: z.number().int().describe('candidates in the ensemble'),
    candidates: z.number().int().describe('candidates trained on every fold'),
  })
  .describe('beside these, the figures of the task: logLoss, f1.macro, rmse and so on');

/** What the leaderboard says, in figures and in words. */
export const leaderboardFigures = z.object({
  metric: z.string(),
  better: z.enum(['lower', 'higher']),
  ensemble: z.number().describe('score of the ensemble on the folds'),
  single: z.number().describe('score of the best candidate alone'),
  baseline: z.number().nullable().describe('score of an answer that looks at no feature'),
  candidates: z
    .array(
      z.object({
        candidate: z.number().int(),
        learner: z.string(),
        score: z.number(),
        seconds: z.number(),
        weight: z.number().describe('share in the ensemble'),
        params: parameters,
      }),
    )
    .describe('by score, the best first; the first 50'),
  tried: z.object({
    finished: z.number().int(),
    stopped: z.number().int(),
    failed: z.number().int(),
    late: z.number().int(),
  }),
  ended: z.string().describe('why the search ended'),
  time: z.object({
    budget: z.number().nullable().describe('seconds'),
    spent: z.number().describe('seconds, those before a restart included'),
    stages: z.array(z.object({ stage: z.string(), seconds: z.number() })),
  }),
  left: z.array(z.object({ column: z.string(), why: z.string() })).describe('columns that no feature was made of'),
  findings: z.array(z.string()).describe('what stands out, and what to try'),
});

/**
 * One call for people who do not want to choose: makes features, tries learners and their parameters by cross-validation, and joins the
 * best greedily (Caruana et al., 2004), until the time is over or so many candidates were tried.
 */
export const best = node({
  name: 'train.best',
  version: '1',
  title:
    'The best model that some minutes give: features, learners, parameters and an ensemble, chosen by cross-validation',
  params: z.strictObject({
    target: column.describe('column to predict; all others become features'),
    minutes: z
      .number()
      .positive()
      .max(24 * 60)
      .optional()
      .describe('the budget: all work from reading the table to the finished model ends within it'),
    trials: z
      .number()
      .int()
      .min(1)
      .max(100_000)
      .optional()
      .describe(
        'candidates to try, whatever time they take: the same result on every machine. Minutes, trials or both',
      ),
    task: z
      .enum(['auto', 'classes', 'number'])
      .default('auto')
      .describe('auto: numbers with more than 20 values, or with fractions, are numbers; all else are classes'),
    metric: z
      .enum(['logLoss', 'rocAuc', 'accuracy', 'f1Macro', 'rmse', 'mae'])
      .optional()
      .describe('what is best: logLoss for classes, rmse for numbers, where nothing is said'),
    learners: z.array(z.string().min(1)).min(1).optional().describe('names of learners to try; all that suit the task'),
    folds: z
      .number()
      .int()
      .min(2)
      .max(20)
      .optional()
      .describe('5; 3 from 100,000 rows on, 2 from 500,000; fewer where a class has fewer rows'),
    group: column.optional().describe('a column whose equal values stay in one fold, such as a patient; no feature'),
    time: column.optional().describe('a column of time: each fold is answered by what lies before it; no feature'),
    drop: z.array(column).default([]).describe('columns that are no features'),
    classWeights: z
      .union([z.literal('balanced'), z.record(z.string(), z.number().positive())])
      .optional()
      .describe("weight of each class's rows in training; 1 where nothing is said"),
    ensemble: z.boolean().default(true).describe('false: the best candidate alone'),
    refit: z
      .boolean()
      .optional()
      .describe(
        'train the members again on all rows: a smaller and faster model. Otherwise a member is the mean of its models of the folds. Default: with time alone, where the last rows say most',
      ),
  }),
  inputs: { table, validation: optional(table), record: optional(json(bestRecord)) },
  outputs: { model, figures: json(bestFigures), record: json(bestRecord), leaderboard: report(leaderboardFigures) },
  seeded: true,
  // The ensemble opens its members by their kinds.
  asks: ['model'],
  resources: { cpu: 1 },
  timeout: '25 hours',
});
