import type { z } from 'zod';
import type { CallOptions, File, Handle, Table } from '../../core/index.js';
import { tableSchema } from '../../tables/schema.js';
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
  /** Texts that stand for a missing cell. Default: empty, `NA`, `NaN`, `null`. */
  readonly missing?: readonly string[];
  readonly encoding?: (typeof ENCODINGS)[number];
  /** Columns that identify a row. Default: its content, with a number for equal rows. */
  readonly key?: string | readonly string[];
  /** Rows to keep: by column, the value or values that it must have. */
  readonly where?: Readonly<Record<string, Kept | readonly Kept[]>>;
}

/** A table as read, and the snapshot of the source that it was read from. */
export type CsvTable<Row> = Handle<Table<Row>> & { readonly source: Handle<File> };

/**
 * Reads a CSV file as a table: `ingest.snapshot` takes the bytes, each time anew; `ingest.parse` reads them, and is
 * found in the cache as long as they are the same.
 */
export function csv<S extends z.ZodObject = z.ZodObject<{}, z.core.$loose>>(
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
