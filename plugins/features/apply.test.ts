import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  applyRules,
  applyTransformToRows,
  featureNames,
  parseTransform,
  type FittedTransform,
} from '@trainyard/transforms';
import { Database, type Column, type TableRow } from '@trainyard/tables';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from '@trainyard/tables';
import { rowsOf, run, tableOf } from '../../tests/tables/csv-table.js';
import type { TestInput } from '../../worker/testing/index.js';
import { cleanTableNode } from '../clean/worker.js';
import { applyFeaturesNode, fitFeaturesNode } from './worker.js';

const folder = mkdtempSync(join(tmpdir(), 'trainyard-apply-'));
process.once('exit', () => rmSync(folder, { recursive: true, force: true }));

const prepOf = (transform: object): TestInput => ({
  value: {},
  files: { 'transform.json': JSON.stringify({ format: 'trainyard.transform/3', rules: [], rows: 1, ...transform }) },
});

/** A table artifact of these rows, in the types said. */
async function tableFrom(columns: readonly Column[], rows: readonly TableRow[]): Promise<TestInput> {
  const path = join(folder, `${Math.random()}.parquet`);
  const database = await Database.open();
  try {
    await database.insert('given', columns, rows);
    return { value: await database.write(sql`FROM given`, path), files: { 'data.parquet': { path } } };
  } finally {
    database.close();
  }
}

const numbers = { kind: 'numeric', fill: 0.1, center: 3.3, scale: 0.7, clip: 1e6, indicator: true };
const categories = { kind: 'categorical', missing: 'feature', unknown: 'feature' };

/** Names that SQL, JavaScript and tables could each take for something else. */
const HOSTILE = ['"; DROP TABLE rows; --', 'constructor', 'feature 0', 'a,b\n', 'kept 0', 'rows'];
const COLUMNS: Column[] = [
  { name: '_row', type: 'text' },
  { name: HOSTILE[0]!, type: 'number' },
  { name: HOSTILE[1]!, type: 'text' },
  { name: HOSTILE[2]!, type: 'integer' },
  { name: HOSTILE[3]!, type: 'boolean' },
  { name: HOSTILE[4]!, type: 'timestamp' },
  { name: HOSTILE[5]!, type: 'date' },
  { name: 'y', type: 'text' },
];
const TRANSFORM = {
  columns: COLUMNS.filter(({ name }) => name !== '_row' && name !== 'y'),
  steps: [
    { ...numbers, column: HOSTILE[0] },
    { ...categories, missing: 'zeros', column: HOSTILE[0], categories: ['-0.5', '0', '1e+21', 'Infinity'] },
    { kind: 'bins', column: HOSTILE[0], edges: [-1, 0, 2.5], gives: 'one-hot', missing: 'none' },
    { ...categories, column: HOSTILE[1], categories: ['', 'ROME', 'Rome', 'nul\0', 'rome'] },
    { kind: 'hashed', column: HOSTILE[1], of: 'words', buckets: 3, signed: true },
    { ...numbers, column: HOSTILE[2], clip: 3 },
    { kind: 'pass', column: HOSTILE[3], type: 'boolean' },
    { kind: 'calendar', name: 'month of it', column: HOSTILE[4], part: 'month' },
    { kind: 'pass', column: 'month of it', type: 'number' },
    { ...categories, column: HOSTILE[5], categories: ['2024-02-29'] },
  ],
};

const missing = fc.constant(null);
const day = fc.oneof(
  fc.date({ min: new Date('1200-01-01'), max: new Date('2300-01-01'), noInvalidDate: true }),
  fc.constant(new Date('2024-02-29')),
);
const row = fc.record({
  [HOSTILE[0]!]: fc.oneof(
    fc.double({ min: -100, max: 100, noNaN: true }),
    fc.double(),
    fc.constantFrom(0, -0, -0.5, 1e21, 5e-324, -1e308, Infinity, -Infinity, NaN),
    missing,
  ),
  [HOSTILE[1]!]: fc.oneof(
    fc.constantFrom('', 'Rome', 'ROME', 'rome', 'nul\0', '😀 Rome'),
    fc.string({ unit: 'grapheme' }),
    missing,
  ),
  [HOSTILE[2]!]: fc.oneof(fc.integer({ min: -9, max: 9 }), fc.maxSafeInteger(), missing),
  [HOSTILE[3]!]: fc.oneof(fc.boolean(), missing),
  [HOSTILE[4]!]: fc.oneof(
    day.map((date) => date.toISOString()),
    missing,
  ),
  [HOSTILE[5]!]: fc.oneof(
    day.map((date) => date.toISOString().slice(0, 10)),
    missing,
  ),
  y: fc.constantFrom('yes', 'no'),
});

const withoutIdentity = (table: readonly TableRow[], kept: number): number[][] =>
  table.map((one) => (Object.values(one) as (number | null)[]).slice(kept).map((cell) => cell ?? NaN));

test('3,000 random rows with missing, unknown and extreme values: each feature has the bits that serving gives, under hostile names', async () => {
  const rows = fc.sample(row, { numRuns: 3000, seed: 7 }).map((one, i): TableRow => ({ _row: String(i), ...one }));
  const done = await run(applyFeaturesNode, {
    params: { keep: ['y'] },
    inputs: { table: await tableFrom(COLUMNS, rows), prep: prepOf(TRANSFORM) },
  });
  const transform = parseTransform(
    JSON.stringify({ format: 'trainyard.transform/3', rules: [], rows: 1, ...TRANSFORM }),
  );
  const table = await rowsOf(done.outputs['table']);
  const width = featureNames(transform).length;
  const expected = applyTransformToRows(transform, rows);
  const given = Float64Array.from(withoutIdentity(table, 2).flat());
  expect(given.length).toBe(expected.length);
  const other = given.findIndex((value, i) => !Object.is(value, expected[i]));
  expect(other, `row ${Math.floor(other / width)}, ${featureNames(transform)[other % width]}`).toBe(-1);
  expect(new Set(expected).size).toBeGreaterThan(100);
  expect(table.map((one) => [one['_row'], one['y']])).toEqual(rows.map((one) => [one['_row'], one['y']]));

  const counted = (name: string, holds: (cell: TableRow[string]) => boolean): number =>
    rows.filter((one) => holds(one[name] ?? null)).length;
  const cities = ['', 'ROME', 'Rome', 'nul\0', 'rome'];
  expect(done.outputs['report']!.value).toMatchObject({
    rows: 3000,
    features: width,
    inputs: [
      {
        column: HOSTILE[0],
        missing: counted(HOSTILE[0]!, (cell) => cell === null || Number.isNaN(cell)),
        unknown: counted(
          HOSTILE[0]!,
          (cell) => cell !== null && !Number.isNaN(cell) && !['-0.5', '0', '1e+21', 'Infinity'].includes(String(cell)),
        ),
      },
      {
        column: HOSTILE[1],
        missing: counted(HOSTILE[1]!, (cell) => cell === null),
        unknown: counted(HOSTILE[1]!, (cell) => cell !== null && !cities.includes(String(cell))),
      },
      { column: HOSTILE[2], missing: counted(HOSTILE[2]!, (cell) => cell === null) },
      { column: HOSTILE[3] },
      { column: HOSTILE[4] },
      { column: HOSTILE[5], unknown: counted(HOSTILE[5]!, (cell) => cell !== null && cell !== '2024-02-29') },
    ],
    renamed: [
      { feature: 'constructor=Rome', column: 'constructor=Rome (2)' },
      { feature: 'constructor=nul\0', column: 'constructor=nul␀' },
      { feature: 'constructor=rome', column: 'constructor=rome (3)' },
    ],
  });
});

test('a table is taken through the rules of cleaning that it lacks, as a request is', async () => {
  const csv = 'Region,kg,y\nOST,"1,5",a\n ost,"2,5",b\nwest,3,a\nWEST,,b\n';
  const rules = [
    { rule: 'trim' },
    { rule: 'case', columns: ['Region'], to: 'lower' },
    { rule: 'numbers', column: 'kg', decimal: ',' },
    { rule: 'rename', columns: { Region: 'region' } },
  ];
  const raw = await tableOf(csv);
  const cleaned = (await run(cleanTableNode, { params: { rules }, inputs: { table: raw } })).outputs['table']!;
  const recipe = { numeric: ['kg'], categorical: ['region'] };
  const prep = (await run(fitFeaturesNode, { params: { recipe }, inputs: { table: cleaned } })).outputs['transform']!;
  const applied = async (table: TestInput) => {
    const { outputs } = await run(applyFeaturesNode, { params: { keep: ['y'] }, inputs: { table, prep } });
    expect(outputs['table']!.value).not.toHaveProperty('rules');
    return rowsOf(outputs['table']);
  };
  const given = await applied(raw);
  expect(given).toEqual(await applied(cleaned));
  const transform = parseTransform(await prep.text('transform.json')) as FittedTransform & { rules: [] };
  const single = (await rowsOf(raw)).map((one) => applyRules(transform.rules, one));
  expect(withoutIdentity(given, 2).flat()).toEqual([...applyTransformToRows(transform, single)]);
  await expect(applied(await tableOf('Region,kg,y\nost,much,a\n'))).rejects.toThrow(
    /rule "numbers" cannot read column "kg" of the table "table"[\s\S]*actual: +"much"/,
  );
});

test('a table without rows gives one without rows, with all the columns', async () => {
  const { outputs } = await run(applyFeaturesNode, {
    params: { prefix: 'x ' },
    inputs: { table: await tableFrom(COLUMNS, []), prep: prepOf(TRANSFORM) },
  });
  const { rows, columns } = outputs['table']!.value as { rows: number; columns: Column[] };
  expect(rows).toBe(0);
  expect(columns.slice(1).every(({ name, type }) => name.startsWith('x ') && type === 'number')).toBe(true);
  expect(outputs['report']!.value).toMatchObject({ rows: 0, warnings: [] });
});

test('what cannot be applied is refused in words', async () => {
  const steps = [
    { ...numbers, column: 'n', indicator: false },
    { ...categories, column: 't', categories: ['1.50', 'EC'] },
  ];
  const apply = (csv: string, params: object = {}, transform: object = { format: 'trainyard.transform/1', steps }) =>
    tableOf(csv).then((table) => run(applyFeaturesNode, { params, inputs: { table, prep: prepOf(transform) } }));
  await expect(apply('n,t,y\n1,EC,a\n', { keep: ['n'] })).rejects.toThrow(/both called "n"[\s\S]*prefix/);
  await expect(apply('n,t,y\n1,EC,a\n', { keep: ['Y'] })).rejects.toThrow(/keep names column "Y"/);
  await expect(apply('n,y\n1,a\n')).rejects.toThrow(/names column "t", which the table does not have/);
  await expect(apply('n,t\nmuch,EC\n')).rejects.toThrow(/column "n" of the table "table" does not hold numbers/);
  // 1.5 is what 1.50 became: as categories they are two.
  await expect(apply('n,t\n1,1.50\n2,2.25\n')).rejects.toThrow(/column "t" of the table "table" does not hold text/);
  expect((await apply('n,t\n1,\n2,\n')).outputs['report']!.value).toMatchObject({
    inputs: [{ column: 'n' }, { column: 't', missing: 2, unknown: 0 }],
    warnings: ['t is missing in 2 of 2 rows'],
  });
});
