import { z } from 'zod';
import { model, node, report, table } from '../../../core/index.js';

export const robustnessFigures = z.object({
  figure: z.string(),
  rows: z.int(),
  value: z.number().nullable().describe('of the rows as they are'),
  curves: z.array(
    z.object({
      harm: z.enum(['noise', 'missing', 'shift']),
      points: z.array(z.object({ level: z.number(), value: z.number().nullable() })),
      refused: z.string().nullable().describe('why the model takes no such rows'),
    }),
  ),
});

/** How a figure falls as rows are harmed. */
export const robustness = node({
  name: 'evaluate.robustness',
  version: '1',
  title: 'How a model bears noise, missing values and shifted inputs, as curves',
  params: z.object({
    columns: z
      .array(z.string().min(1))
      .max(100)
      .optional()
      .describe('columns that are harmed; all that the model reads'),
    noise: z
      .array(z.number().min(0))
      .max(20)
      .default([0.1, 0.25, 0.5, 1])
      .describe('in standard deviations of each column'),
    missing: z
      .array(z.number().min(0).max(1))
      .max(20)
      .default([0.05, 0.1, 0.25, 0.5])
      .describe('share of cells left out'),
    shift: z.array(z.number()).max(20).default([-1, -0.5, 0.5, 1]).describe('in standard deviations of each column'),
    metric: z.string().optional().describe('the figure; the first that stands for models of the task'),
    most: z.int().min(10).max(100_000).default(5000).describe('rows at most, evenly spread'),
  }),
  inputs: { model, table },
  outputs: report(robustnessFigures),
  seeded: true,
});
