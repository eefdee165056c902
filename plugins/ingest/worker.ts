import { availableParallelism } from 'node:os';
import { basename, join } from 'node:path';
import { UserError, type Json, type Source } from '../../core/index.js';
import { overLimit, sql, TABLE_FILE, withDatabase, type Database, type RawText } from '@trainyard/tables';
import type { z } from 'zod';
import { sayShort } from './say-short.js';
import {
  sourceOnHand,
  takeSnapshot,
  type KnownSource,
  type SourceContext,
  type TakenSnapshot,
} from '../../activities/sources/index.js';
import { implement, type InputArtifact, type NodeContext } from '../../worker/index.js';
import { readUpTo } from '../../client/index.js';
import { parse, reached, sift, snapshot } from './contract.js';
import { projectFolder } from './project-folder.js';
import { file } from './sources/file/contract.js';
import { requireFile } from './sources/file/copy.js';
import { figuresOf, siftPage } from './sifted/index.js';
import { missingIn, missingTexts, readTyped, siftTyped, type TypedOutput } from './typed/index.js';

/** The lines that a source could not read: file, line and text of each. */
const LEFT_OUT = 'left-out.parquet';

/** What a snapshot says of itself: no time and no path of this machine, so that the same bytes give the same digest. */
interface SnapshotValue {
  readonly name: string;
  /** As people call the source. */
  readonly source: string;
  readonly bytes: number;
  readonly files: TakenSnapshot['files'];
  readonly watermark?: Json;
  readonly provenance?: Json;
}

export const reachedNode = implement(reached, async ({ params: { source }, ctx }) => {
  const { place, run, ...where } = await readUpTo(await ctx.client(), ctx.run.pipeline, source);
  ctx.log(
    run === null
      ? `no run has read ${sayShort(source)} yet: all of it is read`
      : `${run} came to ${JSON.stringify(where.watermark)}`,
  );
  return { value: { ...where, place, run } };
});

export const snapshotNode = implement(snapshot, async ({ params: { source, since }, inputs: { from }, ctx }) => {
  // A path alone is one file; folders and patterns are read as one table where they are named as a source.
  if (typeof source === 'string') await requireFile(source, projectFolder());
  const of: Source = typeof source === 'string' ? file({ path: source }) : source;
  const said = typeof source === 'string' ? source : sayShort(source);
  const known = await sourceOnHand(of);
  if (since !== undefined || from) requireReadsOn(known);
  const { paths, bytes, files, watermark, provenance } = await takeSnapshot(
    of,
    known,
    since ?? from?.value.watermark ?? undefined,
    contextOf(ctx),
  );
  ctx.log(`${said}: ${bytes} bytes`);
  const value: SnapshotValue = {
    name: basename(said),
    source: said,
    bytes,
    files,
    ...(watermark === undefined ? {} : { watermark }),
    ...(provenance === undefined ? {} : { provenance }),
  };
  return {
    value: value as unknown as Json,
    files: Object.fromEntries([...paths].map(([name, path]) => [name, { path }])),
  };
});

/** Throws a UserError for a source that is read whole each time, where only what is new was asked for. */
function requireReadsOn({ kind, options }: KnownSource): void {
  if (kind.readsOn?.(options as never) ?? true) return;
  throw new UserError(`the source kind "${kind.name}" as it is named here cannot be read on from an earlier snapshot`, {
    where: { field: 'since' },
    expected: 'a source with a watermark: a column that only grows, or the ids of a stream',
    remedy: "name its column: { watermark: 'id' } of postgres and sqlite; or leave since out, and all of it is read",
  });
}

export const parseNode = implement(parse, ({ params, inputs: { source }, ctx }) =>
  withRaw({ params, source, ctx, setAside: false }, async (database, raw, { source: said }) => {
    const { leftOut, ...table } = toldOf(await readTyped(database, raw, params, ctx.scratch), said, ctx);
    if (leftOut === undefined) return table;
    const { count, rows } = leftOut;
    ctx.log(`${raw.name}: ${count} lines could not be read, and are kept beside the table`);
    const path = join(ctx.scratch, LEFT_OUT);
    await database.write(sql`SELECT file, line, text FROM ${rows}`, path, { filtered: true });
    return { value: { ...table.value, leftOut: count }, files: { ...table.files, [LEFT_OUT]: { path } } };
  }),
);

export const siftNode = implement(sift, ({ params, inputs: { source }, ctx }) =>
  withRaw({ params, source, ctx, setAside: true }, async (database, raw, taken) => {
    const { table, quarantine, unit } = await siftTyped(database, raw, params, ctx.scratch);
    const { leftOut: _, ...kept } = toldOf(table, taken.source, ctx);
    const { path } = quarantine.files[TABLE_FILE];
    const { figures, lines } = await figuresOf(database, path, {
      source: taken.source,
      unit,
      bad: params.bad,
      ...quarantine.value,
    });
    ctx.log(`${taken.source}: ${figures.dropped} of ${figures.read} rows are in quarantine`);
    if (figures.overLimit && params.bad.over === 'stop')
      throw overLimit(taken.source, params.bad, figures, figures.first, unit);
    const page = siftPage(figures, lines);
    const report = { value: figures, files: { 'report.html': page, 'report.json': JSON.stringify(figures) } };
    return { table: kept, quarantine, report };
  }),
);

interface Asked {
  readonly params: Omit<z.output<typeof parse.spec.params>, 'bad'>;
  readonly source: InputArtifact;
  readonly ctx: NodeContext;
  /** Whether what cannot be read as a row is left out, and not refused. */
  readonly setAside: boolean;
}

type Snapshot = ReturnType<typeof openSnapshot>;

/** Opens a database, and gives what a source's snapshot holds in it. */
async function withRaw<T>(
  { params, source, ctx, setAside }: Asked,
  use: (database: Database, raw: RawText, taken: Snapshot) => Promise<T>,
): Promise<T> {
  const taken = openSnapshot(source);
  const { delimiter, quote, encoding } = params;
  const of: Source = params.of ?? file({ path: taken.source, format: { type: 'csv', delimiter, quote, encoding } });
  const { kind, options } = await sourceOnHand(of);
  const missing = missingIn(missingTexts(params.missing), false);
  // Counts, casts and the bytes of a table do not depend on threads.
  const threads = availableParallelism();
  return withDatabase({ scratch: ctx.scratch, signal: ctx.signal, threads }, async (database) =>
    use(database, await kind.toTable(taken, options, { database, missing, setAside, ctx: contextOf(ctx) }), taken),
  );
}

/** A table as its node gives it: what was found out about the source is part of its value, and its notes stand in the log. */
function toldOf({ notes, read, value, ...table }: TypedOutput, source: string, ctx: NodeContext) {
  for (const note of notes) ctx.log(`${source}: ${note}`);
  return { ...table, value: { ...value, ...(read === undefined ? {} : { read }), notes: [...notes] } };
}

function contextOf(ctx: NodeContext): SourceContext {
  return {
    signal: ctx.signal,
    project: projectFolder(),
    scratch: ctx.scratch,
    secret: (name) => ctx.secret(name),
    log: (message) => ctx.log(message),
    progress: (fraction, message) => ctx.progress(fraction, message),
  };
}

function openSnapshot(artifact: InputArtifact): TakenSnapshot & { readonly source: string } {
  const { source, files, watermark, provenance } = artifact.value as unknown as Partial<SnapshotValue>;
  const names = files ?? artifact.files.map((one) => ({ file: one, name: source ?? one }));
  if (source === undefined)
    throw new UserError('this file is no snapshot of a source', {
      where: { port: 'source' },
      expected: 'what ingest.snapshot gives',
    });
  return {
    source,
    files: names,
    path: (name) => artifact.path(name),
    ...(watermark === undefined ? {} : { watermark }),
    ...(provenance === undefined ? {} : { provenance }),
  };
}
