import { z } from 'zod';
import { many, node, report, table } from '../../core/index.js';
import { cleanFigures, rule } from './rules.js';

/** Applies rules to each row, one rule after the other. */
export const cleanTable = node({
  name: 'clean.table',
  version: '1',
  title: 'Cleans rows by rules, with a report of before and after',
  params: z.object({ rules: z.array(rule).default([]).describe('applied in this order') }),
  inputs: { table },
  outputs: { table, report: report(cleanFigures) },
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
