import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import type { InputArtifact } from '../../core/artifact.js';
import type { TableRow } from '@trainyard/tables';
import { rowsOf, run, tableOf } from '../../tests/tables/csv-table.js';
import type { CleanFigures, RuleInput } from './rules.js';
import { cleanTableNode, concatNode } from './worker.js';

const NO_BREAK = '\u00a0';
const WIDE = '\u3000';

interface Done {
  readonly rows: TableRow[];
  readonly figures: CleanFigures;
  readonly table: InputArtifact;
  readonly quarantine: TableRow[];
}

async function clean(table: InputArtifact | string, ...rules: RuleInput[]): Promise<Done> {
  const given = typeof table === 'string' ? await tableOf(table) : table;
  const { outputs } = await run(cleanTableNode, { params: { rules }, inputs: { table: given } });
  return {
    rows: (await rowsOf(outputs['table'])).map(({ _row, ...cells }) => cells),
    figures: outputs['report']?.value as CleanFigures,
    table: outputs['table']!,
    quarantine: await rowsOf(outputs['quarantine']),
  };
}

const carried = (table: InputArtifact): unknown => (table.value as { rules?: unknown }).rules ?? [];

describe('rules that did nothing, or nonsense, quietly', () => {
  test('trim takes no-break and wide spaces off', async () => {
    const csv = `island,n\n${NO_BREAK}Dream,1\nDream${WIDE},2\n Dream ,3\n${WIDE}${NO_BREAK},4\nDream${NO_BREAK}Bay,5\n`;
    const { rows } = await clean(csv, { rule: 'trim' });
    expect(rows.map((row) => row['island'])).toEqual(['Dream', 'Dream', 'Dream', null, `Dream${NO_BREAK}Bay`]);
    const within = await clean(csv, { rule: 'trim', within: 'one' });
    expect(within.rows.at(-1)?.['island']).toBe('Dream Bay');
  });

  test('a date is not filled with what is no date', async () => {
    const csv = 'd,n\n2024-01-01,1\n,2\n';
    await expect(clean(csv, { rule: 'fill', column: 'd', value: 'never' })).rejects.toThrow(
      /rule "fill" does not fit column "d": it holds date, and "never" is not: expected a date such as 2024-02-29 that exists/,
    );
    const { rows } = await clean(csv, { rule: 'fill', column: 'd', value: '1970-01-01' });
    expect(rows.map((row) => row['d'])).toEqual(['2024-01-01', '1970-01-01']);
  });

  test('a range whose ends are exchanged is refused, and so is one without ends', async () => {
    const csv = 'n\n1\n3\n5\n';
    await expect(clean(csv, { rule: 'range', column: 'n', min: 4, max: 2, outside: 'clip' })).rejects.toThrow(
      /rule "range" does not fit column "n": min 4 is above max 2[\s\S]*exchange them/,
    );
    await expect(clean(csv, { rule: 'range', column: 'n' })).rejects.toThrow(/names neither min nor max/);
    await expect(clean(csv, { rule: 'range', column: 'n', max: 2.5, outside: 'clip' })).rejects.toThrow(
      /holds integer, and a limit to clip to is not/,
    );
  });

  test('names that differ in case alone are refused, and neither column loses its values', async () => {
    await expect(clean('a,b\n1,2\n', { rule: 'rename', columns: { a: 'B' } })).rejects.toThrow(
      /rule "rename" does not fit column "b": it and column "B" differ in case alone/,
    );
    await expect(clean('a,b\n1,2\n', { rule: 'rename', columns: { a: '_ROW' } })).rejects.toThrow(
      /differ in case alone/,
    );
  });

  test('a column that has the name of a place keeps its values', async () => {
    const csv = 'file_row_number,Place in the table\n7,8\n7,9\n';
    const { rows } = await clean(csv, { rule: 'duplicates', by: ['file_row_number'] });
    expect(rows).toEqual([{ file_row_number: 7, 'Place in the table': 8 }]);
    const both = await run(concatNode, { params: {}, inputs: { tables: [await tableOf(csv)] } });
    expect((await rowsOf(both.output)).map((row) => row['Place in the table'])).toEqual([8, 9]);
  });

  test('NaN is outside every range, and no value of a check', async () => {
    const table = (await clean('n,k\n1,a\n2,b\n,c\n', { rule: 'type', column: 'n', to: 'number' })).table;
    const odd = await clean(
      table,
      { rule: 'when', if: { column: 'k', is: 'b' }, column: 'n', set: { column: 'n' } },
      { rule: 'range', column: 'n', min: 0, max: 1.5, outside: 'drop' },
    );
    expect(odd.rows).toEqual([
      { n: 1, k: 'a' },
      { n: null, k: 'c' },
    ]);
  });
});

test('what is dropped is counted and kept, with rule, row and text', async () => {
  const { rows, figures, quarantine } = await clean(
    'k,n,t\na,1,x\nb,50,y\na,1,x\nc,,z\nd,zz,w\n',
    { rule: 'type', column: 'n', to: 'integer', otherwise: 'drop' },
    { rule: 'range', column: 'n', min: 0, max: 10, outside: 'drop' },
    { rule: 'duplicates' },
    { rule: 'require', columns: ['n'] },
  );
  expect(rows).toEqual([{ k: 'a', n: 1, t: 'x' }]);
  expect(figures.rules.map(({ rowsDropped }) => rowsDropped)).toEqual([1, 1, 1, 1]);
  expect(quarantine.map(({ place, rule, column, text }) => ({ place, rule, column, text }))).toEqual([
    { place: 2, rule: 'range', column: 'n', text: '50' },
    { place: 3, rule: 'duplicates', column: null, text: null },
    { place: 4, rule: 'require', column: 'n', text: null },
    { place: 5, rule: 'type', column: 'n', text: 'zz' },
  ]);
  expect(quarantine.every(({ row }) => typeof row === 'string' && row !== '')).toBe(true);
});

test('a rule counts what it did after the rules before it, as if each were applied by itself', async () => {
  const csv = await readFile(new URL('../../examples/penguins/data/penguins.csv', import.meta.url), 'utf8');
  const rules: RuleInput[] = [
    { rule: 'case', columns: ['sex', 'island'], to: 'upper' },
    { rule: 'map', column: 'island', values: { DREAM: 'Dream', TORGERSEN: null } },
    { rule: 'range', column: 'body_mass_g', min: 3000, max: 6000, outside: 'missing' },
    { rule: 'require', columns: ['body_mass_g'] },
    { rule: 'fill', column: 'sex', value: 'unknown' },
    { rule: 'duplicates', by: ['sex', 'body_mass_g'], keep: 'last' },
    { rule: 'fill', column: 'island', value: 'x' },
    { rule: 'drop', columns: ['year'] },
  ];
  const together = await clean(csv, ...rules);
  let table = await tableOf(csv);
  const figures = [];
  for (const rule of rules) {
    const one = await clean(table, rule);
    table = one.table;
    figures.push(...one.figures.rules);
  }
  expect(together.figures.rules).toEqual(figures);
  expect(together.rows).toEqual((await rowsOf(table)).map(({ _row, ...cells }) => cells));
  expect(carried(together.table)).toEqual(carried(table));
  expect(together.figures.rows.after).toBe(together.rows.length);
});

test('a table carries the rules that requests go through as well, with every default made plain', async () => {
  const { table, figures } = await clean(
    'a,n\n x ,1\n y ,2\n',
    { rule: 'trim' },
    { rule: 'require', columns: ['a'] },
    { rule: 'type', column: 'n', to: 'number' },
    { rule: 'range', column: 'n', min: 0 },
  );
  expect(carried(table)).toEqual([
    { rule: 'trim', columns: ['a'], within: 'keep' },
    { rule: 'type', column: 'n', to: 'number', otherwise: 'stop', from: 'integer' },
  ]);
  expect(figures.rules.map(({ serving }) => serving)).toEqual([true, false, true, false]);
  const again = await clean(table, { rule: 'case', columns: ['a'], to: 'upper' });
  expect(carried(again.table)).toHaveLength(3);
});

test('concat takes a table through the rules that it lacks, and refuses other rules', async () => {
  const cleaned = await clean('a,b\n X ,1\n', { rule: 'trim' }, { rule: 'case', columns: ['a'], to: 'lower' });
  const raw = await tableOf('a,b\n Yy ,2\n');
  const both = await run(concatNode, { params: {}, inputs: { tables: [raw, cleaned.table] } });
  expect((await rowsOf(both.output)).map(({ a, b }) => ({ a, b }))).toEqual([
    { a: 'yy', b: 2 },
    { a: 'x', b: 1 },
  ]);
  expect(carried(both.output)).toEqual(carried(cleaned.table));
  const other = await clean('a,b\nYy,2\n', { rule: 'case', columns: ['a'], to: 'upper' });
  await expect(run(concatNode, { params: {}, inputs: { tables: [other.table, cleaned.table] } })).rejects.toThrow(
    /table 1 was cleaned by other rules than another table[\s\S]*trim, case[\s\S]*put them together before they are cleaned/,
  );
});

test('forward fill carries the last value on within a series, and takes nothing from later rows', async () => {
  const csv = 'day,shop,price\n2,a,\n1,a,5\n3,a,\n1,b,\n2,b,7\n4,a,\n';
  const filled = await clean(csv, { rule: 'forward-fill', columns: ['price'], order: ['day'], by: ['shop'] });
  expect(filled.rows.map((row) => row['price'])).toEqual([5, 5, 5, null, 7, 5]);
  const short = await clean(csv, { rule: 'forward-fill', columns: ['price'], order: ['day'], by: ['shop'], most: 1 });
  expect(short.rows.map((row) => row['price'])).toEqual([5, 5, null, null, 7, null]);
  expect(filled.figures.rules[0]).toMatchObject({ cellsChanged: 3, serving: false });
  expect(carried(filled.table)).toEqual([]);
});

test('sparse drops rows that lack most of what they should say', async () => {
  const { rows, quarantine } = await clean('a,b,c\n1,,\n1,2,\n1,2,3\n', { rule: 'sparse', over: 0.5 });
  expect(rows.map((row) => row['b'])).toEqual([2, 2]);
  expect(quarantine[0]).toMatchObject({ place: 1, rule: 'sparse', expected: 'at most 0.5 of 3 columns missing' });
});
