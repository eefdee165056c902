import { z } from 'zod';
import { file, node, sourceParam, table, type Json } from '../../core/index.js';
import { tableSchemaParam } from '@trainyard/tables/schema';
import { ENCODINGS } from './encodings.js';

/** Texts that stand for a missing cell unless the author says otherwise. */
export const MISSING = ['', 'NA', 'NaN', 'null'] as const;

const cell = z.union([z.string(), z.number(), z.boolean()]);

/** What the code of source kinds is asked for by. */
const SOURCES = ['source'] as const;

/** Takes what a source holds as it is now. Never found in the cache: only reading tells whether they changed. */
export const snapshot = node({
  name: 'ingest.snapshot',
  version: '1',
  title: 'Takes the bytes of a source as they are now',
  params: z.object({
    source: z
      .union([z.string().min(1), sourceParam])
      .describe("path or file: URL, relative to the project's folder; or a source of any kind"),
    since: (z.json() as unknown as z.ZodType<Json, Json>)
      .optional()
      .describe('the watermark of an earlier snapshot: only what came after it; for kinds that have one'),
  }),
  inputs: {},
  outputs: file,
  cache: false,
  asks: SOURCES,
});

/** Reads a snapshot as a table whose rows have an identity. Its key follows the bytes of the snapshot. */
export const parse = node({
  name: 'ingest.parse',
  version: '1',
  title: 'Reads a snapshot of a source as a typed table, checked against its schema',
  params: z.object({
    of: sourceParam
      .optional()
      .describe('what the snapshot was taken of, which says how it is read; a CSV file by default'),
    schema: tableSchemaParam.optional().describe('a zod object of the columns; without it types follow the cells'),
    delimiter: z
      .string()
      .length(1)
      .default(',')
      .describe('the character between cells of a CSV file, where `of` does not say it'),
    missing: z
      .array(z.string())
      .default([...MISSING])
      .describe('texts that stand for a missing cell'),
    encoding: z.enum(ENCODINGS).default('utf-8').describe('how its bytes are read as text, where `of` does not say it'),
    key: z
      .array(z.string())
      .default([])
      .describe('columns that identify a row; without them its content does, with a number for equal rows'),
    where: z
      .record(z.string(), z.union([cell, z.array(cell)]))
      .default({})
      .describe('rows to keep: by column, the value or values that it must have'),
  }),
  inputs: { source: file },
  outputs: table,
  asks: SOURCES,
  facts: { data: 'out', dataset: 'source.source' },
  resources: { memory: '2GB' },
});
