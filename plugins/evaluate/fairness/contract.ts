import { z } from 'zod';
import { FAIRNESS_NAMES } from '@trainyard/metrics/contract';
import { model, modelOf, node, report, table } from '../../../core/index.js';

const share = z.number().nullable();
const interval = z.tuple([z.number(), z.number()]).nullable();
const verdict = z.enum(['passed', 'failed', 'cannot tell']);
const columns = z.array(z.string().min(1)).min(1).max(5);

const rates = z.object({
  group: z.array(z.string()),
  n: z.int(),
  tooSmall: z.boolean().describe('fewer rows than may be judged: it stands in no distance'),
  baseRate: share,
  selectionRate: share,
  truePositiveRate: share,
  falsePositiveRate: share,
  precision: share,
  accuracy: share,
  calibrationError: share.describe('of the probability of the class in question'),
  overestimate: share.describe('mean probability of the class less its share'),
});

const gap = z.object({
  name: z.enum(FAIRNESS_NAMES),
  value: share.describe('largest rate less smallest'),
  interval: interval.describe(
    '95 %, of draws, in each of which the maximum is taken: it lies too high where groups are alike',
  ),
  limit: z.number().nullable(),
  judged: interval
    .optional()
    .describe('95 %, from the differences of all pairs of groups, corrected for so many: the verdict is taken from it'),
  verdict: verdict.nullable(),
});

const cut = z.object({
  columns: z.array(z.string()),
  gaps: z.array(gap),
  ratio: share.describe('smallest selection rate divided by the largest'),
  groups: z.array(rates),
});

export const fairnessFigures = z.object({
  positive: z.string(),
  n: z.int(),
  least: z.int(),
  verdict: verdict.nullable().describe('of all limits together; none where there are no limits'),
  cuts: z.array(cut).describe('each column, then all of them together; groups are in the report'),
  warnings: z.array(z.string()),
});

/** How alike groups of people are treated. */
export const fairness = node({
  name: 'evaluate.fairness',
  version: '1',
  title: 'How a classifier treats groups and their intersections: rates, distances with intervals, calibration',
  params: z.object({
    groups: columns.describe('columns of protected groups, such as sex or region; together they are looked at too'),
    positive: z.string().optional().describe('the class in question; of two classes the second where left out'),
    least: z
      .int()
      .min(2)
      .default(30)
      .describe('rows below which a group stands in no distance, and rows of a rate below which no limit is kept'),
    limits: z
      .partialRecord(z.enum(FAIRNESS_NAMES), z.number().min(0).max(1))
      .default({})
      .describe(
        'largest distance, such as { equalOpportunity: 0.1 }: the differences of all pairs of groups have to keep to it',
      ),
    resamples: z.number().int().min(100).max(10_000).default(1000).describe('draws of the bootstrap'),
  }),
  inputs: { model, table },
  outputs: report(fairnessFigures),
  seeded: true,
});

export const groupThresholdFigures = z.object({
  column: z.string(),
  alike: z.enum(['selectionRate', 'equalOpportunity']),
  target: z.number(),
  groups: z.array(z.object({ group: z.string(), n: z.int(), threshold: z.number(), before: share, after: share })),
  gap: z.object({ before: share, after: share }),
  accuracy: z.object({ before: z.number(), after: z.number() }),
  warnings: z.array(z.string()),
});

/** Makes groups alike by a threshold of its own for each (Hardt, Price and Srebro 2016, without their coin). */
export const groupThresholds = node({
  name: 'evaluate.groupThresholds',
  version: '1',
  title: 'Gives each group a threshold of its own, so that a rate is the same in all',
  params: z.object({
    column: z.string().min(1).describe('the column of groups: requests must bring it'),
    alike: z
      .enum(['selectionRate', 'equalOpportunity'])
      .default('equalOpportunity')
      .describe('the rate that becomes alike; how large it is, is what makes most answers right'),
    least: z.int().min(2).default(30).describe('rows of the rate below which a group keeps the threshold of the model'),
  }),
  inputs: { model, table },
  outputs: { model: modelOf('classification'), report: report(groupThresholdFigures) },
});
