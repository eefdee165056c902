import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { taking } from '../taken.test-part.js';
import { s3Source } from './kind.js';
import { startS3, type TestS3 } from './server.test-part.js';

let server: TestS3;
let source: ReturnType<typeof taking>;
const kept = mkdtempSync(join(tmpdir(), 'trainyard-kept-'));
const optionsOf = (more: Record<string, unknown> = {}) => ({
  bucket: 'birds',
  prefix: 'daily/',
  endpoint: server.endpoint,
  keyId: { secret: 'id' },
  key: { secret: 'key' },
  ...more,
});

beforeAll(async () => {
  server = await startS3();
  source = taking(s3Source, { secrets: { id: server.keyId, key: server.key, wrong: 'gu3ss' } });
});
afterAll(async () => {
  source?.done();
  rmSync(kept, { recursive: true, force: true });
  await server?.stop();
});

test('a real S3 server understands us: lists over several pages, hostile keys, signatures, ETags', async () => {
  const keys = [
    ...Array.from({ length: 1003 }, (_, i) => `daily/${String(i).padStart(4, '0')}.csv`),
    "daily/ä +(1)!'*~&=?.csv",
  ];
  for (let i = 0; i < keys.length; i += 50) {
    await Promise.all(keys.slice(i, i + 50).map((key) => server.put(key, `id,key\n${i},${key.length}\n`)));
  }
  const state = await source.state(optionsOf());
  const taken = await source.take(optionsOf(), { kept });
  expect(taken.files.map(({ name }) => name)).toEqual(keys.toSorted());
  expect(await source.state(optionsOf())).toEqual(state);

  // Nothing has changed: the bodies that are kept give the same snapshot.
  expect((await source.take(optionsOf(), { kept })).digest).toBe(taken.digest);
  await server.put(keys[0]!, 'id,key\n0,changed\n');
  expect(await source.state(optionsOf())).not.toEqual(state);
  const changed = await source.take(optionsOf(), { kept });
  expect(changed.digest).not.toBe(taken.digest);
  expect(changed.digest).toBe((await source.take(optionsOf())).digest);
});

test('an object of many megabytes comes whole', async () => {
  const body = Buffer.alloc(40_000_000, 'x,y\n1,2\n');
  await server.put('large/one.csv', body);
  const { digest } = await source.take(optionsOf({ prefix: 'large/' }));
  expect(digest).toBe((await source.take(optionsOf({ prefix: 'large/one.csv' }))).digest);
});

test('a wrong key, no key and another bucket are told', async () => {
  await expect(source.take(optionsOf({ key: { secret: 'wrong' } }))).rejects.toThrow(/does not let this request in/);
  await expect(source.take(optionsOf({ keyId: undefined, key: undefined }))).rejects.toThrow(
    /does not let this request in/,
  );
  await expect(source.take(optionsOf({ bucket: 'none' }))).rejects.toThrow(/no bucket none|does not let/);
});
