import { z } from 'zod';
import { file, node, table } from '../../core/index.js';
import { tableSchemaParam } from '@trainyard/tables/schema';

/** Encodings that a source may be in; the names are those of the WHATWG encoding standard. */
export const ENCODINGS = ['utf-8', 'utf-16le', 'utf-16be', 'windows-1252', 'iso-8859-15'] as const;

const cell = z.union([z.string(), z.number(), z.boolean()]);

/** Takes the bytes of a source as they are now. Never found in the cache: only reading tells whether they changed. */
export const snapshot = node({
  name: 'ingest.snapshot',
  version: '1',
  title: 'Takes the bytes of a source as they are now',
  params: z.object({
    /** Path or `file:` URL, relative to the project's folder. */
    source: z.string().min(1).describe("path or file: URL, relative to the project's folder"),
  }),
  inputs: {},
  outputs: file,
  cache: false,
});

/** Reads a CSV snapshot as a table whose rows have an identity. Its key follows the bytes of the snapshot. */
export const parse = node({
  name: 'ingest.parse',
  version: '1',
  title: 'Reads a CSV file as a typed table, checked against its schema',
  params: z.object({
    schema: tableSchemaParam.optional().describe('a zod object of the columns; without it types follow the cells'),
    delimiter: z.string().length(1).default(',').describe('the character between cells'),
    missing: z
      .array(z.string())
      .optional()
      .describe('texts that stand for a missing cell; without it nothing, NA and null, and NaN outside numbers'),
    encoding: z.enum(ENCODINGS).default('utf-8').describe('how the bytes are read as text'),
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
  facts: { data: 'out' },
  resources: { memory: '2GB' },
});
