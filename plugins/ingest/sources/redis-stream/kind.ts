import { createWriteStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Redis } from 'ioredis';
import { z } from 'zod';
import { UserError } from '../../../../core/index.js';
import { sourceKind, type SourceContext } from '../../../../activities/sources/index.js';
import { csvLine, readRows, writeRows } from '../../row-files/index.js';
import { connected } from './connection.js';
import { redisStream } from './contract.js';
import { fieldsOf } from './rows.js';
import { compareIds, entriesOf, factsOf, type StreamFacts } from './stream.js';

/** How far a stream was read: its last id, and how many entries had ever been added by then. */
const watermarkJson = z.strictObject({ id: z.string().regex(/^\d+-\d+$/), added: z.number().optional() });
type StreamWatermark = z.output<typeof watermarkJson>;

/** Reads the entries of a stream after the last one that was read. */
export const redisStreamSource = sourceKind(redisStream, {
  async state({ url, stream }, { ctx }) {
    const facts = await connected(url.secret, ctx, (redis) => factsOf(redis, stream));
    return facts && facts.length > 0 ? { version: facts.lastId } : null;
  },

  async snapshot({ url, stream, id, gaps }, { into, since, ctx }) {
    const after = since === undefined ? undefined : watermarkJson.parse(since);
    const entries = join(ctx.scratch, 'entries.jsonl');
    const taken = await connected(url.secret, ctx, async (redis) => {
      const facts = await factsOf(redis, stream);
      if (!facts) {
        throw new UserError(`there is no stream "${stream}" in Redis`, {
          where: { field: 'stream' },
          expected: 'the key of a stream',
          remedy: 'correct the key; a stream is there from its first entry on',
        });
      }
      checkOrder(stream, after, facts);
      const counted = await write(redis, { stream, id, after: after?.id, to: facts.lastId }, entries, ctx);
      sayGap(stream, gaps, after, facts, counted.entries, ctx);
      return { ...counted, facts };
    });
    const fields = [...taken.fields].sort();
    const csv = join(ctx.scratch, 'rows.csv');
    await pipeline(Readable.from(csvOf(entries, [id, ...fields])), createWriteStream(csv), { signal: ctx.signal });
    const columns = [
      { name: id, type: 'id', holds: 'text' as const },
      ...fields.map((name) => ({ name, type: 'field', holds: 'raw' as const })),
    ];
    const { lastId, added } = taken.facts;
    return {
      files: await writeRows({ csv, columns, name: `the stream ${stream}` }, into, ctx),
      watermark: { id: lastId, ...(added === undefined ? {} : { added }) },
    };
  },

  readsOn: () => true,

  toTable: (snapshot, _options, ask) => readRows(snapshot, ask),
});

/** Throws a UserError where a stream ends before what was read of it: it is another one under the same key. */
function checkOrder(stream: string, after: StreamWatermark | undefined, { lastId, added }: StreamFacts): void {
  if (!after) return;
  const fewer = added !== undefined && after.added !== undefined && added < after.added;
  if (!fewer && compareIds(lastId, after.id) >= 0) return;
  throw new UserError(`the stream "${stream}" is not the one that was read before`, {
    where: { field: 'stream' },
    expected: `entries up to ${after.id} or later`,
    actual: `the last one is ${lastId}`,
    remedy: 'read all entries once more',
  });
}

/** Says how many entries were gone before they were read: exactly, where the server counts what is added. */
function sayGap(
  stream: string,
  gaps: 'refuse' | 'tell',
  after: StreamWatermark | undefined,
  { added }: StreamFacts,
  read: number,
  ctx: SourceContext,
): void {
  if (added === undefined || (after && after.added === undefined)) {
    ctx.log(
      `the stream ${stream}: this server does not count what is added, so that entries lost by trimming are not seen`,
    );
    return;
  }
  const lost = added - (after?.added ?? 0) - read;
  if (lost <= 0) return;
  const actual = `${lost} of ${lost + read} entries are gone`;
  if (gaps === 'tell' || !after) {
    ctx.log(`the stream ${stream}: ${actual}: trimmed or deleted before they were read`);
    return;
  }
  throw new UserError(`the stream "${stream}" was trimmed before it was read: there is a gap`, {
    where: { field: 'stream' },
    expected: `all entries after ${after.id}`,
    actual,
    remedy: "read more often, or keep more in the stream (MAXLEN); gaps: 'tell' reads on all the same",
  });
}

/** Streams entries into a file, a line of JSON for each. */
async function write(
  redis: Redis,
  { stream, id, after, to }: { stream: string; id: string; after: string | undefined; to: string },
  path: string,
  ctx: SourceContext,
): Promise<{ entries: number; fields: ReadonlySet<string> }> {
  const fields = new Set<string>();
  let entries = 0;
  async function* lines(): AsyncGenerator<string> {
    for await (const batch of entriesOf(redis, stream, after, to)) {
      let text = '';
      for (const entry of batch) {
        const named = fieldsOf(entry, stream, id);
        for (const name of named.keys()) fields.add(name);
        text += `${JSON.stringify([...named, [id, entry.id]])}\n`;
      }
      entries += batch.length;
      ctx.progress(0, `${entries} entries`);
      yield text;
    }
  }
  await pipeline(Readable.from(lines()), createWriteStream(path), { signal: ctx.signal });
  return { entries, fields };
}

/** The entries that were written, as CSV with a cell for each column: which ones there are is known only at the end. */
async function* csvOf(entries: string, columns: readonly string[]): AsyncGenerator<string> {
  const file = await open(entries);
  try {
    for await (const line of file.readLines()) {
      const cells = new Map(JSON.parse(line) as [string, string][]);
      yield csvLine(columns.map((name) => cells.get(name)));
    }
  } finally {
    await file.close();
  }
}
