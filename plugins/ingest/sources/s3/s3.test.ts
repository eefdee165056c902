import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createHash } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { taking, type Taken } from '../taken.test-part.js';
import { s3Source } from './kind.js';
import { escaped, signed } from './sign.js';

// A small store on the loopback address that can fail as told: the faults of a real one cannot be had by asking. That a
// real one understands us is what s3.long.test.ts shows.
let server: Server;
let endpoint: string;
let objects = new Map<string, Buffer>();
let asked: { path: string; headers: IncomingMessage['headers'] }[] = [];
let fault: ((request: IncomingMessage, response: ServerResponse) => boolean) | undefined;
const kept = mkdtempSync(join(tmpdir(), 'trainyard-kept-'));
const source = taking(s3Source, { secrets: { id: 'AKIDEXAMPLE', key: 's3cret/word', session: 'token' } });

const etagOf = (bytes: Buffer): string => `"${createHash('md5').update(bytes).digest('hex')}"`;
const PAGE = 2;

beforeAll(async () => {
  server = createServer((request, response) => {
    const url = new URL(request.url ?? '', endpoint);
    asked.push({ path: request.url ?? '', headers: request.headers });
    if (fault?.(request, response)) return;
    if (url.searchParams.has('list-type')) {
      const after = url.searchParams.get('continuation-token') ?? '';
      const prefix = url.searchParams.get('prefix') ?? '';
      // As some stores do, not in the order of the keys.
      const keys = [...objects.keys()]
        .filter((key) => key.startsWith(prefix))
        .sort()
        .reverse();
      const from = after === '' ? 0 : Number(after.slice(1));
      const page = keys.slice(from, from + PAGE);
      const more = from + PAGE < keys.length;
      return void response.end(
        `<?xml version="1.0"?><ListBucketResult><Name>birds</Name><Prefix>${prefix}</Prefix>${page
          .map(
            (key) =>
              `<Contents><Key>${escaped(key)}</Key><ETag>${etagOf(objects.get(key)!).replaceAll('"', '&quot;')}</ETag><Size>${objects.get(key)!.length}</Size></Contents>`,
          )
          .join(
            '',
          )}<IsTruncated>${more}</IsTruncated>${more ? `<NextContinuationToken>+${from + PAGE}</NextContinuationToken>` : ''}</ListBucketResult>`,
      );
    }
    const key = decodeURIComponent(url.pathname.slice('/birds/'.length));
    const body = objects.get(key);
    if (!body) return void response.writeHead(404).end('<Error><Code>NoSuchKey</Code></Error>');
    const etag = etagOf(body);
    if (request.headers['if-match'] !== undefined && request.headers['if-match'] !== etag)
      return void response.writeHead(412).end();
    if (request.headers['if-none-match'] === etag) return void response.writeHead(304).end();
    const from = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0);
    response.writeHead(from > 0 ? 206 : 200, {
      etag,
      'content-length': body.length - from,
      ...(from > 0 ? { 'content-range': `bytes ${from}-${body.length - 1}/${body.length}` } : {}),
    });
    response.end(body.subarray(from));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
beforeEach(() => {
  objects = new Map([
    ['daily/1.csv', Buffer.from('id,name\n1,ann\n')],
    ['daily/2 + ä.csv', Buffer.from('id,name\n2,bob\n')],
    ['daily/3.csv', Buffer.from('id,name\n3,cid\n')],
    ['daily/', Buffer.alloc(0)],
    ['other.csv', Buffer.from('x\n1\n')],
  ]);
  [asked, fault] = [[], undefined];
});
afterAll(() => {
  source.done();
  rmSync(kept, { recursive: true, force: true });
  server.closeAllConnections();
  server.close();
});

const optionsOf = (more: Record<string, unknown> = {}) => ({
  bucket: 'birds',
  prefix: 'daily/',
  endpoint,
  keyId: { secret: 'id' },
  key: { secret: 'key' },
  attempts: 2,
  ...more,
});
const take = (more?: Record<string, unknown>, ask?: { kept?: string }): Promise<Taken> =>
  source.take(optionsOf(more), ask);

test('all objects that begin with the prefix are one table, in the order of their keys', async () => {
  const taken = await take();
  expect(taken.files.map(({ name }) => name)).toEqual(['daily/1.csv', 'daily/2 + ä.csv', 'daily/3.csv']);
  const { rows } = await source.read(taken, optionsOf());
  expect(rows.map((row) => row['name'])).toEqual(['ann', 'bob', 'cid']);
  expect(taken.provenance).toEqual({ bucket: 'birds', prefix: 'daily/', objects: 3 });
});

test('its state follows keys and ETags; nothing there is no state', async () => {
  const before = await source.state(optionsOf());
  expect(await source.state(optionsOf())).toEqual(before);
  objects.set('other.csv', Buffer.from('y\n'));
  expect(await source.state(optionsOf())).toEqual(before);
  objects.set('daily/3.csv', Buffer.from('id,name\n3,cyd\n'));
  expect(await source.state(optionsOf())).not.toEqual(before);
  expect(await source.state(optionsOf({ prefix: 'none' }))).toBeNull();
  await expect(take({ prefix: 'none' })).rejects.toThrow(/no object in the bucket birds begins with "none"/);
});

test('objects that an earlier snapshot took are not sent again', async () => {
  const first = await take({}, { kept });
  const sent = asked.length;
  objects.set('daily/3.csv', Buffer.from('id,name\n3,cyd\n'));
  const second = await take({}, { kept });
  const bodies = asked.slice(sent).filter(({ path }) => !path.includes('list-type'));
  expect(bodies.map(({ headers }) => headers['if-none-match'] !== undefined)).toEqual([true, true, true]);
  expect(second.digest).not.toBe(first.digest);
  expect(second.digest).toBe((await take()).digest);
});

test('an object that is changed while it is read is refused, and so is one that comes meanwhile', async () => {
  fault = (request) => {
    if (request.url?.includes('3.csv')) objects.set('daily/3.csv', Buffer.from('id,name\n3,cyd\n'));
    return false;
  };
  await expect(take()).rejects.toMatchObject({ name: 'TransientError' });
  fault = (request) => {
    if (request.url?.includes('3.csv')) objects.set('daily/4.csv', Buffer.from('id,name\n4,dan\n'));
    return false;
  };
  await expect(take()).rejects.toThrow(/changed while they were read/);
});

test('a connection that drops is resumed by range, for the same object', async () => {
  const body = Buffer.from(`x\n${'1\n'.repeat(200_000)}`);
  objects.set('daily/3.csv', body);
  fault = (request, response) => {
    if (!request.url?.includes('3.csv') || request.headers.range) return false;
    response.writeHead(200, { etag: etagOf(body), 'content-length': body.length });
    response.write(body.subarray(0, 250_000), () => response.destroy());
    return true;
  };
  const taken = await take({ prefix: 'daily/3' });
  expect(readFileSync(join(taken.folder, '1')).equals(body)).toBe(true);
  const last = asked.filter(({ path }) => path.includes('3.csv')).at(-1)!;
  expect(last.headers['range']).toMatch(/^bytes=[1-9]/);
  expect(last.headers['if-match']).toBe(etagOf(body));
});

test('a busy store is asked again; one that refuses says what to check, without any secret', async () => {
  let busy = 1;
  fault = (_, response) => busy-- > 0 && !!response.writeHead(503).end('<Error><Code>SlowDown</Code></Error>');
  expect((await take()).log).toEqual([expect.stringContaining('status 503, SlowDown')]);
  const answers: [number, string, RegExp][] = [
    [
      403,
      '<Error><Code>SignatureDoesNotMatch</Code><SignatureProvided>abc</SignatureProvided></Error>',
      /does not let this request in[^]*keyId/,
    ],
    [404, '<Error><Code>NoSuchBucket</Code></Error>', /there is no bucket birds/],
    [301, '<Error><Code>PermanentRedirect</Code></Error>', /another region[^]*eu-west-1/],
  ];
  for (const [status, body, said] of answers) {
    fault = (_, response) =>
      !!response.writeHead(status, { 'x-amz-bucket-region': 'eu-west-1', location: '/x' }).end(body);
    const error: Error = await take().then(
      () => new Error('nothing was thrown'),
      (thrown: Error) => thrown,
    );
    expect(error.message).toMatch(said);
    expect(error.message).not.toMatch(/s3cret|AKID/);
  }
  await expect(take({ key: undefined })).rejects.toThrow(/two secrets/);
  fault = undefined;
  await expect(take({ maxObjects: 2 })).rejects.toThrow(/more than 2 objects/);
  await expect(take({ maxBytes: 20 })).rejects.toThrow(/larger than they may be/);
});

// From the documentation of AWS: "Signature Calculations for the Authorization Header", examples of GET.
test.each([
  [
    'https://examplebucket.s3.amazonaws.com/test.txt',
    { range: 'bytes=0-9' },
    'f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41',
  ],
  [
    'https://examplebucket.s3.amazonaws.com/?lifecycle',
    {},
    'fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543',
  ],
  [
    'https://examplebucket.s3.amazonaws.com/?max-keys=2&prefix=J',
    {},
    '34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7',
  ],
])('a request to %s is signed as AWS says', (url, headers, signature) => {
  const credentials = { keyId: 'AKIAIOSFODNN7EXAMPLE', key: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY' };
  const { authorization } = signed(new URL(url), headers, credentials, 'us-east-1', new Date('2013-05-24T00:00:00Z'));
  expect(authorization).toContain(`Signature=${signature}`);
});
