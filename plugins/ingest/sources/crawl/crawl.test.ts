import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { taking, type Read } from '../taken.test-part.js';
import { crawlSource } from './kind.js';
import { decodePage, readPage } from './page.js';

type Reply = string | ((request: IncomingMessage, response: ServerResponse) => void);

let server: Server;
let origin: string;
let site: Record<string, Reply> = {};
let asked: { path: string; at: number; agent: string | undefined }[] = [];
const source = taking(crawlSource);
const pages = (): string[] => asked.map(({ path }) => path).filter((path) => path !== '/robots.txt');

beforeAll(async () => {
  server = createServer((request, response) => {
    const path = request.url ?? '';
    asked.push({ path, at: performance.now(), agent: request.headers['user-agent'] });
    const reply = site[path];
    if (reply === undefined) return void response.writeHead(404).end('not here');
    if (typeof reply === 'function') return reply(request, response);
    response.setHeader('content-type', path === '/robots.txt' ? 'text/plain' : 'text/html; charset=utf-8');
    response.end(reply);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
beforeEach(() => {
  [site, asked] = [{}, []];
});
afterAll(() => {
  source.done();
  server.closeAllConnections();
  server.close();
});

const optionsOf = (more: Record<string, unknown> = {}): Record<string, unknown> => ({
  start: [`${origin}/`],
  agent: 'birdwatch (mail@example.org)',
  perSecond: 100,
  attempts: 1,
  ...more,
});
async function crawled(more: Record<string, unknown> = {}): Promise<Read & { paths: string[] }> {
  const read = await source.read(await source.take(optionsOf(more)), optionsOf(more));
  return { ...read, paths: read.rows.map((row) => String(row['url']).slice(origin.length)) };
}
const linking = (...paths: string[]): string => paths.map((path) => `<a href="${path}">to ${path}</a>`).join(' ');

test('each page is a row with address, status, digest, licence, title and text, in the order of the addresses', async () => {
  site = {
    '/': `<!doctype html><html lang="en"><title>Birds &amp; more</title><link rel="license" href="https://creativecommons.org/licenses/by/4.0/">
      <style>p { color: red }</style><script>var x = 1</script><h1>Birds</h1><p>All  <b>birds</b>.<p>${linking('/b', '/a#top', '/none')}`,
    '/a': `<meta name="dcterms.license" content="CC0"><p>A</p><script type="application/ld+json">{"@graph":[{"license":{"@id":"/terms"}}]}</script>`,
    '/b': (_, response) => response.setHeader('content-type', 'text/plain').end('plain\ntext'),
  };
  const { rows, paths, types } = await crawled();
  expect(paths).toEqual(['/', '/a', '/b', '/none']);
  expect(rows[0]).toMatchObject({
    depth: 0,
    status: 200,
    type: 'text/html',
    licence: 'https://creativecommons.org/licenses/by/4.0/',
    language: 'en',
    title: 'Birds & more',
    text: 'Birds\nAll birds.\nto /b to /a#top to /none',
  });
  expect(rows[0]!['digest']).toMatch(/^[0-9a-f]{64}$/);
  expect(rows[1]).toMatchObject({ depth: 1, licence: `CC0\n${origin}/terms`, text: 'A' });
  expect(rows[2]).toMatchObject({ type: 'text/plain', text: 'plain\ntext', licence: null });
  expect(rows[3]).toMatchObject({ status: 404, digest: null, text: null });
  expect(types).toMatchObject({ depth: 'integer', status: 'integer', url: 'text' });
  expect(new Set(asked.map(({ agent }) => agent))).toEqual(new Set(['birdwatch (mail@example.org)']));
});

test('the same site gives the same bytes, however long each page takes to answer', async () => {
  const slow =
    (text: string, ms: number): Reply =>
    (_, response) =>
      void setTimeout(() => response.setHeader('content-type', 'text/html').end(text), ms);
  const digests = [];
  for (const [a, b] of [
    [0, 30],
    [30, 0],
  ] as const) {
    site = { '/': linking('/b', '/a'), '/a': slow(linking('/c'), a), '/b': slow(linking('/c', '/a'), b), '/c': 'c' };
    digests.push((await source.take(optionsOf({ maxPages: 3 }))).digest);
  }
  expect(digests[0]).toBe(digests[1]);
});

test('links are followed within the hosts, so far and to so many pages; the nearest come first', async () => {
  const elsewhere = origin.replace('127.0.0.1', 'localhost');
  site = {
    '/': linking('/z', '/a', `${elsewhere}/x`, 'mailto:a@b.c', 'javascript:0'),
    '/a': linking('/deep'),
    '/z': 'z',
    '/deep': linking('/deeper'),
    '/deeper': 'd',
  };
  expect((await crawled({ depth: 1 })).paths).toEqual(['/', '/a', '/z']);
  asked = [];
  const few = await source.take(optionsOf({ maxPages: 3 }));
  expect(pages()).toEqual(['/', '/a', '/z']);
  expect(few.provenance).toMatchObject({ pages: 3, left: 1 });
  expect((await crawled({ depth: 9 })).paths).toEqual(['/', '/a', '/deep', '/deeper', '/z']);
  const more = await crawled({ depth: 1, hosts: [new URL(elsewhere).host] });
  expect(more.rows.map((row) => row['url'])).toContain(`${elsewhere}/x`);
});

test('what robots.txt forbids is not asked for, and it is read before any page', async () => {
  site = {
    '/robots.txt': 'User-agent: birdwatch\nDisallow: /private\nAllow: /private/open$\n\nUser-agent: *\nDisallow: /\n',
    '/': linking('/private/x', '/private/open', '/private', '/free'),
    '/private/open': 'o',
    '/free': 'f',
  };
  const taken = await source.take(optionsOf());
  expect(asked[0]!.path).toBe('/robots.txt');
  expect(pages()).toEqual(['/', '/free', '/private/open']);
  expect(taken.provenance).toMatchObject({ forbidden: 2 });
  expect(taken.log).toEqual([expect.stringContaining('robots.txt forbids 2 pages')]);
  await expect(source.take(optionsOf({ agent: 'others' }))).rejects.toThrow(
    /found no page[^]*1 forbidden by robots.txt/,
  );
});

test('a robots.txt that is not there forbids nothing, one that cannot be reached everything', async () => {
  site = { '/': 'page' };
  expect((await crawled()).paths).toEqual(['/']);
  for (const status of [500, 503, 429]) {
    asked = [];
    site = { '/': 'page', '/robots.txt': (_, response) => response.writeHead(status, { 'retry-after': '0' }).end() };
    await expect(source.take(optionsOf())).rejects.toMatchObject({ name: 'TransientError' });
    expect(pages()).toEqual([]);
  }
  site = { '/': 'page', '/robots.txt': (request) => request.destroy() };
  await expect(source.take(optionsOf())).rejects.toThrow(/robots.txt cannot be read[^]*RFC 9309/);
  site = {
    '/': 'page',
    '/robots.txt': (_, response) => response.writeHead(301, { location: '/rules' }).end(),
    '/rules': 'User-agent: *\nDisallow: /\n',
  };
  await expect(source.take(optionsOf())).rejects.toThrow(/1 forbidden by robots.txt/);
});

test('a host is asked no faster than robots.txt and the rate say', async () => {
  site = { '/robots.txt': 'User-agent: *\nCrawl-delay: 0.2\n', '/': linking('/a', '/b'), '/a': 'a', '/b': 'b' };
  await source.take(optionsOf());
  const times = asked.map(({ at }) => at).slice(1);
  const gaps = times.slice(1).map((at, i) => at - times[i]!);
  // Waits are never shorter than asked for, whatever the machine does.
  expect(Math.min(...gaps)).toBeGreaterThan(150);
  site['/robots.txt'] = 'User-agent: *\nCrawl-delay: 999\n';
  await expect(source.take(optionsOf())).rejects.toThrow(/asks for 999 s between two pages/);
});

test('pages that ask not to be followed are read and not followed', async () => {
  site = {
    '/': `${linking('/meta', '/header')}<a rel="nofollow" href="/link">x</a>`,
    '/meta': `<meta name="robots" content="noindex, nofollow">${linking('/x')}`,
    '/header': (_, response) =>
      response.setHeader('content-type', 'text/html').setHeader('x-robots-tag', 'nofollow').end(linking('/y')),
  };
  expect((await crawled()).paths).toEqual(['/', '/header', '/meta']);
});

test('a redirect is a row, and what it leads to within the hosts is read as near', async () => {
  site = {
    '/': (_, response) => response.writeHead(302, { location: '/home' }).end(),
    '/home': linking('/out'),
    '/out': (_, response) => response.writeHead(301, { location: 'http://198.51.100.7/' }).end(),
  };
  const { rows, paths } = await crawled();
  expect(paths).toEqual(['/', '/home', '/out']);
  expect(rows.map((row) => [row['status'], row['depth'], row['redirects_to']])).toEqual([
    [302, 0, `${origin}/home`],
    [200, 0, null],
    [301, 1, 'http://198.51.100.7/'],
  ]);
});

test('a page that fails, is too large or never ends is a row that says so, and the crawl goes on', async () => {
  site = {
    '/': linking('/broken', '/cut', '/huge', '/fine'),
    '/broken': (_, response) => response.writeHead(500).end(),
    '/cut': (_, response) =>
      void response.writeHead(200, { 'content-length': 99 }).write('x', () => response.destroy()),
    '/huge': (_, response) => response.setHeader('content-type', 'text/html').end('x'.repeat(5000)),
    '/fine': 'fine',
  };
  const { rows } = await crawled({ maxPageBytes: 2000 });
  expect(rows.map((row) => [String(row['url']).slice(origin.length), row['status'], row['fault']])).toEqual([
    ['/', 200, null],
    ['/broken', 500, 'status 500'],
    ['/cut', null, 'ECONNRESET'],
    ['/fine', 200, null],
    ['/huge', 200, 'more than 2000 bytes'],
  ]);
});

test('its state follows the start pages', async () => {
  site = { '/': linking('/a'), '/a': 'a' };
  const before = await source.state(optionsOf());
  expect(await source.state(optionsOf())).toEqual(before);
  site['/'] = linking('/a', '/b');
  expect(await source.state(optionsOf())).not.toEqual(before);
});

test('text is read in the charset that a page says, and as lines that a reader sees', () => {
  const latin = Buffer.from('<meta charset="iso-8859-1"><p>M\xfcnchen', 'latin1');
  expect(readPage(decodePage(latin, 'text/html')).text).toBe('München');
  expect(decodePage(Buffer.from([0x4d, 0xfc]), 'text/html; charset=ISO-8859-1')).toBe('Mü');
  expect(decodePage(Buffer.from('ä'), 'text/html; charset=nonsense')).toBe('ä');
  const { text, links, base } = readPage(
    '<base href="/x/"><div>a<br>b</div><ul><li>c<li>d &lt;e&gt;</ul><a href=f>g</a><template>no</template>',
  );
  expect([text, links, base]).toEqual(['a\nb\nc\nd <e>\ng', ['f'], '/x/']);
});
