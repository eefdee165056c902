/**
 * What checking costs beside reading: 30 rules of a data contract over a table of 7 million rows, beside reading that table from
 * CSV with its types; and reading it with a row in a thousand at fault into a quarantine, beside reading it without such rows.
 * Seconds by the clock, in turn, medians: lower is better. The rows are made by arithmetic, the same each time.
 *
 *   npm run bench data/checks -- [--json] [--rows=7000000] [--rounds=3]
 */
import { mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { availableParallelism, cpus, loadavg, tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { dataContract, rulesOf } from '@trainyard/checks';
import { checkTable } from '@trainyard/checks/run';
import { id, Sql, sql, TABLE_FILE, withDatabase, type Database } from '@trainyard/tables';
import { tableSchema } from '@trainyard/tables/schema';
import { z } from 'zod';
import { readCsv } from '../../plugins/ingest/csv/index.js';
import { readTyped, siftTyped } from '../../plugins/ingest/typed/index.js';
import { median, round, type Row } from '../figures.js';

const { values: asked } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    rows: { type: 'string', default: '7000000' },
    rounds: { type: 'string', default: '3' },
  },
});
const [rows, rounds] = [Number(asked.rows), Number(asked.rounds)];
const folder = mkdtempSync(path.join(tmpdir(), 'trainyard-bench-checks-'));
const threads = availableParallelism();
const schema = z.object({
  id: z.int(),
  at: z.iso.datetime(),
  until: z.iso.datetime(),
  mass: z.number(),
  length: z.number().nullable(),
  age: z.int(),
  species: z.string(),
  ring: z.string(),
});

/** 30 rules: 8 types, 7 of presence, 6 ranges, and of each other kind one or two. */
const contract = dataContract.parse({
  columns: tableSchema(
    z.object({
      id: z.int().min(0).max(10_000_000_000),
      at: z.iso.datetime(),
      until: z.iso.datetime(),
      mass: z.number().min(0).max(100),
      length: z.number().min(0).max(1000).nullable(),
      age: z.int().min(0).max(99),
      species: z.enum(['tit', 'wren', 'swift', 'dunnock', 'linnet']),
      ring: z
        .string()
        .regex(/^[A-Z]{2}\d+$/)
        .min(3),
    }),
  ),
  key: ['id'],
  rules: [
    { rule: 'finite', column: 'mass' },
    { rule: 'finite', column: 'length' },
    { rule: 'compare', column: 'at', is: '<=', to: 'until' },
    { rule: 'rows', min: rows, max: rows },
    { rule: 'fresh', column: 'at', within: '1000 days' },
    { rule: 'sql', query: 'SELECT * FROM data WHERE age > 90 AND mass > 99' },
    { rule: 'length', column: 'species', max: 7 },
  ],
});

/** Writes the source: with a row in a thousand at fault where that is asked for. */
async function write(database: Database, file: string, bad: boolean): Promise<void> {
  const i = Sql.of('i');
  await database.run(sql`COPY (
    SELECT i AS id, TIMESTAMP '2024-01-01' + to_seconds(i % 86400) AS at, TIMESTAMP '2024-01-02' + to_seconds(i % 86400) AS until,
      CASE WHEN ${bad} AND i % 1000 = 7 THEN 'heavy' ELSE ((i * 7919 % 10000) / 100.0)::DECIMAL(6, 2)::VARCHAR END AS mass,
      CASE WHEN i % 50 = 0 THEN NULL ELSE (i * 104729 % 9973) / 10.0 END AS length, ${i} * 31 % 90 AS age,
      ['tit', 'wren', 'swift', 'dunnock', 'linnet'][1 + (i * 17 % 5)::INT] AS species, 'AB' || (i * 13 % 100000) AS ring
    FROM range(${BigInt(rows)}) t(i)) TO ${file} (FORMAT csv, HEADER)`);
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const before = performance.now();
  await work();
  return (performance.now() - before) / 1000;
}

const [clean, dirty] = [path.join(folder, 'clean.csv'), path.join(folder, 'dirty.csv')];
const params = { schema: tableSchema(schema), key: ['id'], where: {} };
const inDatabase = <T>(use: (database: Database) => Promise<T>): Promise<T> =>
  withDatabase({ scratch: folder, threads }, use);

const ways = {
  read: () =>
    inDatabase(async (database) => {
      const raw = await readCsv(database, { path: clean, name: 'clean.csv' }, {}, folder);
      const { value } = await readTyped(database, raw, params, folder);
      if (value.rows !== rows) throw new Error(`read ${value.rows} of ${rows} rows`);
    }),
  check: () =>
    inDatabase(async (database) => {
      const file = path.join(folder, 'table.parquet');
      const columns = await database.view('data', file);
      const table = { from: id('data'), columns, path: file };
      const options = { scratch: folder, threads, at: '2024-06-01T00:00:00Z' };
      const figures = await checkTable(database, table, rulesOf(contract), options);
      if (figures.verdict !== 'passed' || figures.rules.length !== 30)
        throw new Error(
          `${figures.rules.length} rules: ${JSON.stringify(figures.rules.filter((one) => one.verdict !== 'passed'))}`,
        );
    }),
  sift: () =>
    inDatabase(async (database) => {
      const raw = await readCsv(database, { path: dirty, name: 'dirty.csv' }, { setAside: true }, folder);
      const sifted = path.join(folder, 'sifted');
      const { table, quarantine } = await siftTyped(database, raw, params, sifted);
      if (table.value.rows + quarantine.value.dropped !== rows || !table.files[TABLE_FILE].path)
        throw new Error(`${table.value.rows} rows and ${quarantine.value.dropped} in quarantine`);
    }),
};

const took: Record<keyof typeof ways, number[]> = { read: [], check: [], sift: [] };
let bytes = 0;
try {
  await inDatabase(async (database) => {
    await write(database, clean, false);
    await write(database, dirty, true);
  });
  mkdirSync(path.join(folder, 'sifted'));
  bytes = statSync(clean).size;
  for (let turn = 0; turn < rounds; turn++)
    for (const name of ['read', 'check', 'sift'] as const) took[name].push(await timed(ways[name]));
} finally {
  rmSync(folder, { recursive: true, force: true });
}

const [reads, checks, sifts] = [median(took.read), median(took.check), median(took.sift)];
const figures = (name: string, ours: number): Row => ({
  case: name,
  ours: round(ours),
  peer: round(reads),
  peerName: 'reading alone',
  ratio: round(ours / reads),
  unit: 's, lower is better',
});
const all = [
  figures(`30 rules over ${rows} rows`, checks),
  figures(`reading ${rows} rows, one in a thousand into quarantine`, sifts),
];
const machine = `${cpus().length} × ${cpus()[0]?.model}, load ${loadavg()[0]?.toFixed(1)}, Node ${process.version}, ${rounds} rounds, ${Math.round(bytes / 1e6)} MB of CSV`;
if (asked.json) process.stdout.write(`${JSON.stringify({ bench: 'data/checks', machine, rows: all }, null, 2)}\n`);
else {
  process.stdout.write(`${machine}\n`);
  for (const { case: name, ours, peer, ratio, peerName } of all)
    process.stdout.write(
      `${name.padEnd(64)}${String(ours).padStart(8)}${String(peer).padStart(8)}${`${ratio} ×`.padStart(9)}  ${peerName}\n`,
    );
}
