import { z } from 'zod';
import { composite, file, report, table, type CallOptions } from '../../core/index.js';
import { parse, sift, siftFigures, snapshot } from './contract.js';
import type { ENCODINGS } from './encodings.js';
import { READ_PARAMS, readingOf, readTable, type ReadTable, type ReadArguments, type SourceTable } from './read.js';

export interface CsvArguments<S extends z.ZodObject> extends ReadArguments<S> {
  /** Path or `file:` URL, relative to the project's folder. */
  readonly source: string;
  /** The character between cells. Default: a tab for `.tsv`, else as the first lines say. */
  readonly delimiter?: string;
  /** The character around cells that hold delimiters or line ends; empty for none. Default: as the first lines say, `"` mostly. */
  readonly quote?: string;
  /** Default: as the bytes say: UTF-8, UTF-16 or windows-1252. */
  readonly encoding?: (typeof ENCODINGS)[number];
}

/** A table as read, and the snapshot of the source that it was read from. */
export type CsvTable<Row> = SourceTable<Row>;

function readCsv<
  S extends z.ZodObject = z.ZodObject<{}, z.core.$loose>,
  const A extends CsvArguments<S> = CsvArguments<S>,
>(args: A & CsvArguments<S>, options: CallOptions = {}): ReadTable<z.output<S>, A> {
  const { source, delimiter, quote, encoding } = args;
  const bytes = snapshot({ source });
  const reading = {
    delimiter: delimiter ?? (source.endsWith('.tsv') ? '\t' : undefined),
    quote,
    encoding,
    ...readingOf(args),
  };
  return readTable(reading, bytes, { bad: args.bad, called: source }, options) as ReadTable<z.output<S>, A>;
}

const { delimiter, quote, encoding } = parse.spec.params.shape;

/** `ingest.read` of one CSV file. */
export const csv = composite(
  {
    name: 'ingest.csv',
    title: 'Reads a CSV file as a table: takes its bytes, then reads them',
    params: z.object({
      source: z.string().min(1).describe("path or file: URL, relative to the project's folder"),
      schema: READ_PARAMS.schema,
      delimiter: delimiter.describe(
        'the character between cells; by default a tab where the file is called .tsv, else as its first lines say',
      ),
      quote,
      missing: READ_PARAMS.missing,
      encoding: encoding.describe('how the bytes are read as text; as they say by default'),
      key: READ_PARAMS.key,
      where: READ_PARAMS.where,
      bad: READ_PARAMS.bad,
    }),
    inputs: {},
    outputs: { out: table, source: file, quarantine: table, sifted: report(siftFigures) },
    nodes: [snapshot, parse, sift],
  },
  readCsv,
);
