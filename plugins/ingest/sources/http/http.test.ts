import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { isInside } from '../../fetching/addresses.js';
import { retryAfterMs } from '../../fetching/index.js';
import { taking, type Taken } from '../taken.test-part.js';
import { httpSource } from './kind.js';

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

let server: Server;
let origin: string;
let handler: Handler;
let asked: IncomingMessage[] = [];
const source = taking(httpSource, { secrets: { token: 'Bearer s3cret-word', hidden: '' } });
const keeps: string[] = [];

beforeAll(async () => {
  server = createServer((request, response) => {
    asked.push(request);
    handler(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(() => (asked = []));
afterAll(() => {
  source.done();
  for (const folder of keeps) rmSync(folder, { recursive: true, force: true });
  server.closeAllConnections();
  server.close();
});

const quick = { pauseSeconds: 0 };
const take = (options: Record<string, unknown> = {}, ask?: { kept?: string }): Promise<Taken> =>
  source.take({ url: `${origin}/birds.csv`, ...quick, ...options }, ask);
const bytesOf = (taken: Taken): Buffer => readFileSync(join(taken.folder, 'source'));
function keep(): string {
  keeps.push(mkdtempSync(join(tmpdir(), 'trainyard-kept-')));
  return keeps.at(-1)!;
}
/** Half a million bytes that differ from each other. */
const BODY = Buffer.from(Array.from({ length: 50_000 }, (_, i) => `row,${String(i).padStart(5, '0')}\n`).join(''));
const ranges = (): (string | undefined)[] => asked.map((one) => one.headers.range);

test('a file is read as a table, with where it comes from', async () => {
  handler = (_, response) => response.end('id,name\n1,ann\n2,bob\n');
  const options = { url: `${origin}/birds.csv?key=s3cret`, ...quick };
  const taken = await source.take(options);
  expect((await source.read(taken, options)).rows).toEqual([
    { id: '1', name: 'ann' },
    { id: '2', name: 'bob' },
  ]);
  expect(taken.files).toEqual([{ file: 'source', name: `${origin}/birds.csv` }]);
  expect(taken.provenance).toEqual({ address: `${origin}/birds.csv?…` });
});

test('a connection that drops in the middle is resumed where it was cut, and the bytes are those of the whole', async () => {
  handler = (request, response) => {
    const from = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? 'bytes=0-')![1]);
    const upTo = Math.min(BODY.length, from + 200_000);
    response.writeHead(from > 0 ? 206 : 200, {
      etag: '"v1"',
      'content-length': BODY.length - from,
      ...(from > 0 ? { 'content-range': `bytes ${from}-${BODY.length - 1}/${BODY.length}` } : {}),
    });
    response.write(BODY.subarray(from, upTo), () => (upTo < BODY.length ? response.destroy() : response.end()));
  };
  const taken = await take();
  expect(bytesOf(taken).equals(BODY)).toBe(true);
  expect(ranges().length).toBeGreaterThan(2);
  expect(
    ranges()
      .slice(1)
      .every((range) => /^bytes=[1-9]\d*-$/.test(range ?? '')),
  ).toBe(true);
  expect(asked.at(-1)!.headers['if-range']).toBe('"v1"');
});

test('a file that changes while it is read is read anew: never half of one and half of the other', async () => {
  const [old, now] = [Buffer.alloc(BODY.length, 'o'), Buffer.alloc(BODY.length, 'n')];
  handler = (request, response) => {
    if (asked.length === 1) {
      response.writeHead(200, { etag: '"old"', 'content-length': old.length });
      return void response.write(old.subarray(0, 300_000), () => response.destroy());
    }
    // If-Range names another version: the whole is sent.
    expect(request.headers['if-range']).toBe('"old"');
    response.writeHead(200, { etag: '"new"', 'content-length': now.length });
    response.end(now);
  };
  expect(bytesOf(await take()).equals(now)).toBe(true);
});

test('without a strong tag or a date nothing is resumed, and a part that does not fit is not put together', async () => {
  handler = (_, response) => {
    response.writeHead(200, { etag: 'W/"weak"', 'content-length': BODY.length });
    if (asked.length === 1) response.write(BODY.subarray(0, 300_000), () => response.destroy());
    else response.end(BODY);
  };
  expect(bytesOf(await take()).equals(BODY)).toBe(true);
  expect(ranges()).toEqual([undefined, undefined]);
  asked = [];
  handler = (request, response) => {
    if (asked.length === 1) {
      response.writeHead(200, { etag: '"v1"', 'content-length': BODY.length });
      return void response.write(BODY.subarray(0, 300_000), () => response.destroy());
    }
    if (request.headers.range) {
      response.writeHead(206, { etag: '"v1"', 'content-length': 10, 'content-range': `bytes 7-16/${BODY.length}` });
      return void response.end('0123456789');
    }
    response.writeHead(200, { etag: '"v1"', 'content-length': BODY.length });
    response.end(BODY);
  };
  expect(bytesOf(await take()).equals(BODY)).toBe(true);
});

test('a range that is not there any more (416) is asked for no more', async () => {
  handler = (request, response) => {
    if (request.headers.range) return void response.writeHead(416).end();
    response.writeHead(200, { etag: `"v${asked.length}"`, 'content-length': BODY.length });
    if (asked.length === 1) response.write(BODY.subarray(0, 300_000), () => response.destroy());
    else response.end(BODY);
  };
  expect(bytesOf(await take()).equals(BODY)).toBe(true);
});

test('a body of another length than it says is refused', async () => {
  handler = (_, response) => {
    response.writeHead(200, { 'content-length': 1000 });
    response.write('short', () => response.destroy());
  };
  await expect(take({ attempts: 2 })).rejects.toMatchObject({ name: 'TransientError' });
  expect(asked.length).toBe(2);
});

test('429 and 503 are tried again after the pause that they ask for, others are told at once', async () => {
  handler = (_, response) => {
    if (asked.length === 1) return void response.writeHead(429, { 'retry-after': '0' }).end();
    if (asked.length === 2) return void response.writeHead(503).end();
    response.end('a\n1\n');
  };
  expect((await take()).log).toEqual([expect.stringContaining('status 429'), expect.stringContaining('status 503')]);
  handler = (_, response) => response.writeHead(429, { 'retry-after': '3600' }).end();
  asked = [];
  await expect(take()).rejects.toMatchObject({ name: 'TransientError' });
  expect(asked.length).toBe(1);
  for (const [status, said] of [
    [404, /is not there/],
    [401, /lets nobody in[^]*headers/],
    [410, /is gone/],
    [418, /does not give the file/],
  ] as const) {
    asked = [];
    handler = (_, response) => response.writeHead(status).end();
    await expect(take()).rejects.toThrow(said);
    expect(asked.length).toBe(1);
  }
});

test('Retry-After is seconds or a date', () => {
  const now = Date.UTC(2026, 0, 1, 12);
  expect(retryAfterMs('120', now)).toBe(120_000);
  expect(retryAfterMs('Thu, 01 Jan 2026 12:00:30 GMT', now)).toBe(30_000);
  expect(retryAfterMs('Thu, 01 Jan 2026 11:00:00 GMT', now)).toBe(0);
  expect([retryAfterMs('soon', now), retryAfterMs(undefined, now)]).toEqual([undefined, undefined]);
});

test('what has not changed is not sent again, and a damaged copy of it is not used', async () => {
  handler = (request, response) => {
    if (request.headers['if-none-match'] === '"v1"') return void response.writeHead(304).end();
    response.writeHead(200, { etag: '"v1"' });
    response.end(BODY);
  };
  const kept = keep();
  const [first, second] = [await take({}, { kept }), await take({}, { kept })];
  expect(asked.map((one) => one.headers['if-none-match'])).toEqual([undefined, '"v1"']);
  expect(second.digest).toBe(first.digest);
  const { writeFileSync } = await import('node:fs');
  writeFileSync(join(kept, 'http', 'body'), 'damaged');
  expect((await take({}, { kept })).digest).toBe(first.digest);
  expect(asked.at(-1)!.headers['if-none-match']).toBeUndefined();
});

test('its state is its tag, its date and length, or its content, and nothing is sent where it is the same', async () => {
  const options = { url: `${origin}/birds.csv`, ...quick };
  handler = (request, response) => {
    if (request.headers['if-none-match'] === '"v1"') return void response.writeHead(304).end();
    response.writeHead(200, { etag: '"v1"' }).end(BODY);
  };
  const state = await source.state(options);
  expect(state).toEqual({ version: '"v1"', hint: { etag: '"v1"' } });
  expect(await source.state(options, state!)).toBe(state);
  handler = (_, response) => response.end(BODY);
  const digest = createHash('sha256').update(BODY).digest('hex');
  expect(await source.state(options)).toEqual({ version: `sha256-${digest}` });
  handler = (_, response) => response.writeHead(404).end();
  expect(await source.state(options)).toBeNull();
});

test('redirects are followed within bounds; credentials stay with the origin that they are for', async () => {
  const other = createServer((request, response) => {
    seen.push(request.headers.authorization);
    response.end('a\n1\n');
  });
  const seen: (string | undefined)[] = [];
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  const elsewhere = `http://127.0.0.1:${(other.address() as AddressInfo).port}/`;
  const headers = { authorization: { secret: 'token' } };
  handler = (request, response) =>
    response.writeHead(302, { location: request.url === '/birds.csv' ? '/moved.csv' : elsewhere }).end();
  const taken = await take({ headers });
  expect(asked.map((one) => one.headers.authorization)).toEqual(['Bearer s3cret-word', 'Bearer s3cret-word']);
  expect(seen).toEqual([undefined]);
  expect(JSON.stringify([taken.files, taken.provenance, taken.log])).not.toContain('s3cret');
  other.close();
  handler = (_, response) => response.writeHead(302, { location: '/birds.csv' }).end();
  await expect(take()).rejects.toThrow(/redirects more than 5 times/);
  handler = (_, response) => response.writeHead(302, { location: 'file:///etc/passwd' }).end();
  await expect(take()).rejects.toThrow(/redirects to what is no address/);
});

test('what is packed on the way is unpacked, and a bomb ends at the limit', async () => {
  handler = (_, response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(BODY));
  expect(bytesOf(await take()).equals(BODY)).toBe(true);
  const bomb = gzipSync(Buffer.alloc(50_000_000));
  handler = (_, response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(bomb);
  await expect(take({ maxBytes: 1_000_000 })).rejects.toThrow(/larger than it may be[^]*maxBytes/);
  handler = (_, response) => response.end(BODY);
  await expect(take({ maxBytes: 1000 })).rejects.toThrow(/larger than it may be/);
  handler = (_, response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end('no gzip at all');
  await expect(take()).rejects.toThrow(/not packed as it says/);
  handler = (_, response) => response.writeHead(200, { 'content-encoding': 'zstd' }).end('x');
  await expect(take()).rejects.toThrow(/packed in a way that is not known/);
});

test('a server that says nothing more is given up, and one that nobody wants any more is left', async () => {
  handler = (_, response) => void response.writeHead(200, { 'content-length': 100 }).write('a');
  await expect(take({ idleSeconds: 1, attempts: 1 })).rejects.toMatchObject({ name: 'TransientError' });
  const leaving = source.take({ url: `${origin}/birds.csv` }, { signal: AbortSignal.timeout(200) });
  await expect(leaving).rejects.toThrow(/abort|timeout/i);
});

test('credentials in code are refused, in an address as in a header', () => {
  const parse = (options: unknown): boolean => httpSource.options.safeParse(options).success;
  expect(parse({ url: 'https://ann:word@example.org/' })).toBe(false);
  expect(parse({ url: 'https://example.org/', headers: { Authorization: 'Bearer x' } })).toBe(false);
  expect(parse({ url: 'https://example.org/', headers: { 'X-Api-Key': 'x' } })).toBe(false);
  expect(parse({ url: 'ftp://example.org/' })).toBe(false);
  expect(parse({ url: 'https://example.org/', headers: { 'X-Api-Key': { secret: 'x' }, accept: 'text/csv' } })).toBe(
    true,
  );
});

test('addresses of private networks are known as such, however they are written', () => {
  for (const address of [
    '127.0.0.1',
    '10.1.2.3',
    '172.31.0.1',
    '192.168.1.1',
    '169.254.169.254',
    '0.0.0.0',
    '100.64.0.1',
  ])
    expect([address, isInside(address), isInside(`::ffff:${address}`)]).toEqual([address, true, true]);
  for (const address of ['::1', '::', 'fe80::1', 'fd00::1', 'ff02::1'])
    expect([address, isInside(address)]).toEqual([address, true]);
  for (const address of ['1.1.1.1', '172.32.0.1', '2606:4700::1111', '::ffff:8.8.8.8'])
    expect([address, isInside(address)]).toEqual([address, false]);
});
