import { z } from 'zod';
import { composite, file, table, type CallOptions, type Handle, type Table } from '../../core/index.js';
import { parse, snapshot } from './contract.js';
import type { ENCODINGS } from './encodings.js';
import { READ_PARAMS, readingOf, type ReadArguments, type SourceTable } from './read.js';

export interface CsvArguments<S extends z.ZodObject> extends ReadArguments<S> {
  /** Path or `file:` URL, relative to the project's folder. */
  readonly source: string;
  /** The character between cells. Default `,`, or a tab for `.tsv`. */
  readonly delimiter?: string;
  readonly encoding?: (typeof ENCODINGS)[number];
}

/** A table as read, and the snapshot of the source that it was read from. */
export type CsvTable<Row> = SourceTable<Row>;

function readCsv<S extends z.ZodObject = z.ZodObject<{}, z.core.$loose>>(
  args: CsvArguments<S>,
  options: CallOptions = {},
): CsvTable<z.output<S>> {
  const { source, delimiter, encoding } = args;
  const bytes = snapshot({ source });
  const rows = parse(
    {
      source: bytes,
      delimiter: delimiter ?? (source.endsWith('.tsv') ? '\t' : ','),
      encoding,
      ...readingOf(args),
    },
    { summary: source, ...options },
  );
  return { ...(rows as Handle<Table<z.output<S>>>), source: bytes };
}

const { delimiter, encoding } = parse.spec.params.shape;

/** `ingest.read` of one CSV file. */
export const csv = composite(
  {
    name: 'ingest.csv',
    title: 'Reads a CSV file as a table: takes its bytes, then reads them',
    params: z.object({
      source: z.string().min(1).describe("path or file: URL, relative to the project's folder"),
      schema: READ_PARAMS.schema,
      delimiter: delimiter.describe('the character between cells; a tab by default where the file is called .tsv'),
      missing: READ_PARAMS.missing,
      encoding: encoding.describe('how the bytes are read as text'),
      key: READ_PARAMS.key,
      where: READ_PARAMS.where,
    }),
    inputs: {},
    outputs: { out: table, source: file },
    nodes: [snapshot, parse],
  },
  readCsv,
);
