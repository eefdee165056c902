import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { z } from 'zod';
import { TransientError } from '../../../../core/index.js';
import { sourceKind, type SourceContext } from '../../../../activities/sources/index.js';
import { csvLine, readRows, writeRows } from '../../row-files/index.js';
import { crawl } from './contract.js';
import { walk, type CrawledPage, type Walk } from './walk.js';

type Options = z.output<(typeof crawl)['spec']['options']>;

/** The columns of a crawl, each with what it takes from a page. */
const COLUMNS: readonly { name: string; holds: 'text' | 'integer'; of: (page: CrawledPage) => string | undefined }[] = [
  { name: 'url', holds: 'text', of: (page) => page.url },
  { name: 'depth', holds: 'integer', of: (page) => String(page.depth) },
  { name: 'status', holds: 'integer', of: (page) => page.status?.toString() },
  { name: 'type', holds: 'text', of: (page) => page.type || undefined },
  { name: 'digest', holds: 'text', of: (page) => page.digest },
  { name: 'redirects_to', holds: 'text', of: (page) => page.redirectsTo },
  { name: 'fault', holds: 'text', of: (page) => page.fault },
  { name: 'licence', holds: 'text', of: (page) => page.licence },
  { name: 'language', holds: 'text', of: (page) => page.language },
  { name: 'title', holds: 'text', of: (page) => page.title },
  { name: 'text', holds: 'text', of: (page) => page.text },
];

/** Reads pages of web sites, in the order of their addresses. */
export const crawlSource = sourceKind(crawl, {
  async state(options, { ctx }) {
    const hash = createHash('sha256');
    for await (const { url, status, digest } of walk(walkOf({ ...options, depth: 0 }, ctx))) {
      hash.update(`${JSON.stringify([url, status, digest])}\n`);
    }
    return { version: `sha256-${hash.digest('hex')}` };
  },

  async snapshot(options, { into, ctx }) {
    const csv = join(ctx.scratch, 'rows.csv');
    const counts = { pages: 0, found: 0, forbidden: 0, left: 0 };
    const licences = new Map<string, number>();
    async function* lines(): AsyncGenerator<string> {
      const pages = walk(walkOf(options, ctx));
      for (let next = await pages.next(); ; next = await pages.next()) {
        if (next.done) {
          Object.assign(counts, next.value);
          return;
        }
        const page = next.value;
        counts.pages++;
        if (page.digest !== undefined) counts.found++;
        const licence = page.digest === undefined ? undefined : (page.licence ?? 'none declared');
        if (licence !== undefined) licences.set(licence, (licences.get(licence) ?? 0) + 1);
        ctx.progress(Math.min(1, counts.pages / options.maxPages), `${counts.pages} pages`);
        yield csvLine(COLUMNS.map(({ of }) => of(page)));
      }
    }
    await pipeline(Readable.from(lines()), createWriteStream(csv), { signal: ctx.signal });
    if (counts.found === 0) {
      throw new TransientError('the crawl found no page', {
        expected: 'at least one page that answers with status 200',
        actual: `${counts.pages} asked for, ${counts.forbidden} forbidden by robots.txt`,
        remedy: 'look at the start pages, and at robots.txt there',
      });
    }
    if (counts.forbidden > 0) ctx.log(`robots.txt forbids ${counts.forbidden} pages: they were not asked for`);
    if (counts.left > 0) ctx.log(`${counts.left} more pages were seen and not read: maxPages is ${options.maxPages}`);
    const columns = COLUMNS.map(({ name, holds }) => ({ name, type: holds, holds }));
    return {
      files: await writeRows({ csv, columns, order: [0], name: `the crawl from ${options.start[0]}` }, into, ctx),
      provenance: {
        start: options.start,
        ...counts,
        licences: Object.fromEntries([...licences].sort(([a], [b]) => (a < b ? -1 : 1))),
      },
    };
  },

  readsOn: () => false,

  toTable: (snapshot, _options, ask) => readRows(snapshot, ask),
});

function walkOf(options: Options, ctx: SourceContext): Walk {
  return { ...options, pauseMs: 1000, signal: ctx.signal, log: (message) => ctx.log(message) };
}
