import { z } from 'zod';
import { many, model, node, optional, report, table } from '../../../core/index.js';

const interval = z.tuple([z.number(), z.number()]);

export const compareFigures = z.object({
  figure: z.string(),
  better: z.enum(['larger', 'smaller']),
  n: z.int(),
  value: z.number().nullable().describe('of the model'),
  against: z.array(
    z.object({
      name: z.string().describe('baseline 1, champion, or dummy'),
      value: z.number().nullable(),
      difference: z.number().nullable().describe('of the model, turned so that above 0 it is the better one'),
      interval: interval.nullable().describe('by draws of the same rows of both'),
      onlyModel: z.int().nullable().describe('rows that only the model gets right'),
      onlyOther: z.int().nullable(),
      p: z.number().nullable().describe("McNemar's exact test"),
      verdict: z.enum(['better', 'worse', 'cannot tell']),
    }),
  ),
});

/** A model beside others and a dummy, on the same rows. */
export const compare = node({
  name: 'evaluate.compare',
  version: '1',
  title: 'Compares a model with baselines, the champion and a dummy on the same rows, paired',
  params: z.object({
    metric: z.string().optional().describe('the figure; the first that stands for models of the task'),
    alpha: z
      .number()
      .min(0.0001)
      .max(0.5)
      .default(0.05)
      .describe('chance of calling equals different, of all comparisons together'),
    resamples: z.number().int().min(100).max(10_000).default(1000).describe('draws of the bootstrap'),
  }),
  inputs: { model, table, baselines: many(model), champion: optional(model) },
  outputs: report(compareFigures),
  seeded: true,
});
