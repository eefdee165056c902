import { mkdtempSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Handle, Table } from '../../core/index.js';
import type { InputArtifact } from '../../core/artifact.js';
import { openTable, sql, Sql, withDatabase, type TableRow } from '@trainyard/tables';
import { rowsOf, run, tableOf } from '../../tests/tables/csv-table.js';
import {
  applyTransform,
  featureNames,
  featuresQuery,
  foldSql,
  parseTransform,
  transformInputs,
  type FittedTransform,
} from '@trainyard/transforms';
import { planOf } from './choose-columns.js';
import { fitRecipe } from './fit-recipe.js';
import { fit } from './index.js';
import { recipe, type RecipeInput } from './recipe.js';
import type { FitReport } from './report.js';
import { fitFeaturesNode } from './worker.js';

const reference = JSON.parse(await readFile(new URL('reference/rich.json', import.meta.url), 'utf8')) as {
  csv: string;
  figures: any;
};
const { csv, figures } = reference;

interface Fit {
  readonly transform: FittedTransform;
  readonly text: string;
  readonly report: FitReport;
}

async function fitted(table: InputArtifact, given: RecipeInput): Promise<Fit> {
  const done = await run(fitFeaturesNode, { params: { recipe: given }, inputs: { table } });
  const text = await done.outputs['transform']!.text('transform.json');
  const report = JSON.parse(await done.outputs['report']!.text('report.json')) as FitReport;
  expect(await done.outputs['report']!.text('report.html')).toContain('<h2>Columns</h2>');
  return { transform: parseTransform(text), text, report };
}

const featuresOf = (transform: FittedTransform, rows: readonly TableRow[]): number[][] =>
  rows.map((row) => [...applyTransform(transform, row)]);

function close(actual: readonly number[], expected: readonly number[], digits = 9): void {
  expect(actual).toHaveLength(expected.length);
  actual.forEach((value, i) => expect(value, `at ${i}`).toBeCloseTo(expected[i]!, digits));
}

const table = await tableOf(csv);
const rows = await rowsOf(table);

test('numbers are shaped and cut into bins as by scikit-learn', async () => {
  const shapes = [
    { column: 'x', shape: 'box-cox' },
    { column: 'y', shape: 'yeo-johnson' },
    { column: 'few', shape: { by: 'quantile', quantiles: 50 } },
  ] as const;
  const first = featuresOf((await fitted(table, { numeric: [...shapes] })).transform, rows);
  close(
    first.map(([x]) => x!),
    figures['box-cox'].features,
    4,
  );
  close(
    first.map(([, y]) => y!),
    figures['yeo-johnson'].features,
    4,
  );
  close(
    first.map(([, , few]) => few!),
    figures['quantile uniform'],
    12,
  );
  const bins = (of: 'equal width' | 'equal frequency') => ({ by: 'bins', of, gives: 'index' }) as const;
  const second = await fitted(table, {
    numeric: [
      { column: 'x' },
      { column: 'y', shape: bins('equal width') },
      { column: 'few', shape: { by: 'bins', of: 'tree', bins: 3, gives: 'index' } },
    ],
    label: 'kind',
  });
  const [, width, tree] = second.transform.steps as readonly { edges?: number[] }[];
  close(
    featuresOf(second.transform, rows).map(([x]) => x!),
    figures.standard,
    12,
  );
  close(width!.edges!, figures['equal width'].edges, 12);
  expect(featuresOf(second.transform, rows).map((row) => row[1])).toEqual(figures['equal width'].features);
  expect(tree!.edges).toEqual(figures['tree classes']);
  const third = await fitted(table, {
    numeric: [
      { column: 'y', shape: bins('equal frequency') },
      { column: 'few', shape: { by: 'bins', of: 'tree', bins: 4 } },
      { column: 'x', shape: { by: 'quantile', gives: 'normal' } },
    ],
    label: 'price',
  });
  const [, frequency, number] = third.transform.steps as readonly { edges?: number[] }[];
  close(frequency!.edges!, figures['equal frequency'].edges, 12);
  expect(number!.edges).toEqual(figures['tree number']);
});

test('λ of the powers is that of scikit-learn, to six digits', async () => {
  const { transform } = await fitted(table, {
    numeric: [
      { column: 'x', shape: 'box-cox', scale: 'none' },
      { column: 'y', shape: 'yeo-johnson', scale: 'none' },
    ],
  });
  const lambdas = transform.steps.map((step) => (step.kind === 'power' ? step.lambda : NaN));
  close(lambdas, [figures['box-cox'].lambda, figures['yeo-johnson'].lambda], 5);
});

test.each([
  ['number auto', 'price', 'auto'],
  ['number 10', 'price', 10],
  ['two', 'two', 'auto'],
  ['classes', 'kind', 'auto'],
] as const)('target encoding of all rows is that of scikit-learn: %s', async (name, label, smooth) => {
  const { transform } = await fitted(table, {
    categorical: [{ column: 'c', encode: { by: 'target', smooth } }],
    label,
  });
  const { categories, encodings } = figures[`target ${name}`] as { categories: string[]; encodings: number[][] };
  const [step] = transform.steps;
  if (step?.kind !== 'lookup') throw new Error('no lookup');
  expect(step.keys).toEqual(categories);
  encodings.forEach((values, feature) =>
    close(
      step.all.values.map((one) => one[feature]!),
      values,
      12,
    ),
  );
});

test('a training row is encoded by what the other folds gave, and all other rows by what all gave', async () => {
  const given: RecipeInput = { categorical: [{ column: 'c', encode: { by: 'target', folds: 3 } }], label: 'price' };
  const { transform } = await fitted(table, given);
  await withDatabase({}, async (database) => {
    const columns = await openTable(database, 'training', table);
    const read = async (training: boolean) => {
      const also = [sql`${foldSql(0, 3)} AS fold`, sql`c`, sql`_row`];
      const { query } = featuresQuery(transform, sql`training`, columns, { also, training });
      return (await database.rows<TableRow>(query)).map(
        (row) => Object.values(row) as [number, string, string, number],
      );
    };
    const [known, all] = [await read(true), await read(false)];
    expect(new Set(known.map(([fold]) => fold))).toEqual(new Set([0, 1, 2]));
    all.forEach(([, c, , feature]) => expect(feature).toBe(applyTransform(transform, { c })[0]));
    const inFold = new Set(known.flatMap(([fold, , row]) => (fold === 1 ? [row] : [])));
    const [head, ...lines] = csv.trim().split('\n');
    const rest = lines.filter((_, i) => !inFold.has(rows[i]!['_row'] as string));
    const others = (await fitted(await tableOf([head, ...rest, ''].join('\n')), given)).transform;
    expect(inFold.size).toBeGreaterThan(20);
    for (const [fold, c, , feature] of known)
      if (fold === 1) expect(feature).toBeCloseTo(applyTransform(others, { c })[0]!, 10);
  });
});

test('texts are weighed as by scikit-learn', async () => {
  const { transform } = await fitted(table, {
    text: [{ column: 'text', words: [1, 2], most: 27 }],
    categorical: [{ column: 'c', encode: 'ordinal' }],
  });
  const { features } = figures['tf-idf'] as { features: number[][] };
  const ours = featuresOf(transform, rows);
  close(
    ours.map(([c]) => c!),
    figures.ordinal,
  );
  features.forEach((row, i) => close(ours[i]!.slice(1), row, 12));
});

const RICH: RecipeInput = {
  derive: [
    { kind: 'calendar', name: 'weekday', column: 'when', part: 'weekday' },
    { kind: 'calendar', name: 'month', column: 'when', part: 'month' },
    { kind: 'holiday', name: 'feast', column: 'when', days: ['2024-12-25', '2024-01-01'] },
    { kind: 'elapsed', name: 'age', from: { column: 'born' }, to: { column: 'when' }, unit: 'years' },
    { kind: 'length', name: 'long', column: 'said', of: 'words' },
    { kind: 'keywords', name: 'angry', column: 'said', words: ['bad', 'worse'] },
    { kind: 'arithmetic', name: 'each', operation: 'ratio', a: 'total', b: 'count' },
    { kind: 'cross', name: 'where', columns: ['town', 'shop'] },
  ],
  numeric: ['total', { column: 'each', shape: 'log', indicator: true }],
  categorical: [
    { column: 'town', encode: 'frequency', missing: 'mode' },
    { column: 'where', minCount: 2 },
  ],
  cyclic: [{ column: 'weekday', period: 7, start: 1 }],
  text: [{ column: 'said', weigh: 'binary', unit: false }],
  hashed: [{ column: 'shop', buckets: 4 }],
  groups: [{ column: 'town', of: 'total', statistics: ['mean', 'deviation'] }],
  label: 'good',
};
const SHOPS = `when,born,said,total,count,town,shop,good
2024-12-25,1990-01-01,Bad bread!,12.5,5,Ulm,a,yes
2024-12-26,1980-05-05,good,3,0,Ulm,b,no
2024-06-01,,Worse than bad,7.5,3,Bonn,a,no
,2000-02-29,,,2,,a,yes
2024-01-01,1999-12-31,fine and good,1e3,8,Bonn,b,yes
2024-03-08,1970-07-07,fine,4,4,Ulm,a,no
`;

test('columns made of others are features, and one row gets what the table gets', async () => {
  const shops = await tableOf(SHOPS);
  const { transform, report } = await fitted(shops, RICH);
  expect(featureNames(transform)).toEqual([
    ...[
      'said has "and"',
      'said has "bad"',
      'said has "bread"',
      'said has "fine"',
      'said has "good"',
      'said has "than"',
    ],
    ...['said has "worse"', 'total', 'share of town', 'mean of total by town', 'deviation of total by town'],
    ...[1, 2, 3, 4].map((bucket) => `shop in bucket ${bucket} of 4`),
    ...['sine of weekday', 'cosine of weekday', 'month', 'feast=false', 'feast=true', 'feast is missing', 'age'],
    ...['long', 'angry=false', 'angry=true', 'angry is missing', 'log of each', 'each is missing', 'where=Ulm × a'],
    ...['where is missing', 'where is unknown'],
  ]);
  const all = await rowsOf(shops);
  const unseen = {
    when: '2031-02-03',
    born: '2031-02-03',
    said: 'new words',
    total: 1e300,
    count: -1,
    town: 'Kiel',
    shop: 'z',
  };
  const given = [...all, unseen, {}];
  const alone = featuresOf(transform, given);
  expect(alone.flat().every(Number.isFinite)).toBe(true);
  await withDatabase({}, async (database) => {
    const columns = await openTable(database, 'shops', shops);
    const { query } = featuresQuery(transform, sql`shops`, columns);
    const batch = await database.rows<Record<string, number>>(query);
    batch.forEach((row, i) => close(Object.values(row), alone[i]!, 13));
  });
  const inputs = transformInputs(transform).map(({ name }) => name);
  expect(new Set(inputs).size, 'each column is asked for once').toBe(inputs.length);
  expect(report.columns.find(({ column, list }) => column === 'town' && list === 'categorical')).toMatchObject({
    how: 'frequency',
    missing: 1,
    ifMissing: '0.5',
    ifUnknown: '0',
  });
});

const WIDE = recipe.parse({
  numeric: [
    { column: 'y', shape: 'yeo-johnson' },
    { column: 'z', shape: { by: 'bins', of: 'tree' } },
  ],
  categorical: [{ column: 'c', encode: 'target' }],
  text: [{ column: 't', words: [1, 2] }],
  groups: [{ column: 'c', of: 'y', statistics: ['mean', 'deviation'] }],
  label: 'x',
});

test('the same rows in any order, in any row groups, on any number of threads give the same fit, bit for bit', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'orders-'));
  const made = sql`SELECT sha256(i::VARCHAR)[:24] AS _row, ln(i + 2) * 1e3 AS x, sin(i) / 3 AS y, (i * 7919 % 1001) / 7 AS z,
    'c' || (i * i % 13) AS c, 'w' || (i % 17) || ' w' || (i % 5) AS t FROM range(12000) AS r(i)`;
  const fits: string[] = [];
  for (const [i, [order, group, threads]] of (
    [
      ['i', 122_880, 1],
      ['sha256(i::VARCHAR)', 2048, 2],
      ['-i', 4096, 2],
    ] as const
  ).entries()) {
    const path = join(folder, `${i}.parquet`);
    await withDatabase({ threads }, async (database) => {
      await database.run(
        sql`COPY (${made} ORDER BY ${Sql.of(order)}) TO ${path} (FORMAT parquet, ROW_GROUP_SIZE ${BigInt(group)})`,
      );
      const columns = await database.view('training', path);
      const fitOf = async (given: typeof WIDE) =>
        fitRecipe(database, sql`training`, 12_000, planOf(given, columns), given, columns);
      const passes = async (...numeric: string[]) => (await fitOf(recipe.parse({ numeric }))).passes;
      // How many queries it takes depends on which answers come together, and is in no artifact.
      const { passes: _, ...fit } = await fitOf(WIDE);
      fits.push(JSON.stringify(fit));
      expect(await passes('x', 'y', 'z'), 'columns share all passes').toBe(await passes('x'));
    });
  }
  expect(new Set(fits).size).toBe(1);
});

const SHAPES = [
  'none',
  'log',
  'yeo-johnson',
  'quantile',
  { by: 'bins', of: 'equal width' },
  { by: 'bins', of: 'tree' },
] as const;

test.each([
  ['the largest numbers', ['1e308', '-1e308', '0', '5e-324', '1', '']],
  ['the smallest numbers', ['1e-300', '2e-300', '1e-310', '', '3e-300', '1']],
  ['one value alone', ['7', '7', '7', '7', '7', '']],
])('each shape of %s is finite, for whatever a request brings', async (_name, values) => {
  const columns = SHAPES.map((_, i) => `n${i}`);
  const lines = values.map((value, i) => [...columns.map(() => value), i % 2 ? 'a' : 'b'].join(','));
  const table = await tableOf([[...columns, 'l'].join(','), ...lines, ''].join('\n'));
  const numeric = SHAPES.map((shape, i) => ({ column: `n${i}`, shape }));
  const { transform } = await fitted(table, { numeric, label: 'l' });
  const asked = [Infinity, -Infinity, NaN, 1e308, 3].map((value) =>
    Object.fromEntries(columns.map((name) => [name, value])),
  );
  expect(
    featuresOf(transform, [...(await rowsOf(table)), ...asked, {}])
      .flat()
      .every(Number.isFinite),
  ).toBe(true);
});

test.each([
  ['target encoding without a label', { categorical: [{ column: 'c', encode: 'target' }] }, /learns from the label/],
  [
    'a tree without a label',
    { numeric: [{ column: 'x', shape: { by: 'bins', of: 'tree' } }] },
    /learns from the label/,
  ],
  [
    'Box-Cox of negative numbers',
    { numeric: [{ column: 'y', shape: 'box-cox' }] },
    /takes no power of[\s\S]*yeo-johnson/,
  ],
  [
    'a feature for missing values where no value has one',
    { categorical: [{ column: 'c', encode: 'frequency', missing: 'feature' }] },
    /no feature for each value/,
  ],
  [
    'an order that lacks a value',
    { categorical: [{ column: 'c', encode: { by: 'ordinal', order: ['a', 'b'] } }] },
    /which its order does not say/,
  ],
  [
    'a column made twice',
    { derive: [{ kind: 'arithmetic', name: 'X', operation: 'sum', a: 'x', b: 'y' }] },
    /makes a column "X", and there is one already/,
  ],
  [
    'a column made of the label',
    { derive: [{ kind: 'length', name: 'l', column: 'kind' }], label: 'kind' },
    /"kind" cannot be a feature: it is the label/,
  ],
  [
    'a weekday of text',
    { derive: [{ kind: 'calendar', name: 'd', column: 'text', part: 'weekday' }] },
    /does not hold dates/,
  ],
  ['fractions hashed', { hashed: ['x'] }, /holds fractions/],
  ['a text of numbers', { text: ['x'] }, /column "x" does not hold text/],
  ['groups of text', { groups: [{ column: 'c', of: 'text' }] }, /column "text" does not hold numbers/],
])('a recipe with %s is refused', async (_name, given, message) => {
  await expect(fitted(table, given as RecipeInput)).rejects.toThrow(message);
});

/** Checked by the compiler alone. */
export function wiring(rows: Handle<Table<{ when: string; mass: number | null; town: string }>>): void {
  fit({
    table: rows,
    recipe: {
      derive: [
        { kind: 'calendar', name: 'month', column: 'when', part: 'month' },
        { kind: 'cross', name: 'where', columns: ['town', 'month'] },
      ],
      numeric: ['mass', { column: 'month', shape: 'log' }],
      categorical: [{ column: 'where', encode: { by: 'target', folds: 4 } }],
      label: 'town',
    },
  });
  // @ts-expect-error a column that neither the table has nor the recipe makes
  fit({ table: rows, recipe: { derive: [{ kind: 'cross', name: 'ab', columns: ['a', 'b'] }], numeric: ['mont'] } });
  // @ts-expect-error a shape that does not exist
  fit({ table: rows, recipe: { numeric: [{ column: 'mass', shape: 'root' }] } });
}
