import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { mkdir, readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join as joinPath } from 'node:path';
import { rawName, RECORD, sql, withDatabase, type RawText, type TableRow } from '@trainyard/tables';
import type { z } from 'zod';
import type { Json } from '../../../core/json.js';
import type { Snapshot, SourceContext, SourceReader, SourceState } from '../../../activities/sources/index.js';

/** A snapshot as a test looks at it. */
export interface Taken extends Snapshot {
  readonly folder: string;
  /** Names and contents of all files in the folder, as one digest. */
  readonly digest: string;
  readonly log: readonly string[];
}

/** A table as a test looks at it: the types of its columns (`raw` where the common reader decides) and its rows. */
export interface Read {
  readonly types: Readonly<Record<string, string>>;
  readonly rows: readonly TableRow[];
  readonly log: readonly string[];
}

/** Calls a source kind as the nodes do, in folders that `done` removes. */
export function taking<Options>(
  kind: SourceReader<Options> & { readonly options: z.ZodObject },
  surroundings: { readonly secrets?: Readonly<Record<string, string>>; readonly project?: string } = {},
) {
  const root = mkdtempSync(joinPath(tmpdir(), 'trainyard-source-'));
  let count = 0;
  async function context(log: string[], signal?: AbortSignal): Promise<SourceContext> {
    const scratch = joinPath(root, `scratch-${count++}`);
    await mkdir(scratch);
    return {
      signal: signal ?? new AbortController().signal,
      project: surroundings.project ?? root,
      scratch,
      secret(name) {
        const value = surroundings.secrets?.[name];
        if (value === undefined) throw new Error(`no secret ${name}`);
        return value;
      },
      log: (message) => void log.push(message),
      progress: () => {},
    };
  }
  const parsed = (options: unknown): Options => kind.options.parse(options) as Options;

  return {
    root,
    done: () => rmSync(root, { recursive: true, force: true }),
    async state(options: unknown, former?: SourceState): Promise<SourceState | null> {
      return kind.state(parsed(options), { former, ctx: await context([]) });
    },
    async take(
      options: unknown,
      ask: { since?: Json | undefined; kept?: string; signal?: AbortSignal } = {},
    ): Promise<Taken> {
      const log: string[] = [];
      const folder = joinPath(root, `snapshot-${count++}`);
      await mkdir(folder);
      const taken = await kind.snapshot(parsed(options), {
        into: folder,
        since: ask.since,
        kept: async () => ask.kept,
        ctx: await context(log, ask.signal),
      });
      const hash = createHash('sha256');
      for (const name of (await readdir(folder)).sort())
        hash.update(`${name}\0`).update(readFileSync(joinPath(folder, name)));
      return { ...taken, folder, digest: hash.digest('hex'), log };
    },
    async read(taken: Taken, options: unknown): Promise<Read> {
      const log: string[] = [];
      const ctx = await context(log);
      return withDatabase({ scratch: ctx.scratch }, async (database) => {
        const snapshot = { ...taken, path: async (file: string) => joinPath(taken.folder, file) };
        const raw: RawText = await kind.toTable(snapshot, parsed(options), { database, missing: [], ctx });
        const rows = await database.rows(sql`SELECT * FROM ${raw.numbered} ORDER BY ${RECORD}`);
        const named = rows.map((row) =>
          Object.fromEntries(raw.columns.map(({ name }, i) => [name, row[rawName(i)] ?? null])),
        );
        return {
          types: Object.fromEntries(raw.columns.map(({ name, type }) => [name, type ?? 'raw'])),
          rows: named,
          log,
        };
      });
    },
  };
}
