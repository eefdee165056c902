import { readFile } from 'node:fs/promises';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import type { InputArtifact } from '../../core/artifact.js';
import type { Handle, SealedTable, Table } from '../../core/index.js';
import type { TableRow } from '@trainyard/tables';
import { rowsOf, run, tableOf } from '../../tests/tables/csv-table.js';
import { table as cleanTable } from './index.js';
import type { CleanFigures, RuleInput } from './rules.js';
import { cleanTableNode, concatNode } from './worker.js';

async function clean(
  table: InputArtifact | string,
  ...rules: RuleInput[]
): Promise<{ rows: TableRow[]; figures: CleanFigures; table: InputArtifact | undefined }> {
  const given = typeof table === 'string' ? await tableOf(table) : table;
  const { outputs } = await run(cleanTableNode, { params: { rules }, inputs: { table: given } });
  const rows = (await rowsOf(outputs['table'])).map(({ _row, ...cells }) => cells);
  return { rows, figures: outputs['report']?.value as CleanFigures, table: outputs['table'] };
}

let penguins: InputArtifact;
beforeAll(async () => {
  penguins = await tableOf(
    await readFile(new URL('../../examples/penguins/data/penguins.csv', import.meta.url), 'utf8'),
  );
});

describe('the rule', () => {
  test('require drops rows that lack a value', async () => {
    const { rows, figures } = await clean(penguins, { rule: 'require', columns: ['sex', 'bill_length_mm'] });
    expect(rows.length).toBe(333);
    expect(figures.rows).toEqual({ before: 344, after: 333 });
    expect(figures.rules[0]).toEqual({
      rule: 'require',
      columns: ['sex', 'bill_length_mm'],
      rowsDropped: 11,
      cellsChanged: 0,
      serving: false,
    });
    expect(figures.missing.find(({ column }) => column === 'sex')).toEqual({ column: 'sex', before: 11, after: 0 });
  });

  test('drop and rename change columns; rows keep their identity', async () => {
    const { rows, table } = await clean(
      'a,b\n1,2\n',
      { rule: 'drop', columns: ['a'] },
      { rule: 'rename', columns: { b: 'c' } },
    );
    expect(rows).toEqual([{ c: 2 }]);
    expect((await rowsOf(table))[0]?.['_row']).toBe((await rowsOf(await tableOf('a,b\n1,2\n')))[0]?.['_row']);
  });

  test('rename can swap names', async () => {
    expect((await clean('a,b\n1,2\n', { rule: 'rename', columns: { a: 'b', b: 'a' } })).rows).toEqual([{ b: 1, a: 2 }]);
  });

  test('trim takes white space off, and what is then empty is missing', async () => {
    const { rows, figures } = await clean('a,b\n" x ",1\n"  ",2\ny,3\n', { rule: 'trim' });
    expect(rows.map((row) => row['a'])).toEqual(['x', null, 'y']);
    expect(figures.rules[0]?.cellsChanged).toBe(2);
  });

  test('case', async () => {
    expect((await clean('a\nÉCOLE\n', { rule: 'case', columns: ['a'], to: 'lower' })).rows).toEqual([{ a: 'école' }]);
  });

  test('map gives other text, or makes it missing, and leaves the rest', async () => {
    const { rows } = await clean('a\nm\n?\nx\n', { rule: 'map', column: 'a', values: { m: 'male', '?': null } });
    expect(rows.map((row) => row['a'])).toEqual(['male', null, 'x']);
  });

  test('type reads a column as another; what cannot be read goes missing, is dropped, or stops', async () => {
    const csv = 'a\n1\n2.5\nx\n';
    const as = (to: 'number' | 'integer', otherwise: 'missing' | 'drop' | 'stop') =>
      clean(csv, { rule: 'type', column: 'a', to, otherwise });
    expect((await as('number', 'missing')).rows.map((row) => row['a'])).toEqual([1, 2.5, null]);
    expect((await as('integer', 'drop')).rows).toEqual([{ a: 1 }]);
    await expect(as('integer', 'stop')).rejects.toThrow(
      /refuses 2 cells of column "a"[\s\S]*"2.5"; row [0-9a-f]+: "x"/,
    );
  });

  test('range sends what is outside to missing, drops, clips, or stops', async () => {
    const of = (outside: 'missing' | 'drop' | 'clip' | 'stop') =>
      clean('n\n-5\n3\n99\nNA\n', { rule: 'range', column: 'n', min: 0, max: 10, outside });
    expect((await of('missing')).rows.map((row) => row['n'])).toEqual([null, 3, null, null]);
    expect((await of('drop')).rows.map((row) => row['n'])).toEqual([3, null]);
    expect((await of('clip')).rows.map((row) => row['n'])).toEqual([0, 3, 10, null]);
    await expect(of('stop')).rejects.toThrow(/refuses 2 cells of column "n"[\s\S]*expected: from 0 to 10/);
  });

  test('allow does so for values', async () => {
    const text = await clean('a\nx\ny\nNA\n', { rule: 'allow', column: 'a', values: ['x'], otherwise: 'missing' });
    expect(text.rows.map((row) => row['a'])).toEqual(['x', null, null]);
    expect((await clean('n\n1\n2\n', { rule: 'allow', column: 'n', values: [2], otherwise: 'drop' })).rows).toEqual([
      { n: 2 },
    ]);
    await expect(clean('a\nx\ny\n', { rule: 'allow', column: 'a', values: ['x'] })).rejects.toThrow(
      /"allow" refuses 1 cell/,
    );
  });

  test('duplicates keeps the first or the last of rows that are equal', async () => {
    const csv = 'k,n\na,1\nb,1\na,2\na,1\n';
    expect((await clean(csv, { rule: 'duplicates' })).rows).toEqual([
      { k: 'a', n: 1 },
      { k: 'b', n: 1 },
      { k: 'a', n: 2 },
    ]);
    expect((await clean(csv, { rule: 'duplicates', by: ['k'], keep: 'last' })).rows).toEqual([
      { k: 'b', n: 1 },
      { k: 'a', n: 1 },
    ]);
  });
});

test('filling leaves known cells as they are, and leaves none missing', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.option(fc.integer()), { minLength: 1 }), fc.integer(), async (cells, constant) => {
      const table = await tableOf(`n,k\n${cells.map((cell, i) => `${cell ?? ''},${i}`).join('\n')}\n`, {
        schema: { columns: { n: { type: 'integer', nullable: true } } },
      });
      const { rows } = await clean(table, { rule: 'fill', column: 'n', value: constant });
      expect(rows.map((row) => row['n'])).toEqual(cells.map((cell) => cell ?? constant));
    }),
    { numRuns: 8 },
  );
});

test('rules see what the rules before them made', async () => {
  const { rows, figures } = await clean(
    'sex,n\n MALE ,1\n. ,2\nfemale,x\n',
    { rule: 'trim' },
    { rule: 'case', columns: ['sex'], to: 'lower' },
    { rule: 'map', column: 'sex', values: { '.': null } },
    { rule: 'rename', columns: { sex: 'Sex' } },
    { rule: 'fill', column: 'Sex', value: 'unknown' },
    { rule: 'type', column: 'n', to: 'integer', otherwise: 'missing' },
  );
  expect(rows).toEqual([
    { Sex: 'male', n: 1 },
    { Sex: 'unknown', n: 2 },
    { Sex: 'female', n: null },
  ]);
  expect(figures.missing).toEqual([
    { column: 'sex', before: 0, after: null },
    { column: 'n', before: 0, after: 1 },
    { column: 'Sex', before: null, after: 0 },
  ]);
});

test.each<[string, RuleInput, RegExp]>([
  ['a column that is not there', { rule: 'require', columns: ['b'] }, /rule "require" names column "b"/],
  ['the identity of rows', { rule: 'drop', columns: ['_row'] }, /does not fit column "_row": it is the identity/],
  [
    'text where there are numbers',
    { rule: 'case', columns: ['n'], to: 'upper' },
    /column "n": it holds integer, not text/,
  ],
  ['numbers where there is text', { rule: 'range', column: 'a', min: 0 }, /column "a": it holds text, not numbers/],
  [
    'a constant of another type',
    { rule: 'fill', column: 'n', value: 1.5 },
    /column "n": it holds integer, and 1.5 is not/,
  ],
  [
    'values of another type',
    { rule: 'allow', column: 'n', values: ['x'] },
    /column "n": it holds integer, and "x" is not/,
  ],
  [
    'a name that objects lose',
    { rule: 'rename', columns: { a: '__proto__' } },
    /a column cannot be called "__proto__"/,
  ],
  ['a name that is taken', { rule: 'rename', columns: { a: 'n' } }, /column "n": two columns would have this name/],
])('a rule with %s is refused', async (_name, rule, message) => {
  await expect(clean('a,n\nx,1\n', rule)).rejects.toThrow(message);
});

test('a rule that learns from the data has no place before a split', async () => {
  await expect(clean('n\n1\n', { rule: 'impute', column: 'n', by: 'median' } as never)).rejects.toThrow(
    /rules\.0\.rule/,
  );
});

describe('concat', () => {
  const concat = async (tables: InputArtifact[], duplicates?: string): Promise<TableRow[]> =>
    rowsOf((await run(concatNode, { params: { ...(duplicates ? { duplicates } : {}) }, inputs: { tables } })).output);
  const keyed = (csv: string): Promise<InputArtifact> => tableOf(csv, { key: ['k'] });

  test('puts tables one after the other, whatever the order of their columns', async () => {
    const rows = await concat([await keyed('k,n\na,1\n'), await keyed('n,k\n2,b\n')]);
    expect(rows).toEqual([
      { _row: 'a', k: 'a', n: 1 },
      { _row: 'b', k: 'b', n: 2 },
    ]);
  });

  test('keeps one row of each identity: the first, the last, or none of it', async () => {
    const tables = [await keyed('k,n\na,1\nb,1\n'), await keyed('k,n\nc,2\na,2\n')];
    const said = async (duplicates?: string): Promise<string> =>
      (await concat(tables, duplicates)).map((row) => `${row['k']}${row['n']}`).join(' ');
    expect(await said()).toBe('a1 b1 c2');
    expect(await said('last')).toBe('b1 c2 a2');
    await expect(said('stop')).rejects.toThrow(/1 rows have the identity of a row before them[\s\S]*actual: {3}a/);
  });

  test('refuses tables of other columns, and none at all', async () => {
    await expect(concat([await keyed('k,n\na,1\n'), await keyed('k,n\nb,x\n')])).rejects.toThrow(
      /table 2 does not have the columns of the first \(.*column n\)/,
    );
    await expect(concat([await keyed('k\na\n'), await keyed('k,n\nb,1\n')])).rejects.toThrow(/table 2/);
    await expect(concat([])).rejects.toThrow(/no tables/);
  });
});

/** Checked by the compiler alone. */
export function wiring(
  table: Handle<Table<{ species: string; sex: string | null; mass: string }>>,
  sealed: Handle<SealedTable>,
): void {
  const tidy = cleanTable({
    table,
    rules: [
      { rule: 'require', columns: ['sex'] },
      { rule: 'type', column: 'mass', to: 'number' },
      { rule: 'rename', columns: { species: 'label' } },
      { rule: 'range', column: 'mass', min: 0, outside: 'missing' },
    ],
  });
  const typed: Handle<Table<{ label: string; sex: string; mass: number | null }>> = tidy;
  // @ts-expect-error the column has another name now
  const old: Handle<Table<{ species: string }>> = tidy;
  void [typed, old, tidy.report];
  // @ts-expect-error a rule that does not exist
  cleanTable({ table, rules: [{ rule: 'impute', column: 'mass' }] });
  // @ts-expect-error a sealed table
  cleanTable({ table: sealed, rules: [] });
}
