import { z } from 'zod';
import { model, node, optional, report, sealedTable, table } from '../../core/index.js';
import { TASK_FIGURES } from '@trainyard/metrics/contract';

const interval = z.tuple([z.number(), z.number()]);
const value = z.number().nullable();
const better = z.enum(['larger', 'smaller']);

/** What the final evaluation says whatever the task. */
const ofAnyTask = {
  /** The figures that stand for the model, the first before all others. */
  headlines: z.array(
    z.object({ name: z.string(), value: z.number(), better: z.enum(['larger', 'smaller', 'neither']) }),
  ),
  /** Which way each figure is better, by its path. */
  better: z.record(z.string(), better),
  /** How often the test set was opened before this: 0 where nothing had seen its rows. */
  openedBefore: z.number().int(),
};
const slice = z.object({ column: z.string(), value: z.string(), n: z.number().int() });

const intervals = z.record(z.string(), interval);
/** The worst slices, the worst first, by the figure that orders them. */
const slices = z.array(slice.catchall(value));

/** What the final evaluation says: the figures of the model's task on the sealed test rows, with 95 % intervals. */
export const finalFigures = z.discriminatedUnion('task', [
  TASK_FIGURES.classification.extend({
    ...ofAnyTask,
    task: z.literal('classification'),
    intervals: z.object({ accuracy: interval, f1Macro: interval, logLoss: interval }),
    slices: z.array(slice.extend({ accuracy: z.number() })),
  }),
  TASK_FIGURES['multi-label'].extend({ ...ofAnyTask, task: z.literal('multi-label'), intervals, slices }),
  TASK_FIGURES.regression.extend({ ...ofAnyTask, task: z.literal('regression'), intervals, slices }),
  TASK_FIGURES.quantiles.extend({ ...ofAnyTask, task: z.literal('quantiles'), intervals, slices }),
  TASK_FIGURES.forecasting.extend({ ...ofAnyTask, task: z.literal('forecasting'), intervals, slices }),
  TASK_FIGURES.ranking.extend({ ...ofAnyTask, task: z.literal('ranking'), intervals, slices }),
  TASK_FIGURES.embedding.extend({ ...ofAnyTask, task: z.literal('embedding'), intervals, slices }),
]);
export type AnyFinalFigures = z.output<typeof finalFigures>;

/** What the final evaluation says of models of one type of task. */
export type FinalFigures<Task extends AnyFinalFigures['task'] = 'classification'> = Extract<
  AnyFinalFigures,
  { readonly task: Task }
>;

/** What mistakes cost, by true class and the class answered. */
export const costsOfMistakes = z
  .record(z.string(), z.record(z.string(), z.number()))
  .describe(
    'what an answer costs, by true class and then by the class answered, such as { sick: { well: 10 } }; answers that are not named cost 0',
  );
export type CostsOfMistakes = z.output<typeof costsOfMistakes>;

/** The only measurement of a model on rows that nothing before it has seen. */
export const final = node({
  name: 'evaluate.final',
  version: '1',
  title: 'Opens the sealed test set and measures the model on it',
  params: z.object({
    slices: z.array(z.string()).max(10).default([]).describe('columns by whose values the figures are given as well'),
    resamples: z.number().int().min(100).max(10_000).default(1000).describe('draws of the bootstrap'),
    costs: costsOfMistakes.optional(),
  }),
  inputs: { model, test: sealedTable },
  opens: 'sealed',
  outputs: report(finalFigures),
  seeded: true,
  // What a former release wrote has no headlines.
  facts: { metric: ['out.headlines.0', 'out.f1.macro'] },
});

/** Figures by short name: `f1Macro`. */
const figures = z.record(z.string(), value);

/** Both models on the same rows. Differences are challenger − champion, turned so that higher is better. */
const comparison = z.object({
  rows: z.enum(['fresh', 'test']),
  n: z.number().int(),
  challenger: figures,
  champion: figures.nullable(),
  /** Of the metric that decides, with the interval that holds 1 − alpha, by paired bootstrap. */
  difference: z.number().nullable(),
  interval: interval.nullable(),
  /** How much worse still counts as not worse, in units of the metric. */
  margin: z.number().nullable(),
  /** McNemar's exact test, where an answer is right or wrong: rows that only one of them gets right. */
  onlyChallenger: z.number().int().nullable(),
  onlyChampion: z.number().int().nullable(),
  p: z.number().nullable(),
});

export const challengeVerdict = z.object({
  verdict: z.enum(['promote', 'keep']),
  /** Whether these rows say so for good; false where the champion is kept because they cannot tell, and others might. */
  decided: z.boolean(),
  /** In words, the deciding ones first. */
  reasons: z.array(z.string()),
  metric: z.string(),
  /** Those of an earlier comparison first (`before`). */
  sets: z.array(comparison),
});

/** Whether a new model may take the old one's place. */
export const challenge = node({
  name: 'evaluate.challenge',
  version: '1',
  title: 'Compares a challenger with the champion on the same rows',
  params: z.object({
    metric: z
      .string()
      .optional()
      .describe(
        'the figure that decides, such as accuracy, logLoss or mae; by default the first that stands for models of the task: f1Macro for classes, rmse for numbers',
      ),
    margin: z
      .number()
      .min(0)
      .optional()
      .describe(
        "how much worse the challenger may be on any set, in units of the metric, and still count as not worse; by default 0.02, or 2 % of the champion's figure where the figure has the label's unit",
      ),
    rule: z
      .enum(['better', 'not worse'])
      .default('better')
      .describe('better: not worse on every set and, beyond chance, better on the fresh rows; not worse: that alone'),
    alpha: z.number().min(0.0001).max(0.5).default(0.05).describe('largest chance of calling equals different'),
    resamples: z.number().int().min(100).max(10_000).default(1000).describe('draws of the bootstrap'),
    looks: z
      .number()
      .int()
      .min(1)
      .max(20)
      .optional()
      .describe('comparisons of which any one may promote, this one included: each spends its part of alpha; one'),
    least: z.number().int().min(1).optional().describe('fewest rows of a set that may decide; one'),
  }),
  inputs: {
    challenger: model,
    champion: optional(model),
    fresh: optional(table),
    test: optional(sealedTable),
    before: optional(report(challengeVerdict)),
  },
  opens: 'sealed',
  outputs: report(challengeVerdict),
  seeded: true,
});
