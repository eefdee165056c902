import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join as joinPath } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Database, join, rawColumn, readRaw, sql } from '@trainyard/tables';
import { readCsv } from './index.js';
import { csvRecords, recordsOf } from './records.js';

let folder: string;
let database: Database;
beforeAll(async () => {
  folder = await mkdtemp(joinPath(tmpdir(), 'trainyard-csv-'));
  database = await Database.open({ scratch: folder, threads: 2 });
});
afterAll(async () => {
  database.close();
  await rm(folder, { recursive: true });
});

const DIALECT = { delimiter: ',', quote: '"' };

/** The rows that a file gives, by whichever road, or what it was refused with. */
async function rowsOf(text: string, name = 'odd.csv'): Promise<{ rows: string[][]; road: string } | string> {
  const path = joinPath(folder, name);
  await writeFile(path, text);
  let road = 'none';
  try {
    const raw = await readCsv(database, { path, name }, { ...DIALECT, encoding: 'utf-8' }, folder);
    return await readRaw(raw, async ({ cells, columns, read }) => {
      road = read?.['road'] ?? '';
      const rows = await database.rows<Record<string, string>>(
        sql`SELECT ${join(columns.map((_, i) => rawColumn(i)))} FROM ${cells}`,
      );
      return { rows: rows.map((row) => Object.values(row)), road };
    });
  } catch (error) {
    return (error as Error).message;
  }
}

/** What `csvRecords` says that a text means: its rows, or that it is not well-formed. */
function meaningOf(text: string): string[][] | 'refused' {
  const [header, ...records] = recordsOf(text, DIALECT, true);
  if (!header || header.fault) return 'refused';
  const bad = records.some(({ cells, fault }) => fault !== undefined || cells.length !== header.cells.length);
  return bad ? 'refused' : records.map(({ cells }) => [...cells]);
}

const piece = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom('a', 'b', '1', 'é', '"x"', '"x ""y"" z"', '"l\nm"', '"c\rd"', '""') },
  { weight: 2, arbitrary: fc.constantFrom(',', '\n') },
  {
    weight: 1,
    arbitrary: fc.constantFrom(' ', '"', '\r\n', '\r', '\n\n', ', "x"', '"x" ,', "'", '\\', '#', '\t', ';'),
  },
);

test('any odd text has one meaning: the database reads it as the careful reader does, or both refuse it', async () => {
  const roads = new Set<string>();
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom('a\n', 'a,b\n', 'a,b\r\n', '\na,b\n', '\uFEFFa,b,c\n'),
      fc.array(piece, { maxLength: 14 }).map((parts) => parts.join('')),
      async (header, body) => {
        const text = header + body;
        const meant = meaningOf(text.replace('\uFEFF', ''));
        const found = await rowsOf(text);
        if (typeof found === 'string') {
          expect([meant, found]).toEqual(['refused', expect.stringMatching(/not a well-formed CSV file/)]);
        } else {
          roads.add(found.road);
          expect(found.rows).toEqual(meant);
        }
      },
    ),
    { numRuns: 400, seed: 23 },
  );
  expect([...roads].sort()).toEqual(['careful', 'fast']);
});

test.each([
  ['blank lines, LF', 'a\n1\n\n2\n', [['1'], ['2']]],
  ['blank lines, mixed', 'a\n1\n\n2\r\n', [['1'], ['2']]],
  ['quotes after a space', 'a,b\n1, "x"\n', [['1', ' "x"']]],
  ['a quote within a cell', 'a,b\n5" disk,2\n', [['5" disk', '2']]],
  [
    'CR alone',
    'a,b\r1,x\r2,y\r',
    [
      ['1', 'x'],
      ['2', 'y'],
    ],
  ],
  ['no end of the last line', 'a,b\n1,x', [['1', 'x']]],
])('%s', async (_name, text, rows) => {
  expect(await rowsOf(text)).toMatchObject({ rows });
});

test('a delimiter at the end of a line is a cell more, whatever the line ends', async () => {
  for (const end of ['\n', '\r\n']) expect(await rowsOf(`a,b${end}1,2,${end}`)).toMatch(/line 2: 3 cells/);
  expect(await rowsOf('a\n1,\n2,\r\n')).toMatch(/line 2: 2 cells; line 3: 2 cells/);
});

test('a record is found whole wherever the file is cut into pieces', async () => {
  const long = 'x'.repeat(100_000);
  const text = Array.from({ length: 40 }, (_, i) => `"${i} ""${long}""\r\n",${i}\r\n`).join('');
  const path = joinPath(folder, 'long.csv');
  await writeFile(path, text);
  const lines: number[] = [];
  for await (const { cells, line } of csvRecords(path, DIALECT)) {
    expect(cells).toEqual([`${lines.length} "${long}"\r\n`, String(lines.length)]);
    lines.push(line);
  }
  expect(lines).toEqual(Array.from({ length: 40 }, (_, i) => 1 + 2 * i));
});
