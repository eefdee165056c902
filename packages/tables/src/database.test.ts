import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join as joinPath } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Database, id, sql, withDatabase, type Column, type TableRow } from './index.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(joinPath(tmpdir(), 'trainyard-tables-'));
});
afterAll(() => rm(folder, { recursive: true }));

const columns: Column[] = [
  { name: 'n', type: 'number' },
  { name: 'i', type: 'integer' },
  { name: 't', type: 'text' },
  { name: 'b', type: 'boolean' },
  { name: 'd', type: 'date' },
  { name: 'at', type: 'timestamp' },
];
const cell = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(value, { nil: null });
const instant = fc.date({
  min: new Date('1800-01-01T00:00:00Z'),
  max: new Date('2300-01-01T00:00:00Z'),
  noInvalidDate: true,
});
const row = fc.record(
  {
    n: cell(fc.double({ noNaN: true })),
    i: cell(fc.maxSafeInteger()),
    t: cell(fc.string({ unit: 'binary' })),
    b: cell(fc.boolean()),
    d: cell(instant.map((date) => date.toISOString().slice(0, 10))),
    at: cell(instant.map((date) => date.toISOString())),
  },
  { noNullPrototype: true },
);

test('rows written to Parquet come back bit for bit and in order', async () => {
  await withDatabase({}, async (database) => {
    await fc.assert(
      fc.asyncProperty(fc.array(row, { maxLength: 20 }), async (rows) => {
        const path = joinPath(folder, 'rows.parquet');
        await database.insert('rows', columns, rows as TableRow[]);
        const value = await database.write(sql`FROM rows`, path);
        expect(value).toEqual({ rows: rows.length, columns });
        expect(await database.rows(sql`FROM read_parquet(${path})`)).toStrictEqual(rows);
      }),
      { numRuns: 60 },
    );
  });
});

test('the same rows give the same bytes, in two databases', async () => {
  const digest = async (name: string): Promise<Buffer> => {
    const path = joinPath(folder, name);
    await withDatabase({}, (database) =>
      database.write(sql`SELECT range AS i, 'text ' || range % 7 AS t, range / 3 AS n FROM range(200000)`, path),
    );
    return readFile(path);
  };
  expect((await digest('a.parquet')).equals(await digest('b.parquet'))).toBe(true);
});

test('text from outside never becomes SQL, whatever is in it', async () => {
  await withDatabase({}, async (database) => {
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          fc.string({ unit: 'binary', minLength: 1 }),
          fc.constantFrom(`'; DROP TABLE x; --`, '"', `\\'`, '$1', '\0'),
        ),
        async (text) => {
          const name = text.replaceAll('\0', '?');
          expect(await database.rows(sql`SELECT ${text} AS ${id(name)}`)).toEqual([{ [name]: text }]);
        },
      ),
      { numRuns: 200 },
    );
    expect(() => id('a\0b')).toThrow(/no usable name/);
    expect(() => id('')).toThrow(/no usable name/);
  });
});

test('numbers in SQL keep their bits', async () => {
  await withDatabase({}, async (database) => {
    await fc.assert(
      fc.asyncProperty(fc.double(), async (number) => {
        expect(await database.row(sql`SELECT ${number} AS n`)).toEqual({ n: number });
      }),
    );
  });
});

test('a query streams in batches', async () => {
  await withDatabase({}, async (database) => {
    let rows = 0;
    for await (const batch of database.batches(sql`SELECT range AS i FROM range(10000)`)) {
      expect(batch.length).toBeLessThanOrEqual(2048);
      rows += batch.length;
    }
    expect(rows).toBe(10_000);
  });
});

test('queries side by side, and one within another, each give all of their rows', async () => {
  await withDatabase({}, async (database) => {
    const counts = await Promise.all(
      [1, 5000, 10_000, 3].map(async (n) => (await database.rows(sql`SELECT range FROM range(${BigInt(n)})`)).length),
    );
    expect(counts).toEqual([1, 5000, 10_000, 3]);
    let rows = 0;
    for await (const batch of database.batches(sql`SELECT range AS i FROM range(5000)`)) {
      expect(await database.row(sql`SELECT ${batch.length} AS n`)).toEqual({ n: batch.length });
      rows += batch.length;
    }
    expect(rows).toBe(5000);
    for await (const batch of database.batches(sql`SELECT range AS i FROM range(5000)`)) if (batch.length > 0) break;
    expect(await database.row(sql`SELECT 1::BIGINT AS n`)).toEqual({ n: 1 });
  });
});

test('a column of a type that tables do not hold is named', async () => {
  const database = await Database.open();
  await expect(database.columns(sql`SELECT [1, 2] AS pair`)).rejects.toThrow(/column "pair" is of a type/);
  database.close();
});

test('a cell of the wrong type is named with its column', async () => {
  await withDatabase({}, async (database) => {
    await expect(database.insert('t', [{ name: 'mass', type: 'number' }], [{ mass: 'heavy' }])).rejects.toThrow(
      /cell of column "mass"[\s\S]*expected: number[\s\S]*"heavy"/,
    );
  });
});

test('tables that do not fit into memory are said to be so', async () => {
  await withDatabase({ memory: '20MB' }, async (database) => {
    const large = database.run(
      sql`CREATE TABLE large AS SELECT range AS i, md5(range::VARCHAR) AS t FROM range(3000000)`,
    );
    await expect(large).rejects.toThrow(/do not fit into the memory[\s\S]*TY-NODE-MEMORY/);
  });
});

test('an aborted signal stops a query that runs, or is about to', async () => {
  for (const afterMs of [0, 1, 5, 50]) {
    const abort = new AbortController();
    const work = withDatabase({ signal: abort.signal }, (database) =>
      database.rows(sql`SELECT sum(sqrt(a.range * b.range)) FROM range(1000000) a, range(1000000) b`),
    );
    setTimeout(() => abort.abort(), afterMs);
    await expect(work).rejects.toThrow(/[Ii]nterrupt|abort/);
  }
});

test('text that begins with U+FEFF, or holds NUL, comes back whole', async () => {
  await withDatabase({}, async (database) => {
    const cells = ['\ufeffx', '\ufeff\ufeff', 'a\0b', '\ufeff'];
    await database.insert(
      'given',
      [{ name: 't', type: 'text' }],
      cells.map((t) => ({ t })),
    );
    expect((await database.rows<{ t: string }>(sql`FROM given`)).map(({ t }) => t)).toEqual(cells);
    await database.define([{ name: 'trainyard_same', takes: ['text'], gives: 'text', run: (text: string) => text }]);
    expect(await database.rows(sql`FROM given WHERE trainyard_same(t) = t`)).toHaveLength(cells.length);
  });
});

test('a table of which rows are left out has the same bytes for any number of threads', async () => {
  const source = joinPath(folder, 'long.parquet');
  await withDatabase({}, (database) => database.write(sql`SELECT range AS n FROM range(500_000)`, source));
  const bytes = (threads: number, filtered = true): Promise<Buffer> =>
    withDatabase({ threads }, async (database) => {
      const path = joinPath(folder, `some-${threads}.parquet`);
      await database.write(sql`SELECT * FROM read_parquet(${source}) WHERE hash(n) % 5 < 3`, path, { filtered });
      return readFile(path);
    });
  const one = await bytes(1);
  for (const threads of [2, 3]) expect(one.equals(await bytes(threads)), `${threads} threads`).toBe(true);
  expect(one.equals(await bytes(2, false)), 'where the query does not say so').toBe(false);
});
