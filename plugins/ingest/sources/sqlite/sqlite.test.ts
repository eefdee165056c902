import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import fc from 'fast-check';
import sqlite3 from 'node-sqlite3-wasm';
import { afterAll, expect, test } from 'vitest';
import { taking } from '../taken.test-part.js';
import { sqliteSource } from './kind.js';

const project = mkdtempSync(path.join(tmpdir(), 'trainyard-sqlite-'));
const source = taking(sqliteSource, { project });
afterAll(() => {
  source.done();
  rmSync(project, { recursive: true, force: true });
});
let count = 0;

/** A database file made by statements, and its name in the project. */
function made(...statements: string[]): { file: string; database: InstanceType<typeof sqlite3.Database> } {
  const file = `${count++}.db`;
  const database = new sqlite3.Database(path.join(project, file));
  database.exec('PRAGMA synchronous = OFF');
  for (const statement of statements) database.exec(statement);
  return { file, database };
}
async function rowsOf(...[query, ...statements]: [string, ...string[]]) {
  const { file, database } = made(...statements);
  database.close();
  const options = { path: file, query };
  return source.read(await source.take(options), options);
}

test('values keep what they are: whole numbers beyond 2^53, doubles, text with NUL, bytes, missing', async () => {
  const { types, rows, log } = await rowsOf(
    `SELECT 9007199254740991 AS largest, 9223372036854775807 AS beyond, 0.1 + 0.2 AS double, -9e999 AS infinite,
       'ä"b,' || char(10, 0, 13) AS odd, '' AS empty, NULL AS missing, x'00FF' AS bytes, '007' AS id, 5e-324 AS least`,
  );
  expect(rows).toEqual([
    {
      largest: 9007199254740991,
      beyond: '9223372036854775807',
      double: 0.30000000000000004,
      infinite: -Infinity,
      odd: 'ä"b,\n\0\r',
      empty: '',
      missing: null,
      bytes: '00ff',
      id: '007',
      least: 5e-324,
    },
  ]);
  expect(types).toMatchObject({ largest: 'integer', beyond: 'text', double: 'number', missing: 'text', id: 'text' });
  expect(log).toEqual([expect.stringContaining('"beyond" (integer) becomes text')]);
});

test('any doubles and texts come back as they were', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.double({ noNaN: true }), fc.string({ unit: 'binary' })), {
        minLength: 1,
        maxLength: 500,
        size: 'max',
      }),
      async (values) => {
        const { file, database } = made('CREATE TABLE t (i, x, s)');
        const insert = database.prepare('INSERT INTO t VALUES (?, ?, CAST(? AS TEXT))');
        database.exec('BEGIN');
        for (const [i, [x, s]] of values.entries()) insert.run([i, x, Buffer.from(s)]);
        insert.finalize();
        database.exec('COMMIT');
        database.close();
        // A column of REAL keeps a double that is whole a double.
        const options = { path: file, query: 'SELECT i, CAST(x AS REAL) AS x, s FROM t' };
        const { rows } = await source.read(await source.take(options), options);
        const read = rows.toSorted((a, b) => Number(a['i']) - Number(b['i'])).map((row) => [row['x'], row['s']]);
        expect(read).toEqual(values.map(([x, s]) => [x === 0 ? 0 : x, s]));
      },
    ),
    { numRuns: 3 },
  );
});

test('a column of whole numbers and fractions is a number; one with other mixtures is refused with an example', async () => {
  const table = 'CREATE TABLE t (n INTEGER, d DECIMAL); INSERT INTO t VALUES (1, 1), (2, 1.5)';
  expect(await rowsOf('SELECT * FROM t', table)).toMatchObject({ types: { n: 'integer', d: 'number' } });
  await expect(rowsOf('SELECT * FROM t', table, `INSERT INTO t VALUES ('unknown', 2)`)).rejects.toThrow(
    /column "n" of \d+.db holds values of several kinds[^]*2 integer, 1 text; the text is 'unknown'[^]*typeof\("n"\) = 'integer'/,
  );
});

test('text that is not UTF-8, names given twice, several statements and writing ones are refused', async () => {
  await expect(rowsOf(`SELECT CAST(x'ff41' AS TEXT) AS s`)).rejects.toThrow(/text that is not UTF-8/);
  await expect(rowsOf('SELECT 1 AS a, 2 AS A')).rejects.toThrow(/two columns called "A"/);
  await expect(rowsOf('SELECT 1 AS a; SELECT 2')).rejects.toThrow(/SQLite refuses the query/);
  await expect(rowsOf('DELETE FROM t', 'CREATE TABLE t (a)')).rejects.toThrow(/SQLite refuses the query/);
  const hostile = `A"'; DROP TABLE t; --`;
  const named = await rowsOf(`SELECT 1 AS "${hostile.replaceAll('"', '""')}", 2 AS "select" -- the end`);
  expect(named.rows).toEqual([{ [hostile]: 1, select: 2 }]);
});

test('what is no database, is damaged or is not there is told', async () => {
  const take = (file: string) => source.take({ path: file, query: 'SELECT * FROM t' });
  await expect(take('none.db')).rejects.toThrow(/none.db is not there/);
  writeFileSync(path.join(project, 'text.db'), 'a,b\n1,2\n');
  await expect(take('text.db')).rejects.toThrow(/text.db is not an SQLite database/);
  writeFileSync(path.join(project, 'cut.db'), `SQLite format 3\0${'x'.repeat(5000)}`);
  await expect(take('cut.db')).rejects.toThrow(/cut.db is damaged/);
});

test('the same rows give the same bytes in whatever order they lie', async () => {
  const digests = [];
  for (const order of ['id', 'id DESC']) {
    const rows = `WITH RECURSIVE t(id) AS (SELECT 1 UNION ALL SELECT id + 1 FROM t WHERE id < 999) SELECT id, 'r' || id % 7 AS name FROM t ORDER BY ${order}`;
    const { file, database } = made(`CREATE TABLE birds AS ${rows}`);
    database.close();
    const taken = await source.take({ path: file, query: 'SELECT * FROM birds' });
    digests.push(taken.digest);
  }
  expect(digests[0]).toBe(digests[1]);
});

test('with a watermark only what is new is read, exactly once, also from the log that is not yet in the file', async () => {
  const { file, database } = made(
    'PRAGMA locking_mode = EXCLUSIVE',
    'PRAGMA journal_mode = WAL',
    'CREATE TABLE birds (id INTEGER PRIMARY KEY, name TEXT)',
  );
  const options = { path: file, query: 'SELECT * FROM birds', watermark: 'id' };
  expect(await source.state(options)).toBeNull();
  const names: unknown[] = [];
  let since = (await source.take(options)).watermark;
  for (let round = 0; round < 3; round++) {
    database.exec(`INSERT INTO birds (name) VALUES ('a${round}'), ('b${round}')`);
    const taken = await source.take(options, { since });
    names.push(...(await source.read(taken, options)).rows.map((row) => row['name']));
    since = taken.watermark;
    const state = await source.state(options);
    expect(state?.version).toEqual(since);
    expect(await source.state(options, state!)).toBe(state);
  }
  expect(names).toEqual(['a0', 'b0', 'a1', 'b1', 'a2', 'b2']);
  database.exec('DELETE FROM birds WHERE id > 2');
  await expect(source.take(options, { since })).rejects.toThrow(/"id" went back/);
  database.exec('UPDATE birds SET name = NULL');
  await expect(source.take({ ...options, watermark: 'name' })).rejects.toThrow(/missing values/);
  database.close();
});

test('while another moves money between accounts and checkpoints, each snapshot has all of it', async () => {
  const { file, database } = made('CREATE TABLE accounts (id INTEGER PRIMARY KEY, money INTEGER)');
  database.exec('BEGIN');
  for (let id = 0; id < 400; id++) database.run(`INSERT INTO accounts VALUES (?, 100)`, [id]);
  database.exec('COMMIT');
  database.close();
  const writer = new Worker(
    `const { workerData, parentPort } = require('node:worker_threads');
     const { Database } = require('node-sqlite3-wasm');
     const database = new Database(workerData);
     database.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 20');
     let moved = 0, seed = 1;
     const some = () => (seed = (seed * 48271) % 2147483647) % 400;
     const round = () => {
       for (let i = 0; i < 5; i++) {
         database.exec('BEGIN');
         for (let k = 0; k < 20; k++) {
           database.run('UPDATE accounts SET money = money - 1 WHERE id = ?', [some()]);
           database.run('UPDATE accounts SET money = money + 1 WHERE id = ?', [some()]);
         }
         database.exec('COMMIT');
       }
       parentPort.postMessage(++moved);
       setTimeout(round, 40);
     };
     round();`,
    { eval: true, workerData: path.join(project, file) },
  );
  let moved = 0;
  writer.on('message', (now: number) => (moved = now));
  const seen = new Set<string>();
  while (moved === 0) await setImmediate();
  for (let i = 0; i < 5; i++) {
    const options = { path: file, query: 'SELECT * FROM accounts' };
    const taken = await source.take(options).catch((error: Error) => {
      // No quiet moment: it says so rather than give a torn one.
      expect(error.name).toBe('TransientError');
    });
    if (!taken) continue;
    const { rows } = await source.read(taken, options);
    expect([rows.length, rows.reduce((sum, row) => sum + Number(row['money']), 0)]).toEqual([400, 40_000]);
    seen.add(taken.digest);
  }
  await writer.terminate();
  expect(seen.size).toBeGreaterThan(1);
});
