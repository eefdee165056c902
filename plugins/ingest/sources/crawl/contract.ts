import { z } from 'zod';
import { sourceSpec } from '../../../../core/index.js';

const address = z.url({ protocol: /^https?$/ }).refine((url) => !/^https?:\/\/[^/]*@/i.test(url), {
  error: 'an address without user and password: a crawl reads what anybody may read',
});

/**
 * Pages of web sites as rows: address, status, digest, licence, title and text of each. It reads what robots.txt allows
 * (RFC 9309), one page at a time, and follows links within the hosts of its start pages.
 *
 *     ingest.read({ source: crawl({ start: ['https://example.org/docs/'], agent: 'birdwatch (mail@example.org)' }) })
 */
export const crawl = sourceSpec({
  name: 'crawl',
  title: 'Pages of web sites, within robots.txt',
  options: z.strictObject({
    start: z.array(address).min(1).max(1000).describe('where it begins'),
    agent: z
      .string()
      .regex(/^[A-Za-z_-]+(\/[\w.]+)?( \(.+\))?$/, { error: 'a name, such as birdwatch (mail@example.org)' })
      .describe(
        'how it calls itself to servers, with a way to reach whoever runs it; robots.txt speaks to the first word',
      ),
    hosts: z
      .array(z.string().min(1))
      .default([])
      .describe('hosts besides those of the start pages whose pages are read, with a port where it has one'),
    depth: z
      .number()
      .int()
      .min(0)
      .max(50)
      .default(3)
      .describe('links that lie between a start page and a page at most'),
    maxPages: z
      .number()
      .int()
      .min(1)
      .max(1_000_000)
      .default(1000)
      .describe('the most pages; the nearest to the start first'),
    perSecond: z
      .number()
      .gt(0)
      .max(100)
      .default(1)
      .describe('pages that are asked of one host in a second; robots.txt may ask for fewer'),
    maxPageBytes: z.number().int().min(1000).default(10_000_000).describe('the most bytes that are read of a page'),
    attempts: z.number().int().min(1).max(10).default(3).describe('how often a page is tried'),
  }),
});
