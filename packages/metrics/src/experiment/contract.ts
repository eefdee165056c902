import { z } from 'zod';

const rows = z.int().min(0);
const interval = z.tuple([z.number(), z.number()]);

const measured = {
  name: z.string().min(1).max(80).describe('the outcome: a column of tables'),
  better: z.enum(['larger', 'smaller']).default('larger').describe('which way is better'),
};
const share = z.object({
  type: z.literal('share'),
  ...measured,
  base: z.number().gt(0).lt(1).describe('the share to be expected of the control, such as 0.04'),
});
const mean = z.object({
  type: z.literal('mean'),
  ...measured,
  deviation: z.number().positive().describe('standard deviation of one row to be expected'),
});

const effect = z.number().positive().describe('the smallest difference that matters, in the unit of the outcome');
const margin = z.number().positive().describe('by so much it may get worse, in the unit of the outcome');

/** What people decide before the first row is seen. */
export const experimentQuestion = z.object({
  control: z.string().min(1).max(80).default('A').describe('the arm that is now'),
  treatment: z.string().min(1).max(80).default('B').describe('the arm that is tried'),
  share: z.number().min(0.01).max(0.99).default(0.5).describe('share of the rows that the treatment gets'),
  alpha: z.number().min(0.0001).max(0.5).default(0.05).describe('largest chance of calling equals different'),
  power: z.number().min(0.5).max(0.999).default(0.8).describe('chance of finding the effect where it is there'),
  metric: z.discriminatedUnion('type', [share.extend({ effect }), mean.extend({ effect })]).describe('what decides'),
  guards: z
    .array(z.discriminatedUnion('type', [share.extend({ margin }), mean.extend({ margin })]))
    .max(20)
    .default([])
    .describe('outcomes that must not get worse by more than a margin'),
});

const arms = z.object({ control: rows, treatment: rows });

/** A question, and the rows that its answer takes. It is fixed before the first row is seen. */
export const experimentPlan = experimentQuestion.extend({
  format: z.literal('trainyard.experiment-plan/1'),
  fixed: arms.describe('rows of each arm, were they looked at once, at the end'),
  most: arms.describe('rows of each arm where they are looked at as often as one likes: then the experiment ends'),
  longest: z.string().describe('the outcome that takes the most rows'),
  least: rows.describe('rows of each arm below which nothing is said'),
  scales: z
    .record(z.string(), z.number().positive())
    .describe('for each outcome the deviation of the differences that its test is quickest for'),
});

/** An outcome of one arm: rows that have it, their mean, and the sum of their squared distances from it. */
export const outcomeTotals = z.object({ n: rows, mean: z.number(), spread: z.number().min(0) });

/** What is known of an arm: all its rows, and each outcome. */
export const armTotals = z.object({ rows, outcomes: z.record(z.string(), outcomeTotals) });

const found = z.object({
  name: z.string(),
  control: z.number().nullable().describe('mean, or share'),
  treatment: z.number().nullable(),
  difference: z.number().nullable().describe('of the treatment, turned so that above 0 it is the better arm'),
  interval: interval.nullable().describe('of the difference; it holds at all looks together'),
});

export const EXPERIMENT_VERDICTS = [
  'too early',
  'better',
  'worse',
  'alike',
  'cannot tell',
  'stopped',
  'not valid',
] as const;

/** What an experiment says when it is looked at. */
export const experimentVerdict = z.object({
  verdict: z.enum(EXPERIMENT_VERDICTS),
  /** In words, for people. */
  says: z.string(),
  ended: z.boolean().describe('no more rows are asked for'),
  rows: arms,
  most: arms,
  metric: found,
  guards: z.array(
    found.extend({ margin: z.number(), verdict: z.enum(['kept', 'broken', 'cannot tell', 'too early']) }),
  ),
  mismatch: z.object({
    expected: z.number().describe('share of the treatment that was planned'),
    found: z.number().nullable(),
    odds: z.number().describe('how much better another share explains the rows; from 1,000 on the split is broken'),
    broken: z.boolean(),
  }),
});

export type ExperimentQuestion = z.output<typeof experimentQuestion>;
export type ExperimentPlan = z.output<typeof experimentPlan>;
export type OutcomeTotals = z.output<typeof outcomeTotals>;
export type ArmTotals = z.output<typeof armTotals>;
export type ExperimentVerdict = z.output<typeof experimentVerdict>;
