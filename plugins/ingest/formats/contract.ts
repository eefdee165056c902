import { z } from 'zod';
import { ENCODINGS } from '../encodings.js';
import { readPattern } from './log/pattern.js';

const encoding = z.enum(ENCODINGS).default('utf-8').describe('how the bytes are read as text');
const shared = {
  arrays: z.enum(['text', 'refuse']).default('text').describe('what lists become: their JSON text, or a refusal'),
  mixed: z
    .enum(['refuse', 'text'])
    .optional()
    .describe(
      'what a key becomes that holds values of several types: a refusal, or text; by default it is refused, but with bad, where values that are not of the declared type are left out',
    ),
  encoding,
};

function isLogPattern(pattern: string): boolean {
  const { names } = readPattern(pattern);
  return names.length > 0 && new Set(names).size === names.length;
}

const csv = z.strictObject({
  type: z.literal('csv'),
  delimiter: z
    .string()
    .length(1)
    .optional()
    .describe('the character between cells; by default a tab in .tsv files, else as the first lines say'),
  quote: z
    .string()
    .max(1)
    .optional()
    .describe('the character around cells, empty for none; as the first lines say by default'),
  encoding: z.enum(ENCODINGS).optional().describe('how the bytes are read as text; as they say by default'),
});
const jsonl = z.strictObject({ type: z.literal('jsonl').describe('a JSON object on each line'), ...shared });
const json = z.strictObject({
  type: z.literal('json').describe('a document: an array of objects, an object that holds one, or one object'),
  records: z.string().min(1).optional().describe('where the array is: keys joined by points, such as data.items'),
  ...shared,
});
const parquet = z.strictObject({
  type: z.literal('parquet'),
  bytes: z.enum(['refuse', 'base64']).default('refuse').describe('what columns of bytes become'),
});
const log = z.strictObject({
  type: z.literal('log'),
  pattern: z
    .string()
    .refine(
      (pattern) => isLogPattern(pattern),
      'a pattern with named groups, each name once, such as (?<level>[A-Z]+) (?<text>.*)',
    )
    .describe('an expression that matches whole lines; its named groups are the columns'),
  unmatched: z
    .number()
    .min(0)
    .default(0)
    .describe(
      'lines that may differ, a share below 1 or a count from 1 on: they are counted and kept beside the table',
    ),
  encoding,
});
const xlsx = z.strictObject({
  type: z.literal('xlsx'),
  sheet: z.string().min(1).optional().describe('the name of the sheet; may be left out where there is one'),
  header: z.int().min(1).optional().describe('the row of the names; the first that holds anything by default'),
  merged: z
    .enum(['refuse', 'first'])
    .default('refuse')
    .describe('what merged cells become: a refusal, or their first cell with the others missing'),
});

/** How files are read as rows; by default as their names end. */
export const formatOption = z
  .discriminatedUnion('type', [csv, jsonl, json, parquet, xlsx, log])
  .optional()
  .describe('how the files are read; as their names end by default');

export type Format = NonNullable<z.output<typeof formatOption>>;
/** A format as an author gives it. */
export type FormatInput = NonNullable<z.input<typeof formatOption>>;

/** What the end of a file's name means; everything else is CSV. */
export const ENDINGS: Readonly<Record<string, FormatInput>> = {
  '.json': { type: 'json' },
  '.jsonl': { type: 'jsonl' },
  '.ndjson': { type: 'jsonl' },
  '.parquet': { type: 'parquet' },
  '.pq': { type: 'parquet' },
  '.xlsx': { type: 'xlsx' },
};
