import { z } from 'zod';
import { json, many, node, report, table } from '../../core/index.js';
import { fittedCleaning, learningRule } from './learnt/rules.js';
import { cleanFigures, rule } from './rules.js';

/** The rows that stay, those that were dropped, and what was done. */
const cleaned = { table, quarantine: table, report: report(cleanFigures) };

/** Applies rules to the rows of a table, one rule after the other. */
export const cleanTable = node({
  name: 'clean.table',
  version: '1',
  title: 'Cleans rows by rules, with a report of before and after',
  params: z.object({ rules: z.array(rule).default([]).describe('applied in this order') }),
  inputs: { table },
  outputs: cleaned,
  resources: { memory: '2GB' },
});

/** Learns from the training part what rules need: medians, limits, neighbours. */
export const fitCleaning = node({
  name: 'clean.fit',
  version: '1',
  title: 'Learns rules of cleaning from the training part',
  params: z.object({
    rules: z
      .array(learningRule)
      .min(1)
      .describe('in this order: each learns from the rows as those before it leave them'),
    sample: z
      .int()
      .min(100)
      .max(200_000)
      .default(20_000)
      .describe('most rows that neighbours, iterative and isolation learn from, drawn by the seed'),
  }),
  inputs: { train: table },
  outputs: json(fittedCleaning),
  seeded: true,
  resources: { memory: '2GB' },
});

/** Applies what was learnt to any part. */
export const applyFitted = node({
  name: 'clean.apply',
  version: '1',
  title: 'Cleans rows by rules that were learnt from the training part',
  params: z.object({}),
  inputs: { table, cleaning: json(fittedCleaning) },
  outputs: cleaned,
  resources: { memory: '2GB' },
});

/** Puts tables of the same columns one after the other. */
export const concat = node({
  name: 'clean.concat',
  version: '1',
  title: 'Puts tables of the same columns one after the other',
  params: z.object({
    duplicates: z
      .enum(['first', 'last', 'stop'])
      .default('first')
      .describe('of rows with one identity: keep the one of the first table, of the last, or refuse'),
  }),
  inputs: { tables: many(table) },
  outputs: table,
  resources: { memory: '2GB' },
});
