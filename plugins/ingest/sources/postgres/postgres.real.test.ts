import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { taking } from '../taken.test-part.js';
import { postgresSource } from './kind.js';
import { startPostgres, type TestPostgres } from './server.test-part.js';

let server: TestPostgres;
let admin: pg.Client;
let source: ReturnType<typeof taking>;
const url = { secret: 'warehouse' };
const read = async (options: { query: string; watermark?: string }) =>
  source.read(await source.take({ url, ...options }), { url, ...options });

beforeAll(async () => {
  server = await startPostgres();
  admin = await server.connect();
  source = taking(postgresSource, {
    secrets: { warehouse: server.url, wrong: server.url.replace('s3cret', 'gu3ss'), nonsense: 'postgres://[' },
  });
});
afterAll(async () => {
  source?.done();
  await admin?.end();
  await server?.stop();
});

test('every value keeps what it is, or its column becomes text and the log says so', async () => {
  await admin.query(`CREATE TYPE mood AS ENUM ('dull', 'bright')`);
  const { types, rows, log } = await read({
    query: `SELECT 32767::int2 AS small, 9007199254740991::int8 AS largest, 9223372036854775807::int8 AS beyond,
      '12345678901234567890.123'::numeric AS long, '0.10'::numeric(5,2) AS price, '12'::numeric(4,0) AS whole,
      'NaN'::numeric AS "NaN", 0.1::float4 AS single, 0.1::float8 + 0.2 AS double, '-infinity'::float8 AS infinite,
      true AS yes, '007'::text AS id, ''::text AS empty, NULL::text AS missing, 'ä"b,' || E'\\n\\\\.' AS odd,
      'ab'::char(4) AS padded, '\\x00ff'::bytea AS bytes, 'bright'::mood AS mood, '{1,NULL,3}'::int[] AS list,
      '{"a": 1.0}'::json AS json, '2026-01-01 00:00:00.123456+02'::timestamptz AS at, '2026-01-01 12:00'::timestamp AS local,
      '0001-01-01'::date AS day, '1 day 2 hours'::interval AS span, 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'::uuid AS uuid`,
  });
  expect(rows).toEqual([
    {
      small: 32767,
      largest: 9007199254740991,
      beyond: '9223372036854775807',
      long: '12345678901234567890.123',
      price: 0.1,
      whole: 12,
      NaN: NaN,
      single: 0.1,
      double: 0.30000000000000004,
      infinite: -Infinity,
      yes: true,
      id: '007',
      empty: '',
      missing: null,
      odd: 'ä"b,\n\\.',
      padded: 'ab  ',
      bytes: '00ff',
      mood: 'bright',
      list: '[1,null,3]',
      json: '{"a": 1.0}',
      at: '2025-12-31T22:00:00.123Z',
      local: '2026-01-01T12:00:00.000Z',
      day: '0001-01-01',
      span: 'P1DT2H',
      uuid: 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11',
    },
  ]);
  expect(types).toMatchObject({ small: 'integer', beyond: 'text', long: 'text', price: 'number', whole: 'integer' });
  expect(types).toMatchObject({
    NaN: 'number',
    single: 'number',
    yes: 'boolean',
    at: 'timestamp',
    day: 'date',
    id: 'text',
  });
  expect(log).toEqual([
    expect.stringContaining('"beyond" (bigint) becomes text: 1 cell has whole numbers beyond 2^53'),
    expect.stringContaining('"long" (numeric) becomes text: 1 cell has more digits than a number holds'),
  ]);
});

test('a row of one missing value is a row, and no rows are a table too', async () => {
  expect((await read({ query: `SELECT NULL::int AS x UNION ALL SELECT 1 UNION ALL SELECT NULL` })).rows).toEqual([
    { x: 1 },
    { x: null },
    { x: null },
  ]);
  expect(await read({ query: 'SELECT 1 AS x, now() AS t WHERE false' })).toMatchObject({
    types: { x: 'integer', t: 'timestamp' },
    rows: [],
  });
});

test('infinite dates, dates before the year 1 and money are refused with column, row, value and remedy', async () => {
  await expect(read({ query: `SELECT d FROM (VALUES ('2026-01-01'::date), ('infinity')) AS v(d)` })).rejects.toThrow(
    /dates that no table holds: 1 in column "d"[^]*infinity[^]*nullif\(d/,
  );
  await expect(read({ query: `SELECT '0044-03-15 BC'::timestamp AS ides` })).rejects.toThrow(/column "ides"[^]*BC/);
  await expect(read({ query: `SELECT 1.5::numeric::money AS price` })).rejects.toThrow(/"price" is money[^]*::numeric/);
});

test('hostile column names are names, names given twice are refused', async () => {
  const hostile = `A"'; DROP TABLE birds; --`;
  const { rows } = await read({
    query: `SELECT 1 AS ${pg.escapeIdentifier(hostile)}, 2 AS "?column?", 3 AS "select" -- end`,
  });
  expect(rows).toEqual([{ [hostile]: 1, '?column?': 2, select: 3 }]);
  await expect(read({ query: 'SELECT 1 AS a, 2 AS a' })).rejects.toThrow(/two columns called "a"/);
});

test('the query is one SELECT in a session that may only read', async () => {
  await admin.query('CREATE TABLE kept (id int); INSERT INTO kept VALUES (1); GRANT ALL ON kept TO reader');
  await expect(read({ query: 'SELECT 1 AS a; DROP TABLE kept' })).rejects.toThrow(/PostgreSQL refuses the query/);
  await expect(read({ query: 'SELECT 1 AS a) TO STDOUT; DROP TABLE kept; COPY (SELECT 1' })).rejects.toThrow(/refuses/);
  await expect(read({ query: 'DELETE FROM kept RETURNING id' })).rejects.toThrow(/refuses the query/);
  await admin.query(`CREATE FUNCTION sneak() RETURNS int LANGUAGE sql AS 'DELETE FROM kept RETURNING id'`);
  await expect(read({ query: 'SELECT sneak() AS a' })).rejects.toThrow(/25006[^]*may change nothing/);
  expect((await admin.query('SELECT * FROM kept')).rows).toEqual([{ id: 1 }]);
});

test('the same rows give the same bytes in whatever order they lie, and another row gives others', async () => {
  const query = 'SELECT * FROM shuffled';
  await admin.query(
    `CREATE TABLE shuffled AS SELECT i AS id, 'r' || i % 7 AS name FROM generate_series(1, 3000) AS i ORDER BY i`,
  );
  const [one, before] = [await source.take({ url, query }), await source.state({ url, query })];
  await admin.query(
    `CREATE TABLE s2 AS SELECT * FROM shuffled ORDER BY hashint4(id); DROP TABLE shuffled; ALTER TABLE s2 RENAME TO shuffled`,
  );
  const [other, after] = [await source.take({ url, query }), await source.state({ url, query })];
  expect(other.digest).toBe(one.digest);
  expect(after).toEqual(before);
  await admin.query(`UPDATE shuffled SET name = 'other' WHERE id = 2999`);
  expect((await source.take({ url, query })).digest).not.toBe(one.digest);
  expect(await source.state({ url, query })).not.toEqual(before);
  expect(await source.state({ url, query: 'SELECT 1 AS a WHERE false' })).toBeNull();
});

test('with a watermark only what is new is read, exactly once', async () => {
  await admin.query(`CREATE TABLE birds (id bigserial, at timestamptz NOT NULL, name text)`);
  const insert = (from: number, to: number) =>
    admin.query(
      `INSERT INTO birds (at, name) SELECT '2026-01-01'::timestamptz + i * interval '1 microsecond', 'b' || i FROM generate_series(${from}, ${to}) AS i`,
    );
  for (const watermark of ['id', 'at']) {
    await admin.query('TRUNCATE birds RESTART IDENTITY');
    const options = { url, query: 'SELECT * FROM birds', watermark };
    expect(await source.state(options)).toBeNull();
    const empty = await source.take(options);
    expect(empty.watermark).toBeUndefined();
    const names: unknown[] = [];
    let since = empty.watermark;
    for (const [from, to] of [
      [1, 9],
      [10, 10],
      [11, 120],
    ] as const) {
      await insert(from, to);
      const taken = await source.take(options, { since });
      names.push(...(await source.read(taken, options)).rows.map((row) => row['name']));
      expect(await source.state(options)).toEqual({ version: taken.watermark });
      since = taken.watermark;
    }
    expect(names).toEqual(Array.from({ length: 120 }, (_, i) => `b${i + 1}`));
    const none = await source.take(options, { since });
    expect((await source.read(none, options)).rows).toEqual([]);
    expect(none.watermark).toEqual(since);
  }
});

test('a watermark that cannot be one is refused: missing values, another type, one that went back', async () => {
  const take = (query: string, watermark: string, since?: { column: string; value: string }) =>
    source.take({ url, query, watermark }, { since });
  await expect(take('SELECT NULL::int AS id UNION SELECT 1', 'id')).rejects.toThrow(/"id" has missing values/);
  await expect(take(`SELECT 'a'::text AS id`, 'id')).rejects.toThrow(/no column "id" that can be a watermark/);
  await expect(take('SELECT 1 AS id', 'idd')).rejects.toThrow(/no column "idd"/);
  await expect(take(`SELECT 'infinity'::timestamptz AS t`, 't')).rejects.toThrow(/nothing is above/);
  await expect(take('SELECT 4 AS id', 'id', { column: 'id', value: '5' })).rejects.toThrow(/went back/);
  await expect(take('SELECT 4 AS id', 'id', { column: 'id', value: `0' OR true --` })).rejects.toThrow(
    /another watermark/,
  );
});

test('a snapshot is of one moment: a row that comes while it is read is neither in it nor below its watermark', async () => {
  await admin.query('CREATE TABLE pairs AS SELECT i AS id FROM generate_series(1, 2) AS i');
  const options = { url, query: 'SELECT p.id FROM pairs AS p, (SELECT pg_sleep(0.4)) AS s', watermark: 'id' };
  const reading = source.take(options);
  // The watermark is looked for first, the rows are read next: the new one comes between the two.
  const waiting = `SELECT FROM pg_stat_activity WHERE application_name = 'trainyard' AND query LIKE '%max(%' AND state = 'active'`;
  while ((await admin.query(waiting)).rowCount === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  await admin.query('INSERT INTO pairs VALUES (3)');
  const taken = await reading;
  expect((await source.read(taken, options)).rows).toEqual([{ id: 1 }, { id: 2 }]);
  expect(taken.watermark).toEqual({ column: 'id', value: '2' });
});

test('a connection that is cut in the middle is told as passing, and nothing of it lands', async () => {
  const query = `SELECT i AS id, repeat('x', 1000) AS text FROM generate_series(1, 300000) AS i`;
  const reading = source.take({ url, query });
  const told = reading.then(
    () => undefined,
    (error: unknown) => error as Error,
  );
  for (;;) {
    const { rows } = await admin.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'trainyard' AND query LIKE 'COPY%'`,
    );
    if (rows.length > 0) break;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  const error = await told;
  expect(error?.name).toBe('TransientError');
  expect(error?.message).toMatch(/connection to PostgreSQL did not hold/);
});

test('a query that takes too long, and one that nobody wants any more, end', async () => {
  const query = 'SELECT 1 AS a FROM pg_sleep(60)';
  await expect(source.take({ url, query, timeoutSeconds: 1 })).rejects.toThrow(/took too long[^]*timeoutSeconds/);
  await expect(source.take({ url, query }, { signal: AbortSignal.timeout(300) })).rejects.toThrow(/abort|timeout/i);
});

test('no message holds the address, its user or its password', async () => {
  const messages: string[] = [];
  for (const [secret, said] of [
    ['wrong', /does not let this session in|refuses/],
    ['nonsense', /cannot be used/],
  ] as const) {
    const error = await source.take({ url: { secret }, query: 'SELECT 1 AS a' }).then(
      () => undefined,
      (thrown: unknown) => thrown as Error,
    );
    expect(error?.message).toMatch(said);
    messages.push(`${error?.message} ${error?.stack}`);
  }
  await admin.query(`ALTER ROLE reader CONNECTION LIMIT 0`);
  const full = await source.take({ url, query: 'SELECT 1 AS a' }).catch((thrown: unknown) => thrown as Error);
  await admin.query(`ALTER ROLE reader CONNECTION LIMIT -1`);
  messages.push(String(full));
  expect(String(full)).toMatch(/TransientError|did not hold/);
  for (const part of ['reader', 's3cret', 'gu3ss', new URL(server.url).port])
    expect(messages.join('\n')).not.toContain(part);
});
