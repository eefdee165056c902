import { z } from 'zod';
import {
  composite,
  file,
  table,
  type CallOptions,
  type File,
  type Handle,
  type Json,
  type Source,
  type Table,
} from '../../core/index.js';
import { tableSchema } from '@trainyard/tables/schema';
import { parse, snapshot } from './contract.js';
import { file as fileSource } from './sources/file/contract.js';

/** A cell that rows are kept by. */
type Kept = string | number | boolean;

/** How what a source gives is read as a table, whatever the source. */
export interface ReadArguments<S extends z.ZodObject> {
  /** The columns; also the type of the table's rows. Without it, types follow the cells. */
  readonly schema?: S;
  /** Texts that stand for a missing cell. Default: empty, `NA`, `NaN`, `null`. */
  readonly missing?: readonly string[];
  /** Columns that identify a row. Default: its content, with a number for equal rows. */
  readonly key?: string | readonly string[];
  /** Rows to keep: by column, the value or values that it must have. */
  readonly where?: Readonly<Record<string, Kept | readonly Kept[]>>;
}

export interface SourceArguments<S extends z.ZodObject> extends ReadArguments<S> {
  /** A source of any kind, or the path of a file, a folder or a pattern. */
  readonly source: Source | string;
  /** The watermark of an earlier snapshot: only what came after it is read. */
  readonly since?: Json;
}

/** A table as read, and the snapshot of the source that it was read from. */
export type SourceTable<Row> = Handle<Table<Row>> & { readonly source: Handle<File> };

const { missing, where } = parse.spec.params.shape;

/** Parameters of reading that all sources share, for the catalogue. */
export const READ_PARAMS = {
  schema: z
    .custom<z.ZodObject>()
    .meta({ title: 'a zod object' })
    .optional()
    .describe('the columns, and the type of the rows; without it types follow the cells'),
  missing,
  key: z
    .union([z.string(), z.array(z.string())])
    .optional()
    .describe('columns that identify a row; without them its content does, with a number for equal rows'),
  where,
};

/** The parameters of `ingest.parse` that an author's arguments mean. */
export function readingOf<S extends z.ZodObject>({ schema, missing: texts, key, where: kept }: ReadArguments<S>) {
  return {
    schema: schema && tableSchema(schema),
    missing: texts && [...texts],
    key: key === undefined ? [] : typeof key === 'string' ? [key] : [...key],
    where: Object.fromEntries(
      Object.entries(kept ?? {}).map(([column, value]) => [column, typeof value === 'object' ? [...value] : value]),
    ),
  };
}

function readSource<S extends z.ZodObject = z.ZodObject<{}, z.core.$loose>>(
  args: SourceArguments<S>,
  options: CallOptions = {},
): SourceTable<z.output<S>> {
  const of = typeof args.source === 'string' ? fileSource({ path: args.source }) : args.source;
  const taken = args.since === undefined ? snapshot({ source: of }) : snapshot({ source: of, since: args.since });
  const summary = typeof args.source === 'string' ? args.source : of.kind;
  const rows = parse({ source: taken, of, ...readingOf(args) }, { summary, ...options });
  return { ...(rows as Handle<Table<z.output<S>>>), source: taken };
}

/**
 * Reads a source as a table: `ingest.snapshot` takes what it holds, each time anew; `ingest.parse` reads that, and is
 * found in the cache as long as it is the same.
 */
export const read = composite(
  {
    name: 'ingest.read',
    title: 'Reads a source of any kind as a table: takes what it holds, then reads it',
    params: z.object({
      source: z
        .union([z.string().min(1), z.custom<Source>().meta({ title: 'a source' })])
        .describe('a source of any kind, such as file({ path }); or the path of a file, a folder or a pattern'),
      since: snapshot.spec.params.shape.since,
      ...READ_PARAMS,
    }),
    inputs: {},
    outputs: { out: table, source: file },
    nodes: [snapshot, parse],
  },
  readSource,
);
