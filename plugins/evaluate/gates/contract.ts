import { z } from 'zod';
import { json, model, node, optional, report } from '../../../core/index.js';
import { taskCard } from '../../task/index.js';
import { challengeVerdict, finalFigures } from '../contract.js';
import { fairnessFigures } from '../fairness/contract.js';
import { sliceSearch } from '../find/contract.js';

export const gateVerdict = z.enum(['passed', 'failed', 'cannot tell']);

export const gateFigures = z.object({
  verdict: gateVerdict.describe('passed where all gates have passed, failed where any has failed'),
  gates: z.array(
    z.object({
      gate: z.enum(['task card', 'champion', 'slices', 'fairness', 'size', 'latency']),
      verdict: gateVerdict,
      says: z.string(),
      value: z.number().nullable(),
      interval: z.tuple([z.number(), z.number()]).nullable(),
      limit: z.number().nullable(),
    }),
  ),
});

/** Everything that a model must pass before it serves, with the evidence for each. */
export const gates = node({
  name: 'evaluate.gates',
  version: '1',
  title:
    'Holds a model against task card, champion, slices, fairness, size and latency: passed or failed, with evidence',
  params: z.object({
    megabytes: z.number().positive().optional().describe('largest size of the model'),
    milliseconds: z
      .number()
      .positive()
      .optional()
      .describe(
        'longest time of an answer to one row, at the 95th of 100, where this node runs: the one gate that a clock decides',
      ),
  }),
  inputs: {
    model,
    final: report(finalFigures),
    card: optional(json(taskCard)),
    challenge: optional(report(challengeVerdict)),
    slices: optional(report(sliceSearch)),
    fairness: optional(report(fairnessFigures)),
  },
  outputs: report(gateFigures),
});
