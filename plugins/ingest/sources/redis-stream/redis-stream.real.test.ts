import { Redis } from 'ioredis';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { startValkey, type ValkeyService } from '../../../../setup/index.js';
import { taking } from '../taken.test-part.js';
import { redisStreamSource } from './kind.js';

const PASSWORD = 'open sesame';
let server: ValkeyService;
let redis: Redis;
let source: ReturnType<typeof taking>;
const url = { secret: 'redis' };
const options = { url, stream: 'clicks' };

beforeAll(async () => {
  server = await startValkey({ password: PASSWORD });
  redis = new Redis({ port: server.port, password: PASSWORD });
  const address = (password: string): string => `redis://default:${encodeURIComponent(password)}@${server.address}/0`;
  source = taking(redisStreamSource, { secrets: { redis: address(PASSWORD), wrong: address('guess'), none: 'here' } });
});
beforeEach(() => redis.flushall());
afterAll(async () => {
  source?.done();
  redis?.disconnect();
  await server?.stop();
});

test('each entry is a row in the order of the stream; fields that it lacks are missing, and all text is as it was', async () => {
  await redis.xadd('clicks', '9-1', 'who', 'ann', 'page', '"a",\n\0ä');
  await redis.xadd('clicks', '10-0', 'who', '', 'number', '007');
  const { types, rows } = await source.read(await source.take(options), options);
  expect(rows).toEqual([
    { entry: '9-1', number: null, page: '"a",\n\0ä', who: 'ann' },
    { entry: '10-0', number: '007', page: null, who: '' },
  ]);
  // What fields are is decided over all of them, by the reader that CSV files go through.
  expect(types).toEqual({ entry: 'text', number: 'raw', page: 'raw', who: 'raw' });
});

test('from the last watermark on each entry is read exactly once, and none is taken from other readers', async () => {
  const seen: unknown[] = [];
  let since;
  for (let round = 0; round < 3; round++) {
    const adding = redis.pipeline();
    for (let i = 0; i < 1500; i++) adding.xadd('clicks', '*', 'n', String(round * 1500 + i));
    await adding.exec();
    const taken = await source.take(options, { since });
    seen.push(...(await source.read(taken, options)).rows.map((row) => Number(row['n'])));
    since = taken.watermark;
    expect(await source.state(options)).toEqual({ version: (since as { id: string }).id });
  }
  expect(seen).toEqual(Array.from({ length: 4500 }, (_, i) => i));
  const none = await source.take(options, { since });
  expect((await source.read(none, options)).rows).toEqual([]);
  expect(none.watermark).toEqual(since);
  expect([await redis.xlen('clicks'), await redis.xinfo('GROUPS', 'clicks')]).toEqual([4500, []]);
});

test('the same entries give the same bytes', async () => {
  for (let i = 0; i < 20; i++) await redis.xadd('clicks', `${i}-1`, 'a', String(i), 'b', 'x');
  expect((await source.take(options)).digest).toBe((await source.take(options)).digest);
});

test('entries that were trimmed before they were read are noticed, and counted', async () => {
  await redis.xadd('clicks', '1-0', 'a', '1');
  const { watermark: since } = await source.take(options);
  for (let i = 2; i <= 10; i++) await redis.xadd('clicks', `${i}-0`, 'a', String(i));
  await redis.xtrim('clicks', 'MAXLEN', 4);
  await expect(source.take(options, { since })).rejects.toThrow(/there is a gap[^]*5 of 9 entries are gone/);
  const told = await source.take({ ...options, gaps: 'tell' }, { since });
  expect(told.log).toEqual([expect.stringContaining('5 of 9 entries are gone')]);
  expect((await source.read(told, options)).rows.map((row) => row['a'])).toEqual(['7', '8', '9', '10']);
  // All of them are gone: nothing is left to see, and yet it is known.
  for (let i = 11; i <= 12; i++) await redis.xadd('clicks', `${i}-0`, 'a', String(i));
  await redis.xtrim('clicks', 'MAXLEN', 0);
  await expect(source.take(options, { since: told.watermark })).rejects.toThrow(/2 of 2 entries are gone/);
});

test('another stream under the same key, no stream and another kind of key are told', async () => {
  for (let i = 1; i <= 3; i++) await redis.xadd('clicks', `${i}-0`, 'a', '1');
  const { watermark: since } = await source.take(options);
  await redis.del('clicks');
  await expect(source.take(options, { since })).rejects.toThrow(/no stream "clicks"/);
  expect(await source.state(options)).toBeNull();
  await redis.xadd('clicks', '9-0', 'a', '1');
  await expect(source.take(options, { since })).rejects.toThrow(/is not the one that was read before/);
  await redis.set('text', 'x');
  await expect(source.take({ url, stream: 'text' })).rejects.toThrow(/"text" in Redis is no stream[^]*string/);
});

test('bytes that are no text, a field given twice and one called as the ids are refused with the entry', async () => {
  await redis.xadd('clicks', '1-0', 'a', Buffer.from([0xff, 0x41]));
  await expect(source.take(options)).rejects.toThrow(/field "a" in entry 1-0[^]*is not text/);
  await redis.del('clicks');
  await redis.xadd('clicks', '2-0', 'a', '1', 'a', '2');
  await expect(source.take(options)).rejects.toThrow(/entry 2-0[^]*field "a" twice/);
  await redis.del('clicks');
  await redis.xadd('clicks', '3-0', 'entry', '1');
  await expect(source.take(options)).rejects.toThrow(/field "entry"[^]*id: /);
  const renamed = { ...options, id: 'key' };
  expect((await source.read(await source.take(renamed), renamed)).rows).toEqual([{ key: '3-0', entry: '1' }]);
});

test('no message holds the address or its password; a server that is away may come back', async () => {
  await redis.xadd('clicks', '1-0', 'a', '1');
  const messages: string[] = [];
  for (const [secret, name] of [
    ['wrong', 'UserError'],
    ['none', 'UserError'],
  ] as const) {
    const error: Error = await source.take({ ...options, url: { secret } }).then(
      () => new Error('nothing was thrown'),
      (thrown: Error) => thrown,
    );
    expect(error.name).toBe(name);
    messages.push(`${error.message} ${error.stack}`);
  }
  redis.disconnect();
  await server.stop();
  const away: Error = await source.take(options).then(
    () => new Error('nothing was thrown'),
    (thrown: Error) => thrown,
  );
  expect(away.name).toBe('TransientError');
  messages.push(away.message);
  for (const part of ['guess', 'sesame', String(server.port)]) expect(messages.join('\n')).not.toContain(part);
});
