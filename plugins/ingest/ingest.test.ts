import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { readRows, tableSchema, TABLE_FILE, withDatabase, type TableRow } from '@trainyard/tables';
import { runNode } from '../../worker/testing/index.js';
import { parseNode, snapshotNode } from './worker.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'trainyard-ingest-'));
  process.env['TRAINYARD_PROJECT'] = folder;
});
afterAll(() => rm(folder, { recursive: true }));

/** Reads a text as CSV, by both nodes, and gives value and rows. */
async function read(
  text: string | Uint8Array,
  params: Record<string, unknown> = {},
): Promise<{ value: unknown; rows: TableRow[]; digest: string }> {
  await writeFile(join(folder, 'rows.csv'), text);
  await using taken = await runNode(snapshotNode, { params: { source: 'rows.csv' } });
  await using parsed = await runNode(parseNode, { params, inputs: { source: taken.output }, store: taken.store });
  const path = await parsed.output.path(TABLE_FILE);
  const rows = await withDatabase({}, (database) => readRows(database, path));
  return { value: parsed.output.value, rows, digest: parsed.output.ref.digest };
}

const data = (rows: readonly TableRow[]): TableRow[] => rows.map(({ _row, ...rest }) => rest);
const birds = z.object({
  species: z.enum(['Adelie', 'Gentoo']),
  mass: z.number().min(1000).max(9000).nullable(),
  year: z.int(),
});

describe('a CSV file', () => {
  test('is read as its schema says, missing tokens as missing, other columns left out', async () => {
    const { value, rows } = await read('species,note,mass,year\nAdelie,x,3750.5,2007\nGentoo,"a,b",NA,2008\n', {
      schema: birds,
    });
    expect(value).toEqual({
      rows: 2,
      columns: [
        { name: '_row', type: 'text' },
        { name: 'species', type: 'text' },
        { name: 'mass', type: 'number' },
        { name: 'year', type: 'integer' },
      ],
      read: { delimiter: ',', quote: '"', encoding: 'utf-8', road: 'fast' },
      notes: [],
    });
    expect(data(rows)).toEqual([
      { species: 'Adelie', mass: 3750.5, year: 2007 },
      { species: 'Gentoo', mass: null, year: 2008 },
    ]);
  });

  test('without a schema gets the types that all of its cells have', async () => {
    const { rows } = await read(
      'i,n,b,d,at,t,none\n1,1.5,true,2024-02-29,2024-02-29T12:00:00+02:00,x,NA\n-2,1e3,false,2023-01-01,2024-01-01 10:00Z,7,\n',
    );
    expect(data(rows)).toEqual([
      { i: 1, n: 1.5, b: true, d: '2024-02-29', at: '2024-02-29T10:00:00.000Z', t: 'x', none: null },
      { i: -2, n: 1000, b: false, d: '2023-01-01', at: '2024-01-01T10:00:00.000Z', t: '7', none: null },
    ]);
  });

  test('may have a byte order mark, any line ends, quoted line ends, blank lines and quotes within quotes', async () => {
    const expected = [
      { a: 'x "y"\nz', b: 1 },
      { a: '5" disk', b: 2 },
    ];
    for (const text of [
      '\uFEFFa,b\n"x ""y""\nz",1\n5" disk,2\n',
      'a,b\n\n"x ""y""\nz",1\n\n5" disk,2',
      'a,b\r\n"x ""y""\nz",1\r\n5" disk,2\r\n',
      'a,b\r\n"x ""y""\nz",1\n5" disk,2\r\n',
    ])
      expect(data((await read(text)).rows), JSON.stringify(text)).toEqual(expected);
  });

  test('may be in another encoding, when that is said', async () => {
    expect(data((await read(Buffer.from('naïve\n', 'latin1'), { encoding: 'windows-1252' })).rows)).toEqual([]);
    const utf16 = Buffer.from('\uFEFFname;n\nAdélie;1\n', 'utf16le');
    expect(data((await read(utf16, { encoding: 'utf-16le', delimiter: ';' })).rows)).toEqual([
      { name: 'Adélie', n: 1 },
    ]);
  });

  test('gives the rows asked for by `where`', async () => {
    const text = 'species,mass,year\nAdelie,3000,2007\nGentoo,5000,2008\nAdelie,NA,2009\n';
    const years = async (where: Record<string, unknown>): Promise<unknown[]> =>
      (await read(text, { schema: birds, where })).rows.map((row) => row['year']);
    expect(await years({ year: [2007, 2009] })).toEqual([2007, 2009]);
    expect(await years({ species: 'Adelie', year: 2009 })).toEqual([2009]);
    expect(await years({ mass: 5000 })).toEqual([2008]);
  });

  test('keeps its rows in order, whatever its columns are called', async () => {
    const text = 'n,cell 1,cell 0,number of the record\n3,b,x,9\n2,a,y,8\n1,c,x,7\n';
    const { rows } = await read(text, { where: { 'cell 0': 'x' } });
    expect(data(rows)).toEqual([
      { n: 3, 'cell 1': 'b', 'cell 0': 'x', 'number of the record': 9 },
      { n: 1, 'cell 1': 'c', 'cell 0': 'x', 'number of the record': 7 },
    ]);
  });

  test('with the same bytes is the same table; so it is under another name', async () => {
    const text = 'a,b\n1,x\n2,y\n';
    expect((await read(text)).digest).toBe((await read(text)).digest);
  });
});

describe('the identity of a row', () => {
  const ids = async (text: string, params = {}): Promise<unknown[]> =>
    (await read(text, params)).rows.map((row) => row['_row']);

  test('follows its cells: not its place, not the order of columns, not the rows beside it', async () => {
    const [first, second] = await ids('a,b\n1,x\n2,y\n');
    expect(await ids('a,b\n0,w\n2,y\n1,x\n')).toEqual([expect.any(String), second, first]);
    expect(await ids('b,a\nx,1\ny,2\n')).toEqual([first, second]);
    expect(first).toMatch(/^[0-9a-f]{24}$/);
  });

  test('counts equal rows, so that each has its own', async () => {
    const [first, second, third] = await ids('a\n1\n2\n1\n');
    expect([first, third]).toEqual([first, `${String(first)}~2`]);
    expect(second).not.toBe(first);
  });

  test('is the key where one is named', async () => {
    expect(await ids('id,a\nN1,1\nN2,1\n', { key: ['id'] })).toEqual(['N1', 'N2']);
    expect(await ids('id,y,a\nN1,1,1\nN1,2,1\n', { key: ['id', 'y'] })).toEqual(['["N1","1"]', '["N1","2"]']);
  });
});

describe('a bad file is refused, with its name, line, column and cell:', () => {
  const refused = (text: string | Uint8Array, params: Record<string, unknown> = {}): Promise<string> =>
    read(text, params).then(
      () => 'nothing',
      (error: Error) => error.message.replace('run test, node ingest.parse, attempt 1, ', ''),
    );
  const header = 'species,mass,year\n';

  test('cells that the schema does not allow, up to five of them, counted', async () => {
    const message = await refused(
      `${header}Adelie,3000,2007\n"Adelie",heavy,2007\nPenguin,3000,2007\n,3000,2007\nAdelie,12,20.5\nGentoo,1,x\n`,
      { schema: birds },
    );
    expect(message).toContain('rows.csv is not what its schema says: 7 cells at fault in species, mass, year');
    expect(message).toContain('(file rows.csv, row 3, column mass)');
    expect(message).toContain('mass: a finite number');
    expect(message).toContain('line 3, mass: "heavy"; line 4, species: "Penguin"; line 5, species: nothing');
    expect(message).toContain('… (5 of 7)');
  });

  test('the line is that of the file, after quoted line ends and blank lines', async () => {
    expect(
      await refused(`${header}\n"Adelie",3000,2007\n"Gen\n\ntoo",3000,2008\nAdelie,x,2007\n`, {
        schema: z.object({ mass: z.number() }),
      }),
    ).toContain('line 7, mass: "x"');
  });

  test.each([
    ['a pattern', z.object({ a: z.string().regex(/^(?!x)\w+$/) }), 'y\nxy', 'text that matches'],
    ['a length', z.object({ a: z.string().max(3) }), 'abc\nabcd', 'at most 3 characters'],
    ['a date that does not exist', z.object({ a: z.iso.date() }), '2024-02-29\n2023-02-29', 'a date such as'],
    ['a number beyond double', z.object({ a: z.number() }), '1e308\n1e309', 'a finite number'],
    ['an integer beyond exact', z.object({ a: z.int() }), '9007199254740991\n9007199254740993', 'a whole number'],
    ['an infinite number', z.object({ a: z.number() }), '1\ninf', 'a finite number'],
    ['digits with underscores', z.object({ a: z.number() }), '1\n1_000', 'a finite number'],
    ['a value that is no enum member', z.object({ a: z.enum(['x']).nullable() }), 'x\nX', 'one of "x"'],
    ['a boolean', z.object({ a: z.boolean() }), 'yes\nmaybe', 'true or false'],
  ])('%s', async (_name, schema, cells, expected) => {
    const message = await refused(`a\n${cells}\n`, { schema });
    expect(message).toContain('1 cell at fault in a');
    expect(message).toContain(expected);
    expect(message).toContain('line 3, a: ');
  });

  test('rows with too few or too many cells', async () => {
    const message = await refused('a,b\n1,2\n1\n1,2,3\n');
    expect(message).toContain('not a well-formed CSV file: 2 rows at fault (file rows.csv, row 3)');
    expect(message).toContain('line 3: 1 cells; line 4: 3 cells');
  });

  test('a quote that is never closed', async () => {
    expect(await refused('a,b\n1,2\n"x,2\n3,4\n')).toContain('line 3: a quote opened on line 3 is never closed');
  });

  test('text after a closing quote', async () => {
    expect(await refused('a,b\n1,2\n"x"y,2\n')).toContain('line 3: text after the closing quote of cell 1');
  });

  test('a column name twice', async () => {
    expect(await refused('a,b,a\n1,2,3\n')).toContain('two columns of the name "a"');
  });

  test('a column that objects lose', async () => {
    expect(await refused('a,__proto__\n1,2\n')).toContain('rows and models would lose');
  });

  test('a column without a name', async () => {
    expect(await refused('a,,c\n1,2,3\n')).toContain('column 2 of rows.csv has no name');
  });

  test('a column that is kept for the identity of rows', async () => {
    expect(await refused('_row,a\n1,2\n')).toContain('kept for the identity of rows');
  });

  test('an empty file, and one of blank lines', async () => {
    expect(await refused('')).toContain('rows.csv is empty');
    expect(await refused('\n\n')).toContain('no line of column names');
  });

  test('a column that the schema names and the file lacks, with the nearest one', async () => {
    const message = await refused('species,masss,year\nAdelie,1,2\n', { schema: birds });
    expect(message).toContain('lacks a column of its schema (file rows.csv, row 1, column mass)');
    expect(message).toContain('"mass": did you mean "masss"?');
  });

  test('a column that a strict schema does not have', async () => {
    expect(await refused('a,b\n1,2\n', { schema: z.strictObject({ a: z.int() }) })).toContain(
      'columns that its schema does not have',
    );
  });

  test('bytes that are not of the encoding', async () => {
    const message = await refused(Buffer.from('name\nplain\nAdélie\n', 'latin1'), { encoding: 'utf-8' });
    expect(message).toContain('not text in utf-8 (file rows.csv, row 3)');
    expect(message).toContain("encoding: 'windows-1252'");
  });

  test('NUL', async () => {
    expect(await refused('a\nx\nx\0y\n')).toContain(
      'NUL character, so it is not a text file in this encoding (file rows.csv, row 3',
    );
  });

  test('a key that two rows share, or that a row lacks', async () => {
    const message = await refused('id,a\nN1,1\nN2,2\nN1,3\nNA,4\n', { key: ['id'] });
    expect(message).toContain('the key id does not identify the rows of rows.csv (file rows.csv, row 4, column id');
    expect(message).toContain('line 2 and line 4: "N1"; line 5: no key');
  });

  test('a key or a filter of a column that is not there', async () => {
    expect(await refused('id,a\nN1,1\n', { key: ['idd'] })).toContain('key names column "idd"');
    expect(await refused('id,a\nN1,1\n', { where: { b: 1 } })).toContain('where names column "b"');
  });
});

describe('a source', () => {
  const take = (source: string): Promise<string> =>
    runNode(snapshotNode, { params: { source } }).then(
      () => 'nothing',
      (error: Error) => error.message,
    );

  test('that is not there is refused, and the nearest name offered', async () => {
    await writeFile(join(folder, 'penguins.csv'), 'a\n');
    expect(await take('pengiuns.csv')).toMatch(/source pengiuns.csv is not there[\s\S]*did you mean "penguins.csv"\?/);
    expect(await take('nowhere/penguins.csv')).toContain('that folder is not there either');
  });

  test('that is not on this machine is refused', async () => {
    expect(await take('https://example.org/penguins.csv')).toContain('scheme "https" cannot be read');
  });

  test('may be a file: URL', async () => {
    await writeFile(join(folder, 'a file.csv'), 'a\n1\n');
    for (const source of ['file:a%20file.csv', `file://${encodeURI(join(folder, 'a file.csv'))}`, 'a file.csv']) {
      await using taken = await runNode(snapshotNode, { params: { source } });
      expect(taken.output.value).toMatchObject({ bytes: 4, source });
    }
  });
});

test('a thousand records with all kinds of cells are read alike by the fast and the careful reader', async () => {
  const cells = ['x', '', '"q"', '"a ""b"""', '"l\nm"', ' y ', '5"', '"d,e"', 'é'];
  const lines = Array.from({ length: 1000 }, (_, i) => `${cells[i % 9]},${cells[(i * 7) % 9]},${i}`);
  const fast = `a,b,c\n${lines.join('\n')}\n`;
  const careful = `a,b,c\r\n${lines.join('\n')}\n`;
  expect(
    (await read(careful, { schema: tableSchema(z.object({ a: z.string(), b: z.string(), c: z.int() })), missing: [] }))
      .rows,
  ).toEqual((await read(fast, { missing: [] })).rows);
});
