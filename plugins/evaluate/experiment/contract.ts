import { z } from 'zod';
import { experimentPlan, experimentQuestion, experimentVerdict } from '@trainyard/metrics/contract';
import { json, node, report, table } from '../../../core/index.js';

/** What an experiment asks, and how many rows that takes; decided before the first row is seen. */
export const plan = node({
  name: 'evaluate.plan',
  version: '1',
  title: 'Plans an experiment of two arms: how many rows it takes, and what may not get worse',
  params: experimentQuestion,
  inputs: {},
  outputs: json(experimentPlan),
});

/** What the rows of both arms say so far. */
export const experiment = node({
  name: 'evaluate.experiment',
  version: '1',
  title: 'Judges an experiment of two arms by its plan, whenever it is looked at, in words',
  params: z.object({
    arm: z.string().min(1).default('arm').describe('the column that names the arm of a row'),
    unit: z
      .string()
      .min(1)
      .optional()
      .describe('the column of what was assigned, such as a customer: one row for each, else the rows are refused'),
  }),
  inputs: { plan: json(experimentPlan), outcomes: table },
  outputs: report(experimentVerdict),
});
