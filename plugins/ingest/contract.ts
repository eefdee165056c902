import { z } from 'zod';
import { file, json, node, optional, report, sourceParam, table, type Json } from '../../core/index.js';
import { bad } from '@trainyard/tables/bad';
import { tableSchemaParam } from '@trainyard/tables/schema';
import { ENCODINGS } from './encodings.js';

const cell = z.union([z.string(), z.number(), z.boolean()]);

/** What the code of source kinds is asked for by. */
const SOURCES = ['source'] as const;

/** How far the last finished run of a pipeline has read a source. */
const reach = z.object({
  project: z.string(),
  pipeline: z.string(),
  source: z.string(),
  /** How many finished runs have read it on. */
  place: z.int(),
  /** Where to read on from; null where no run has read it. */
  watermark: z.json() as unknown as z.ZodType<Json, Json>,
  run: z.string().nullable(),
});

/**
 * Looks up how far the last finished run of the pipeline has read a source on, once in a run and its resumes: `ingest.read` calls it
 * for `since: 'last run'`.
 */
export const reached = node({
  name: 'ingest.reached',
  version: '1',
  title: 'How far the last finished run of the pipeline has read a source',
  params: z.object({ source: sourceParam.describe('the source as the pipeline names it: another query is another') }),
  inputs: {},
  outputs: json(reach),
  cache: false,
});

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
  inputs: { from: optional(json(reach)) },
  outputs: file,
  cache: false,
  asks: SOURCES,
  readsOn: { since: 'from', reached: 'out.watermark' },
});

/** How a snapshot is read as a table. */
const reading = z.object({
  of: sourceParam
    .optional()
    .describe('what the snapshot was taken of, which says how it is read; a CSV file by default'),
  schema: tableSchemaParam.optional().describe('a zod object of the columns; without it types follow the cells'),
  delimiter: z
    .string()
    .length(1)
    .optional()
    .describe(
      'the character between cells of a CSV file, where `of` does not say it; as its first lines say by default',
    ),
  quote: z
    .string()
    .max(1)
    .optional()
    .describe('the character around cells of a CSV file, empty for none; as its first lines say by default'),
  missing: z
    .array(z.string())
    .optional()
    .describe('texts that stand for a missing cell; without it nothing, NA and null, and NaN outside numbers'),
  encoding: z
    .enum(ENCODINGS)
    .optional()
    .describe('how the bytes of a CSV file are read as text, where `of` does not say it; as its bytes say by default'),
  key: z
    .array(z.string())
    .default([])
    .describe('columns that identify a row; without them its content does, with a number for equal rows'),
  where: z
    .record(z.string(), z.union([cell, z.array(cell)]))
    .default({})
    .describe('rows to keep: by column, the value or values that it must have'),
});

/** Reads a snapshot as a table whose rows have an identity. Its key follows the bytes of the snapshot. */
export const parse = node({
  name: 'ingest.parse',
  version: '1',
  title: 'Reads a snapshot of a source as a typed table, checked against its schema',
  params: reading,
  inputs: { source: file },
  outputs: table,
  asks: SOURCES,
  facts: { data: 'out', dataset: 'source.source' },
  resources: { memory: '2GB' },
});

/** A line of a quarantine, as reports and questions show it. */
const line = z.object({
  row: z.string(),
  file: z.string().nullish(),
  place: z.int(),
  rule: z.string(),
  column: z.string().nullable(),
  text: z.string().nullable(),
  expected: z.string(),
});

/** What was left out of a table, and why. */
export const siftFigures = z.object({
  /** As people call the source. */
  source: z.string(),
  /** Rows read, those that were left out included. */
  read: z.int(),
  dropped: z.int(),
  /** What was allowed: a share below 1, a count from 1 on. */
  limit: z.number(),
  overLimit: z.boolean(),
  /** What a place is: the line of a file, or the number of a row in a source without lines. */
  unit: z.enum(['line', 'row']),
  /** How many rows break a rule, the most broken first; at most 10. */
  rules: z.array(z.object({ rule: z.string(), column: z.string().nullable(), rows: z.int() })),
  /** The first lines of the quarantine; texts are cut after 120 characters. */
  first: z.array(line),
});
export type SiftFigures = z.output<typeof siftFigures>;

/**
 * Reads a snapshot as `parse` does, and leaves the rows out that cannot be read as their schema says. `ingest.csv` and `ingest.read`
 * call it where `bad` is given, and have a person asked where more than the limit are left out and `over` is `hold`.
 */
export const sift = node({
  name: 'ingest.sift',
  version: '1',
  title: 'Reads a snapshot of a source as a typed table, and keeps the rows that cannot be read so in quarantine',
  params: reading.extend({
    bad: bad.describe('how many rows may be left out, and what happens beyond that'),
  }),
  inputs: { source: file },
  outputs: { table, quarantine: table, report: report(siftFigures) },
  asks: SOURCES,
  facts: { data: 'table', dataset: 'source.source' },
  resources: { memory: '2GB' },
});
