import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import type { Handle, JsonKind, SealedTable, Table, Transform } from '../../core/index.js';
import type { TableRow } from '@trainyard/tables';
import { rowsOf, run, tableOf } from '../../tests/tables/csv-table.js';
import type { NodeRun } from '../../worker/testing/index.js';
import { applyTransform, featureNames, parseTransform } from '@trainyard/transforms';
import { fit } from './index.js';
import { binOf, monitorReference, placeOf, type MonitorReference } from './reference.js';
import { fitFeaturesNode } from './worker.js';

const PENGUINS = new URL('../../examples/penguins/data/penguins.csv', import.meta.url);

async function fitted(csv: string | URL, recipe: unknown): Promise<NodeRun & { rows: TableRow[] }> {
  const text = typeof csv === 'string' ? csv : await readFile(csv, 'utf8');
  const table = await tableOf(text);
  const done = await run(fitFeaturesNode, { params: { recipe }, inputs: { table } });
  return Object.assign(done, { rows: await rowsOf(table) });
}

const transformOf = async (run: NodeRun) =>
  parseTransform((await run.outputs['transform']?.text('transform.json')) ?? '');

test('the features of the penguins are those of scikit-learn', async () => {
  const reference = JSON.parse(await readFile(new URL('reference/sklearn.json', import.meta.url), 'utf8')) as {
    step: number;
    features: number[][];
  };
  const done = await fitted(PENGUINS, {
    numeric: [
      'bill_length_mm',
      'bill_depth_mm',
      { column: 'flipper_length_mm', scale: 'min-max', fill: 'mean' },
      { column: 'body_mass_g', scale: 'robust' },
    ],
    categorical: ['island', { column: 'sex', missing: 'feature' }],
  });
  const transform = await transformOf(done);
  const names = featureNames(transform);
  const order = [
    ...['bill_length_mm', 'bill_depth_mm', 'flipper_length_mm', 'body_mass_g'],
    ...['island=Biscoe', 'island=Dream', 'island=Torgersen', 'sex=female', 'sex=male', 'sex is missing'],
  ].map((name) => names.indexOf(name));
  reference.features.forEach((expected, i) => {
    const actual = applyTransform(transform, done.rows[i * reference.step] ?? {});
    order.forEach((at, j) => expect(actual[at]).toBeCloseTo(expected[j] ?? NaN, 12));
  });
});

test('the reference counts every row of every column once', async () => {
  const done = await fitted(PENGUINS, { rest: 'auto', label: 'species' });
  const reference = monitorReference.parse(done.outputs['reference']?.value);
  expect(reference.columns.map(({ name, kind }) => `${name} ${kind}`)).toEqual([
    'island categorical',
    'bill_length_mm numeric',
    'bill_depth_mm numeric',
    'flipper_length_mm numeric',
    'body_mass_g numeric',
    'sex categorical',
    'year numeric',
  ]);
  for (const column of reference.columns) {
    const counts = new Map<number | string, number>();
    for (const row of done.rows) {
      const place = placeOf(column, row[column.name]);
      counts.set(place, (counts.get(place) ?? 0) + 1);
    }
    const listed = column.kind === 'numeric' ? column.counts : column.values.map(({ count }) => count);
    listed.forEach((count, i) => expect(counts.get(i) ?? 0, `${column.name} ${i}`).toBe(count));
    expect(counts.get('missing') ?? 0).toBe(column.missing);
  }
});

test('the bins of a reference hold about as many values each', async () => {
  const done = await fitted(PENGUINS, { numeric: ['body_mass_g'] });
  const [mass] = monitorReference.parse(done.outputs['reference']?.value).columns;
  expect(mass?.kind === 'numeric' && mass.counts.every((count) => count > 25 && count < 43)).toBe(true);
  expect([0, 1, 1.5, 2, 3].map((value) => binOf([1, 2], value))).toEqual([0, 0, 1, 1, 2]);
});

test('a constant column becomes 0, and one value more than twice as common as any is no trouble', async () => {
  const done = await fitted('c,n\n5,1\n5,1\n5,1\n5,9\n', { numeric: ['c', 'n'] });
  const transform = await transformOf(done);
  expect(done.rows.map((row) => applyTransform(transform, row)[0])).toEqual([0, 0, 0, 0]);
});

test('a missing value in training gets its feature; rare values and unknown ones share another', async () => {
  const done = await fitted('t,u\na,x\na,x\nb,x\nNA,x\n', { categorical: [{ column: 't', minCount: 2 }, 'u'] });
  const transform = await transformOf(done);
  expect(featureNames(transform)).toEqual(['t=a', 't is missing', 't is unknown', 'u=x']);
  const features = (row: Record<string, string>): number[] => [...applyTransform(transform, row)];
  expect(features({ t: 'b', u: 'x' })).toEqual([0, 0, 1, 1]);
  expect(features({ u: 'never seen' })).toEqual([0, 1, 0, 0]);
});

test('a column that is passed on is one feature as it is: numbers, booleans as 0 and 1, categories by index, NaN for what is missing', async () => {
  const done = await fitted('n,b,t,c,m\n1.5,true,x,7,1\n,false,,9,2\n-3,,w,7,3\n', {
    pass: ['n', 'b', 't', { column: 'c', as: 'category' }],
    numeric: [{ column: 'm', scale: 'none' }],
  });
  const transform = await transformOf(done);
  expect(transform.format).toBe('trainyard.transform/2');
  expect(featureNames(transform)).toEqual(['n', 'b', 't', 'c', 'm']);
  expect(done.rows.map((row) => [...applyTransform(transform, row)])).toEqual([
    [1.5, 1, 1, 0, 1],
    [NaN, 0, NaN, 1, 2],
    [-3, NaN, 0, 0, 3],
  ]);
  const unseen = applyTransform(transform, { n: 1e12, b: true, t: 'never seen', c: '9', m: 2 });
  expect([...unseen]).toEqual([1e12, 1, NaN, 1, 2]);
  expect(done.outputs['transform']?.value).toMatchObject({
    inputs: [
      { name: 'n', type: 'number' },
      { name: 'b', type: 'boolean' },
      { name: 't', type: 'text' },
      { name: 'c', type: 'text' },
      { name: 'm', type: 'number' },
    ],
  });
  const reference = monitorReference.parse(done.outputs['reference']?.value);
  expect(reference.columns.map(({ kind, missing }) => [kind, missing])).toEqual([
    ['numeric', 1],
    ['categorical', 1],
    ['categorical', 1],
    ['categorical', 0],
    ['numeric', 0],
  ]);
});

test('a transform without a column that is passed on keeps its format', async () => {
  expect((await transformOf(await fitted('n\n1\n2\n', { numeric: ['n'] }))).format).toBe('trainyard.transform/1');
});

const csv = 'n,t,label,none\n1,a,x,\n2,b,y,\n';
test.each([
  ['a column that is not there', { numeric: ['m'] }, /recipe names column "m"[\s\S]*did you mean|there are/],
  [
    'the label',
    { numeric: ['n'], categorical: ['label'], label: 'label' },
    /"label" cannot be a feature: it is the label/,
  ],
  ['the identity of rows', { categorical: ['_row'] }, /"_row" cannot be a feature/],
  ['a column twice', { numeric: ['n'], categorical: ['n'] }, /"n" cannot be a feature: the recipe names it twice/],
  ['a column that is dropped as well', { numeric: ['n'], drop: ['n'] }, /the recipe drops it as well/],
  ['text as numbers', { numeric: ['t'] }, /column "t" does not hold numbers[\s\S]*actual: {3}text/],
  ['all columns without a word on the label', { rest: 'auto' }, /must say the label/],
  ['nothing', {}, /makes no features/],
  ['text passed on as numbers', { pass: [{ column: 't', as: 'number' }] }, /"t" cannot be passed on as a number/],
  ['a column passed on that is missing everywhere', { pass: ['none'] }, /"none" is missing in every row/],
  ['a column passed on and numeric', { pass: ['n'], numeric: ['n'] }, /the recipe names it twice/],
  [
    'too many categories passed on',
    { pass: [{ column: 't', maxCategories: 1 }] },
    /"t" has 2 distinct values, too many[\s\S]*raise maxCategories/,
  ],
  ['a column that is missing everywhere', { categorical: ['none'] }, /"none" is missing in every row/],
  ['too many categories', { categorical: [{ column: 't', maxCategories: 1 }] }, /"t" has 2 distinct values, too many/],
  ['only rare categories', { categorical: [{ column: 't', minCount: 2 }] }, /"t" has no value that 2 rows have/],
])('a recipe with %s is refused', async (_name, recipe, message) => {
  await expect(fitted(csv, recipe)).rejects.toThrow(message);
});

test('a training part without rows is refused', async () => {
  await expect(fitted('n\n', { categorical: ['n'] })).rejects.toThrow(/training part has no rows/);
});

/** Checked by the compiler alone. */
export function wiring(
  table: Handle<Table<{ species: string; mass: number | null }>>,
  sealed: Handle<SealedTable>,
): void {
  const prep = fit({ table, recipe: { numeric: ['mass', { column: 'mass', fill: 0 }], label: 'species' } });
  const transform: Handle<Transform> = prep;
  const reference: Handle<JsonKind<MonitorReference>> = prep.reference;
  void [transform, reference];
  // @ts-expect-error a column that the table does not have
  fit({ table, recipe: { numeric: ['mas'] } });
  fit({ table, recipe: { pass: ['species', { column: 'mass', as: 'category' }] } });
  // @ts-expect-error a column that the table does not have
  fit({ table, recipe: { pass: ['mas'] } });
  // @ts-expect-error a way to pass a column on that does not exist
  fit({ table, recipe: { pass: [{ column: 'mass', as: 'text' }] } });
  // @ts-expect-error a way to scale that does not exist
  fit({ table, recipe: { numeric: [{ column: 'mass', scale: 'log' }] } });
  // @ts-expect-error a sealed table
  fit({ table: sealed, recipe: {} });
}
