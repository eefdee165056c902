import { z } from 'zod';
import {
  composite,
  file,
  report,
  table,
  type CallOptions,
  type File,
  type Handle,
  type Json,
  type Report,
  type Source,
  type Table,
} from '../../core/index.js';
import { tableSchema } from '@trainyard/tables/schema';
import { bad, type BadInput } from '@trainyard/tables/bad';
import { parse, reached, sift, siftFigures, snapshot, type SiftFigures } from './contract.js';
import { released, type SiftedHandles } from './hold.js';
import { file as fileSource } from './sources/file/contract.js';

/** A cell that rows are kept by. */
type Kept = string | number | boolean;

/** How what a source gives is read as a table, whatever the source. */
export interface ReadArguments<S extends z.ZodObject> {
  /** The columns; also the type of the table's rows. Without it, types follow the cells. */
  readonly schema?: S;
  /** Texts that stand for a missing cell. Default: empty, `NA`, `null`, and `NaN` in columns that hold no numbers. */
  readonly missing?: readonly string[];
  /** Columns that identify a row. Default: its content, with a number for equal rows. */
  readonly key?: string | readonly string[];
  /** Rows to keep: by column, the value or values that it must have. */
  readonly where?: Readonly<Record<string, Kept | readonly Kept[]>>;
  /**
   * What becomes of rows that cannot be read as the schema says: up to the limit they are left out and kept in `quarantine`; over it
   * the run stops, or waits for a person. Without it one such row stops the run.
   */
  readonly bad?: BadInput;
}

export interface SourceArguments<S extends z.ZodObject> extends ReadArguments<S> {
  /** A source of any kind, or the path of a file, a folder or a pattern. */
  readonly source: Source | string;
  /**
   * The watermark of an earlier snapshot: only what came after it is read. `'last run'`: what came after that of the last run of this
   * pipeline that is done; a run that fails leaves it where it was.
   */
  readonly since?: Json;
}

const LAST_RUN = 'last run';

/** A table as read, and the snapshot of the source that it was read from. */
export type SourceTable<Row> = Handle<Table<Row>> & { readonly source: Handle<File> };

/** What there is beside the table where `bad` is given. */
export interface Sifted {
  /** The rows that were left out, with rule, line, column and text. */
  readonly quarantine: Handle<Table>;
  /** How many these are, and the first of them. */
  readonly sifted: Handle<Report<SiftFigures>>;
}

/** The same of a reading that may have `bad`. */
export type ReadTable<Row, Args> = SourceTable<Row> & (Args extends { readonly bad: BadInput } ? Sifted : unknown);

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
  bad: bad.optional().describe('rows that cannot be read as the schema says: how many are left out, and what then'),
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

/** Reads a snapshot, as `parse` alone where nothing is said of bad rows. */
export function readTable<Row>(
  args: Readonly<Record<string, unknown>>,
  taken: Handle<File>,
  { bad: given, called }: { readonly bad?: BadInput | undefined; readonly called: string },
  options: CallOptions,
): SourceTable<Row> {
  const call = { summary: called, ...options };
  const asked = { source: taken, ...args };
  if (given === undefined) return { ...(parse(asked as never, call) as Handle<Table<Row>>), source: taken };
  const { table: kept, quarantine, report: figures } = sift({ ...asked, bad: given } as never, call);
  const sifted = { table: kept, quarantine, report: figures } as SiftedHandles;
  const rows = given.over === 'hold' ? released(sifted, called) : kept;
  const all = { ...rows, source: taken, quarantine, sifted: figures };
  return all as unknown as SourceTable<Row>;
}

function readSource<
  S extends z.ZodObject = z.ZodObject<{}, z.core.$loose>,
  const A extends SourceArguments<S> = SourceArguments<S>,
>(args: A & SourceArguments<S>, options: CallOptions = {}): ReadTable<z.output<S>, A> {
  const of = typeof args.source === 'string' ? fileSource({ path: args.source }) : args.source;
  const taken = takenSince(of, args.since);
  const summary = typeof args.source === 'string' ? args.source : of.kind;
  const { bad: given } = args;
  return readTable({ of, ...readingOf(args) }, taken, { bad: given, called: summary }, options) as ReadTable<
    z.output<S>,
    A
  >;
}

function takenSince(source: Source, since: Json | undefined): Handle<File> {
  if (since === undefined) return snapshot({ source });
  return since === LAST_RUN ? snapshot({ source, from: reached({ source }) }) : snapshot({ source, since });
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
      since: snapshot.spec.params.shape.since.describe(
        "the watermark of an earlier snapshot: only what came after it; 'last run' for that of the last run that is done",
      ),
      ...READ_PARAMS,
    }),
    inputs: {},
    outputs: { out: table, source: file, quarantine: table, sifted: report(siftFigures) },
    nodes: [reached, snapshot, parse, sift],
  },
  readSource,
);
