import { z } from 'zod';

/** What a model is to do, and when it is good enough: declared before any data is looked at. */
export const taskCard = z.strictObject({
  goal: z.string().min(1).describe('what the model is for, in a sentence'),
  kind: z
    .enum(['binary', 'multi-class', 'multi-label', 'regression', 'forecasting', 'images', 'text'])
    .describe('what is predicted, and from what'),
  target: z.string().min(1).describe('the column to predict'),
  metric: z
    .strictObject({
      name: z.string().min(1).describe('a figure of the evaluation, such as f1.macro'),
      direction: z.enum(['maximize', 'minimize']).default('maximize'),
      threshold: z.number().describe('from where on the model is good enough'),
      precision: z
        .number()
        .positive()
        .default(0.1)
        .describe('half the widest confidence interval with which that may be claimed'),
    })
    .describe('what the model is judged by'),
  scope: z.string().default('').describe('where and for whom it holds'),
  exclusions: z.array(z.string()).default([]).describe('what it must not be used for'),
  affected: z.string().default('').describe('who is affected by its mistakes, and how'),
  budget: z
    .strictObject({ minutes: z.number().positive().optional(), trials: z.int().positive().optional() })
    .default({})
    .describe('what may be spent on it'),
});
export type TaskCard = z.output<typeof taskCard>;

export const CONFIDENCES = ['0.9', '0.95', '0.99'] as const;

export const feasibilityFigures = z.object({
  /** Nothing was found that stops. */
  feasible: z.boolean(),
  rows: z.int(),
  /** Rows without a target. */
  unlabelled: z.int(),
  /** Rows that a test part of the planned share would have. */
  testRows: z.int(),
  /** By falling count; empty for targets that are numbers. `test`: rows expected in the test part. */
  classes: z.array(z.object({ name: z.string(), rows: z.int(), test: z.number() })),
  /** Confidence interval of a share of right answers at the threshold, by Wilson (1927); null for other metrics. */
  interval: z.object({ at: z.number(), low: z.number(), high: z.number(), confidence: z.number() }).nullable(),
  findings: z.array(z.object({ weight: z.enum(['stop', 'warning']), said: z.string() })),
});
export type FeasibilityFigures = z.output<typeof feasibilityFigures>;
