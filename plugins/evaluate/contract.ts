import { z } from 'zod';
import { model, node, optional, report, sealedTable, table } from '../../core/index.js';
import { figuresSchema } from '@trainyard/metrics/contract';

const interval = z.tuple([z.number(), z.number()]);

/** What the final evaluation says: figures on the sealed test rows, with 95 % intervals. */
export const finalFigures = figuresSchema.extend({
  intervals: z.object({ accuracy: interval, f1Macro: interval, logLoss: interval }),
  /** How often the test set was opened before this: 0 where nothing had seen its rows. */
  openedBefore: z.number().int(),
  /** The worst slices, lowest accuracy first. */
  slices: z.array(z.object({ column: z.string(), value: z.string(), n: z.number().int(), accuracy: z.number() })),
});

/** The only measurement of a model on rows that nothing before it has seen. */
export const final = node({
  name: 'evaluate.final',
  version: '1',
  title: 'Opens the sealed test set and measures the model on it',
  params: z.object({
    slices: z.array(z.string()).max(10).default([]).describe('columns by whose values the figures are given as well'),
    resamples: z.number().int().min(100).max(10_000).default(1000).describe('draws of the bootstrap'),
  }),
  inputs: { model, test: sealedTable },
  opens: 'sealed',
  outputs: report(finalFigures),
  seeded: true,
  facts: { metric: 'out.f1.macro' },
});

const pair = z.object({ accuracy: z.number(), f1Macro: z.number(), logLoss: z.number() });

/** Both models on the same rows. Differences are challenger − champion, turned so that higher is better. */
const comparison = z.object({
  rows: z.enum(['fresh', 'test']),
  n: z.number().int(),
  challenger: pair,
  champion: pair.nullable(),
  /** Of the metric that decides, with the interval that holds 1 − alpha, by paired bootstrap. */
  difference: z.number().nullable(),
  interval: interval.nullable(),
  /** McNemar's exact test: rows that only one of them gets right. */
  onlyChallenger: z.number().int().nullable(),
  onlyChampion: z.number().int().nullable(),
  p: z.number().nullable(),
});

export const challengeVerdict = z.object({
  verdict: z.enum(['promote', 'keep']),
  /** In words, the deciding ones first. */
  reasons: z.array(z.string()),
  metric: z.string(),
  sets: z.array(comparison),
});

/** Whether a new model may take the old one's place. */
export const challenge = node({
  name: 'evaluate.challenge',
  version: '1',
  title: 'Compares a challenger with the champion on the same rows',
  params: z.object({
    metric: z.enum(['accuracy', 'f1Macro', 'logLoss']).default('f1Macro').describe('the figure that decides'),
    margin: z
      .number()
      .min(0)
      .default(0.02)
      .describe(
        'how much worse the challenger may be on any set, in units of the metric, and still count as not worse',
      ),
    rule: z
      .enum(['better', 'not worse'])
      .default('better')
      .describe('better: not worse on every set and, beyond chance, better on the fresh rows; not worse: that alone'),
    alpha: z.number().min(0.0001).max(0.5).default(0.05).describe('largest chance of calling equals different'),
    resamples: z.number().int().min(100).max(10_000).default(1000).describe('draws of the bootstrap'),
  }),
  inputs: {
    challenger: model,
    champion: optional(model),
    fresh: optional(table),
    test: optional(sealedTable),
  },
  opens: 'sealed',
  outputs: report(challengeVerdict),
  seeded: true,
});
