import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { sourceKind, type SourceContext } from '../../../../activities/sources/index.js';
import { readRows, writeRows } from '../../row-files/index.js';
import { sourcePath } from '../file/copy.js';
import { copyDatabase, stampOf } from './copy-database.js';
import { sqlite } from './contract.js';
import { columnsOf, holdingsOf, openCopy, quoted, rowsOf, writeCsv } from './query.js';
import { reachOf, valueOf, watermarkJson } from './watermark.js';

/** Reads what a query gives in a copy of a database file, which is of one moment. */
export const sqliteSource = sourceKind(sqlite, {
  async state({ path, query, watermark }, { former, ctx }) {
    const stamp = await stampOf(sourcePath(path, ctx.project), path);
    if (former?.hint === stamp) return former;
    const copy = await copied(path, ctx);
    if (watermark === undefined) return { version: await digestOf([copy, `${copy}-wal`]), hint: stamp };
    const database = await openCopy(copy, path);
    try {
      const reach = reachOf(database, query, columnsOf(database, query, path), watermark, undefined);
      return reach ? { version: reach, hint: stamp } : null;
    } finally {
      database.close();
    }
  },

  async snapshot({ path, query, watermark }, { into, since, ctx }) {
    const after = since === undefined ? undefined : watermarkJson.parse(since);
    const database = await openCopy(await copied(path, ctx), path);
    const csv = join(ctx.scratch, 'rows.csv');
    try {
      const names = columnsOf(database, query, path);
      const reach = watermark === undefined ? undefined : reachOf(database, query, names, watermark, after);
      const rows =
        watermark !== undefined && after
          ? {
              from: `(SELECT * FROM ${rowsOf(query)} WHERE q.${quoted(watermark)} > ?) AS q`,
              values: [valueOf(after)],
            }
          : { from: rowsOf(query), values: [] };
      const columns = holdingsOf(database, rows, names, path);
      await writeCsv(database, rows, columns, csv, path, ctx.signal);
      const order = names.flatMap((name, i) => (name === watermark ? [i] : []));
      const files = await writeRows({ csv, columns, order, name: `the query in ${path}` }, into, ctx);
      return { files, ...(reach ? { watermark: reach } : {}) };
    } finally {
      database.close();
    }
  },

  readsOn: ({ watermark }) => watermark !== undefined,

  toTable: (snapshot, _options, ask) => readRows(snapshot, ask),
});

async function copied(path: string, ctx: SourceContext): Promise<string> {
  const copy = join(ctx.scratch, 'copy.db');
  await copyDatabase(sourcePath(path, ctx.project), path, copy, ctx.signal);
  return copy;
}

async function digestOf(paths: readonly string[]): Promise<string> {
  const hash = createHash('sha256');
  for (const path of paths) {
    try {
      for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
    hash.update('\0');
  }
  return `sha256-${hash.digest('hex')}`;
}
