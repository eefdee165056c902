import { z } from 'zod';
import { json, model, node, table } from '../../core/index.js';

/**
 * Starts watching an endpoint, or gives the monitor that watches it another reference: windows of its requests are
 * compared with the table that its model was trained on, and drift starts a retraining, once per cause.
 */
export const endpoint = node({
  name: 'monitor.endpoint',
  version: '1',
  title: 'Watches an endpoint for drift, and retrains its model',
  params: z.object({
    name: z.string().min(1).describe('the endpoint'),
    window: z.number().int().min(20).max(100_000).default(500).describe('rows that are compared at a time'),
    alpha: z.number().gt(0).lt(1).default(0.05).describe('chance of a finding in a window without drift'),
    minEffect: z.number().min(0).max(1).default(0.1).describe('least difference that counts, as a share of the rows'),
    every: z.number().int().min(100).default(300_000).describe('look for new rows at least so often, in ms'),
    retrain: z
      .object({
        pipeline: z.string().min(1).describe('started on drift'),
        params: z
          .record(z.string(), z.json())
          .default({})
          .describe('its parameters; fresh, the labelled rows of the drifted windows, is added'),
        leastLabelled: z.number().int().min(1).default(50).describe('rows with an outcome that it needs'),
        cooldown: z.number().int().min(0).default(3_600_000).describe('from one retraining to the next, in ms'),
        most: z.number().int().min(1).default(4).describe('retrainings within 30 days; above 50 there is no limit'),
      })
      .optional()
      .describe('what to do about drift; without it, drift is recorded'),
  }),
  inputs: { model, reference: table },
  outputs: json(
    z.object({
      endpoint: z.string(),
      monitor: z.string().describe('its Workflow id'),
      columns: z.number().int(),
      referenceRows: z.number().int(),
    }),
  ),
  effect: true,
  retry: { attempts: 5 },
  timeout: '10 minutes',
});
