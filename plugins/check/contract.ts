import { checkFigures, dataContract } from '@trainyard/checks';
import { tableSchemaJson } from '@trainyard/tables/schema';
import { z } from 'zod';
import { json, many, node, optional, report, table } from '../../core/index.js';

/** The moment at which it runs, for rules about ages. Never found in the cache: only looking tells. */
export const moment = node({
  name: 'check.moment',
  version: '1',
  title: 'Takes the time, for rules about how old data may be',
  params: z.object({}),
  inputs: {},
  outputs: json(z.object({ at: z.iso.datetime() })),
  cache: false,
  light: true,
});

/** Checks a table by a data contract. */
export const checkTable = node({
  name: 'check.table',
  version: '1',
  title: 'Checks a table by a data contract: passed, failed, or did not run',
  params: z.object({
    contract: dataContract.describe('what the table promises'),
    names: z.array(z.string()).default([]).describe('what the rules call the other tables, in their order'),
    serving: z.boolean().default(false).describe('the labels of the contract may be absent'),
    otherwise: z
      .enum(['stop', 'report'])
      .default('stop')
      .describe('what happens unless the contract has passed: the run stops, or goes on with the report'),
  }),
  inputs: { table, others: many(table), moment: optional(json(z.object({ at: z.iso.datetime() }))) },
  outputs: report(checkFigures),
  asks: ['rule'],
  resources: { memory: '2GB' },
});

/** What `check.schema` says of a table; the TypeScript stands in its file `schema.ts`. */
export const schemaSummary = z.object({ rows: z.int(), columns: z.int(), schema: tableSchemaJson });

/** Writes the schema that a table has, as TypeScript. */
export const schema = node({
  name: 'check.schema',
  version: '1',
  title: 'Writes the schema that a table has, as the TypeScript of a zod object',
  params: z.object({
    name: z
      .string()
      .regex(/^[A-Za-z_$][\w$]*$/, 'a name of a constant')
      .default('rows')
      .describe('what the constant is called'),
    most: z.int().min(1).max(1000).default(20).describe('most values that a column may have to be a set of them'),
  }),
  inputs: { table },
  outputs: json(schemaSummary),
  resources: { memory: '2GB' },
});
