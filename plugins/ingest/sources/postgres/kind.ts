import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { Client } from 'pg';
import { sourceKind } from '../../../../activities/sources/index.js';
import { readRows, writeRows } from '../../row-files/index.js';
import { describe, rowsOf, type QueryColumn } from './query.js';
import { inSnapshot } from './session.js';
import { postgres } from './contract.js';
import { reachOf, watermarkJson } from './watermark.js';

const NAME = 'the query in PostgreSQL';

/** Reads what a query gives, in one transaction that may only read. */
export const postgresSource = sourceKind(postgres, {
  async state({ watermark, ...options }, { ctx }) {
    return inSnapshot(options, ctx, async (client) => {
      const columns = await describe(client, options.query);
      if (watermark !== undefined) {
        const reach = await reachOf(client, options.query, columns, watermark, undefined);
        return reach.watermark ? { version: reach.watermark } : null;
      }
      // A sum of hashes is the same in whatever order the rows come.
      const { rows } = await client.query<{ rows: string; digest: string | null }>(
        `SELECT count(*)::text AS rows, sum(hashtextextended(r::text, 0))::text AS digest
         FROM (SELECT ${columns.map(({ select }) => select).join(', ')} FROM ${rowsOf(options.query)}) AS r`,
      );
      const [{ rows: count = '0', digest = null } = {}] = rows;
      return count === '0' ? null : { version: { rows: count, digest } };
    });
  },

  async snapshot({ watermark, ...options }, { into, since, ctx }) {
    const from = since === undefined ? undefined : watermarkJson.parse(since);
    const csv = join(ctx.scratch, 'rows.csv');
    const taken = await inSnapshot(options, ctx, async (client) => {
      const columns = await describe(client, options.query);
      const reach =
        watermark === undefined ? undefined : await reachOf(client, options.query, columns, watermark, from);
      await copyRows(client, options.query, columns, reach?.where ?? 'true', csv, ctx.signal);
      return { columns, watermark: reach?.watermark };
    });
    const columns = taken.columns.map(({ name, type, holds }) => ({ name, type, holds }));
    const order = columns.flatMap(({ name }, i) => (name === watermark ? [i] : []));
    const files = await writeRows({ csv, columns, order, name: NAME }, into, ctx);
    return { files, ...(taken.watermark ? { watermark: taken.watermark } : {}) };
  },

  readsOn: ({ watermark }) => watermark !== undefined,

  toTable: (snapshot, _options, ask) => readRows(snapshot, ask),
});

/** Streams rows into a file, as CSV: the server waits where the disk is slower. */
async function copyRows(
  client: Client,
  query: string,
  columns: readonly QueryColumn[],
  where: string,
  to: string,
  signal: AbortSignal,
): Promise<void> {
  const { to: copyTo } = await import('pg-copy-streams');
  const cells = columns.map(({ select }, i) => `${select} AS c${i}`).join(', ');
  const rows = `SELECT ${cells}, 0 AS ended FROM ${rowsOf(query)} WHERE ${where}`;
  const stream = client.query(copyTo(`COPY (${rows}) TO STDOUT (FORMAT csv, FORCE_QUOTE *, ENCODING 'UTF8')`));
  await pipeline(stream, createWriteStream(to), { signal });
}
