import { z } from 'zod';
import { CALIBRATION_NAMES } from '@trainyard/metrics/contract';
import { model, modelOf, node, report, table } from '../../../core/index.js';
import { costsOfMistakes } from '../contract.js';

const before = z.object({ logLoss: z.number(), brier: z.number(), calibrationError: z.number() });

export const calibrationFigures = z.object({
  method: z.enum(CALIBRATION_NAMES),
  n: z.int(),
  temperature: z.number().nullable().describe('above 1 where the model was too certain'),
  before: before.describe('on the rows that the calibration was learnt from'),
  after: before.describe('the same after it: on other rows it is not quite as good'),
  warnings: z.array(z.string()),
});

/** Mends probabilities by rows that the model was not trained on; what it gives is a model as any other. */
export const calibrate = node({
  name: 'evaluate.calibrate',
  version: '1',
  title: 'Mends the probabilities of a classifier: temperature, Platt or isotonic',
  params: z.object({
    method: z
      .enum(CALIBRATION_NAMES)
      .default('temperature')
      .describe(
        'temperature: one number, the answers stay the same (Guo et al. 2017); platt: a sigmoid for each class (Platt 1999); isotonic: rising steps for each class, for a thousand rows or more (Zadrozny and Elkan 2002)',
      ),
  }),
  inputs: { model, table },
  outputs: { model: modelOf('classification'), report: report(calibrationFigures) },
});

export const thresholdFigures = z.object({
  positive: z.string().describe('the class that is answered from the threshold on'),
  n: z.int(),
  threshold: z.number(),
  expected: z.number().nullable().describe('the threshold that costs alone would give, were the probabilities right'),
  interval: z.tuple([z.number(), z.number()]).describe('of the threshold, 95 %, by bootstrap'),
  cost: z.number().describe('mean cost of a row'),
  costInterval: z.tuple([z.number(), z.number()]).nullable(),
  former: z.object({ threshold: z.number(), cost: z.number() }),
  warnings: z.array(z.string()),
});

/** Chooses from which probability on the second class is answered, by what mistakes cost. */
export const threshold = node({
  name: 'evaluate.threshold',
  version: '1',
  title: 'Chooses the threshold of a classifier of two classes by what mistakes cost',
  params: z.object({
    costs: costsOfMistakes,
    resamples: z.number().int().min(100).max(10_000).default(1000).describe('draws of the bootstrap'),
  }),
  inputs: { model, table },
  outputs: { model: modelOf('classification'), report: report(thresholdFigures) },
  seeded: true,
});
