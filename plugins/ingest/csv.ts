import { z } from 'zod';
import { composite, file, table, type CallOptions, type File, type Handle, type Table } from '../../core/index.js';
import { tableSchema } from '@trainyard/tables/schema';
import { parse, snapshot, type ENCODINGS } from './contract.js';

/** A cell that rows are kept by. */
type Kept = string | number | boolean;

export interface CsvArguments<S extends z.ZodObject> {
  /** Path or `file:` URL, relative to the project's folder. */
  readonly source: string;
  /** The columns; also the type of the table's rows. Without it, types follow the cells. */
  readonly schema?: S;
  /** The character between cells. Default `,`, or a tab for `.tsv`. */
  readonly delimiter?: string;
  /** Texts that stand for a missing cell. Default: empty, `NA`, `null`, and `NaN` in columns that hold no numbers. */
  readonly missing?: readonly string[];
  readonly encoding?: (typeof ENCODINGS)[number];
  /** Columns that identify a row. Default: its content, with a number for equal rows. */
  readonly key?: string | readonly string[];
  /** Rows to keep: by column, the value or values that it must have. */
  readonly where?: Readonly<Record<string, Kept | readonly Kept[]>>;
}

/** A table as read, and the snapshot of the source that it was read from. */
export type CsvTable<Row> = Handle<Table<Row>> & { readonly source: Handle<File> };

function readCsv<S extends z.ZodObject = z.ZodObject<{}, z.core.$loose>>(
  args: CsvArguments<S>,
  options: CallOptions = {},
): CsvTable<z.output<S>> {
  const { source, schema, delimiter, missing, encoding, key, where } = args;
  const bytes = snapshot({ source });
  const rows = parse(
    {
      source: bytes,
      delimiter: delimiter ?? (source.endsWith('.tsv') ? '\t' : ','),
      key: key === undefined ? [] : typeof key === 'string' ? [key] : [...key],
      where: Object.fromEntries(
        Object.entries(where ?? {}).map(([column, value]) => [column, typeof value === 'object' ? [...value] : value]),
      ),
      schema: schema && tableSchema(schema),
      missing: missing && [...missing],
      encoding,
    },
    { summary: source, ...options },
  );
  return { ...(rows as Handle<Table<z.output<S>>>), source: bytes };
}

const { delimiter, missing, encoding, where } = parse.spec.params.shape;

/**
 * Reads a CSV file as a table: `ingest.snapshot` takes the bytes, each time anew; `ingest.parse` reads them, and is
 * found in the cache as long as they are the same.
 */
export const csv = composite(
  {
    name: 'ingest.csv',
    title: 'Reads a CSV file as a table: takes its bytes, then reads them',
    params: z.object({
      source: snapshot.spec.params.shape.source,
      schema: z
        .custom<z.ZodObject>()
        .meta({ title: 'a zod object' })
        .optional()
        .describe('the columns, and the type of the rows; without it types follow the cells'),
      delimiter: delimiter.describe('the character between cells; a tab by default where the file is called .tsv'),
      missing,
      encoding,
      key: z
        .union([z.string(), z.array(z.string())])
        .optional()
        .describe('columns that identify a row; without them its content does, with a number for equal rows'),
      where,
    }),
    inputs: {},
    outputs: { out: table, source: file },
    nodes: [snapshot, parse],
  },
  readCsv,
);
