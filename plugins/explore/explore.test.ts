import { readFile } from 'node:fs/promises';
import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import type { InputArtifact } from '../../core/artifact.js';
import { rowsOf, run, tableOf } from '../../tests/tables/csv-table.js';
import type { ProfileFigures, Warning } from './contract.js';
import type { NumericProfile, Profile } from './profile.js';
import { profileNode } from './worker.js';

interface Profiled {
  figures: ProfileFigures;
  profile: Profile;
  page: string;
}

async function profiled(table: InputArtifact | string, params: Record<string, unknown> = {}): Promise<Profiled> {
  const given = typeof table === 'string' ? await tableOf(table) : table;
  const { output } = await run(profileNode, { params, inputs: { table: given } });
  return {
    figures: output.value as ProfileFigures,
    profile: JSON.parse(await output.text('report.json')) as Profile,
    page: await output.text('report.html'),
  };
}

let table: InputArtifact;
let penguins: Profiled;
beforeAll(async () => {
  table = await tableOf(await readFile(new URL('../../examples/penguins/data/penguins.csv', import.meta.url), 'utf8'));
  penguins = await profiled(table, { label: 'species', title: 'Penguins & co' });
});

test('statistics and associations of the penguins are those of pandas, scipy and scikit-learn', async () => {
  const reference = JSON.parse(await readFile(new URL('reference/pandas.json', import.meta.url), 'utf8')) as {
    columns: Record<string, Omit<NumericProfile, 'quantiles'> & { readonly quantiles: Record<string, number> }>;
    pearson: Record<string, number>;
    spearman: Record<string, number>;
    'mutual-information': Record<string, number>;
    'cramers-v': Record<string, number>;
    'correlation-ratio': Record<string, number>;
  };
  const close = (actual: number | undefined, expected: number | undefined, what: string): void =>
    expect(Math.abs((actual ?? NaN) - (expected ?? NaN)), what).toBeLessThan(
      1e-9 * Math.max(1, Math.abs(expected ?? 0)),
    );
  for (const [name, expected] of Object.entries(reference.columns)) {
    const actual = penguins.profile.columns.find((column) => column.name === name) as NumericProfile;
    for (const key of ['missing', 'distinct', 'mean', 'deviation', 'skewness', 'kurtosis', 'min', 'max'] as const)
      close(actual[key], expected[key], `${name} ${key}`);
    for (const key of ['low', 'high', 'below', 'above'] as const)
      close(actual.box[key], expected.box[key], `${name} box ${key}`);
    for (const { share, value } of actual.quantiles.filter((one) => String(one.share) in expected.quantiles))
      close(value, expected.quantiles[share], `${name} quantile ${share}`);
    actual.quartiles.forEach((quartile, i) => close(quartile, expected.quartiles[i], `${name} quartile ${i}`));
  }
  const all = [...penguins.profile.associations, ...penguins.profile.withLabel];
  for (const measure of ['pearson', 'spearman', 'cramers-v', 'mutual-information'] as const)
    for (const [pair, expected] of Object.entries(reference[measure])) {
      const found = all.find(
        (one) => one.measure === measure && pair.split(' ').every((name) => one.columns.includes(name)),
      );
      close(found?.value, expected, `${measure} ${pair}`);
    }
  for (const [name, expected] of Object.entries(reference['correlation-ratio']))
    close(all.find((one) => one.measure === 'correlation-ratio' && one.columns[0] === name)?.value, expected, name);
});

test('the figures say size, gaps, classes and warnings, and fit into a reference', () => {
  expect(penguins.figures).toMatchObject({
    rows: 344,
    columns: 8,
    duplicates: 0,
    classes: [
      { name: 'Adelie', rows: 152 },
      { name: 'Gentoo', rows: 124 },
      { name: 'Chinstrap', rows: 68 },
    ],
    warnings: [],
  });
  // 2 rows lack all four measures, 11 the sex.
  expect(penguins.figures.missing).toBeCloseTo(19 / (344 * 8), 12);
});

test('each value of a column is in one bin or one line', async () => {
  const rows = await rowsOf(table);
  for (const column of penguins.profile.columns) {
    const present = rows.filter((row) => row[column.name] !== null).length;
    expect(column.rows - column.missing).toBe(present);
    if (column.kind === 'numeric') expect(column.histogram.counts.reduce((a, b) => a + b)).toBe(present);
    if (column.kind === 'categorical') expect(column.top.reduce((sum, one) => sum + one.rows, 0)).toBe(present);
  }
});

test('the page is whole by itself: no script, nothing from elsewhere, and its texts are escaped', async () => {
  const { page } = await profiled('"<script>alert(1)</script>",b\n"<img src=x>",1\n"</h3>",2\n');
  for (const text of [page, penguins.page]) {
    expect(text).not.toMatch(/<script|<img|<link|https?:|@import|url\(/);
    expect(text).toContain('prefers-color-scheme');
  }
  expect(page).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
  expect(penguins.page).toContain('<title>Penguins &amp; co</title>');
});

const many = (line: (i: number) => string, rows = 100): string =>
  Array.from({ length: rows }, (_, i) => line(i)).join('\n');
const skewed = (i: number): number => (i === 0 ? 1e6 : i % 10);

test.each<[string, string, string | undefined, Warning['kind'], string[], RegExp]>([
  [
    'a column without a value',
    `a,b\n${many((i) => `${i % 3},`)}`,
    undefined,
    'all-missing',
    ['b'],
    /b has no value at all/,
  ],
  ['a constant', `a,b\n${many((i) => `${i % 3},x`)}`, undefined, 'constant', ['b'], /b has one value only/],
  ['gaps', `a,b\n${many((i) => `${i % 3},${i % 2 ? '' : i % 5}`)}`, undefined, 'missing', ['b'], /b is missing in 50%/],
  [
    'missing labels',
    `a,b\n${many((i) => `${i % 3},${i ? 'xy'[i % 2] : ''}`)}`,
    'b',
    'missing',
    ['b'],
    /1 rows have no label \(b\)/,
  ],
  [
    'an identifier',
    `a,b\n${many((i) => `${i % 3},id${i}`)}`,
    undefined,
    'identifier',
    ['b'],
    /b looks like an identifier \(100 values/,
  ],
  ['skew', `a,b\n${many((i) => `${i % 3},${skewed(i)}.5`)}`, undefined, 'skewed', ['b'], /b is skewed \(10/],
  [
    'numbers that say the same',
    `a,b\n${many((i) => `${i}.5,${2 * i}.5`)}`,
    undefined,
    'correlated',
    ['a', 'b'],
    /a and b say nearly the same/,
  ],
  [
    'a feature that says the label',
    `a,b\n${many((i) => `x${i % 3},y${i % 3}`)}`,
    'b',
    'leak',
    ['a'],
    /a all but says the label \(Cramér's V 1.000\)/,
  ],
  [
    'a number that says the label',
    `a,b\n${many((i) => `${i % 3},y${i % 3}`)}`,
    'b',
    'leak',
    ['a'],
    /correlation ratio 1.000/,
  ],
  ['a number that says a number', `a,b\n${many((i) => `${i}.5,${3 * i}.5`)}`, 'b', 'leak', ['a'], /correlation 1.000/],
  [
    'imbalance',
    `a,b\n${many((i) => `${i % 7},${i < 5 ? 'rare' : 'common'}`)}`,
    'b',
    'imbalance',
    ['b'],
    /class common has 95 rows, class rare 5/,
  ],
  [
    'rows twice',
    `a,b\n${many((i) => `${i % 90},${i % 45}.5`)}`,
    undefined,
    'duplicates',
    [],
    /10 rows equal an earlier one/,
  ],
  [
    'one value in two spellings',
    `a,b\n${many((i) => `${i % 7},${['red', 'blue', 'Red'][i % 3]}`)}`,
    undefined,
    'spellings',
    ['b'],
    /b has "Red" and "red", which differ in case or white space alone/,
  ],
  ['few rows', 'a\n1.5\n2', undefined, 'few-rows', [], /2 rows are few/],
])('%s is warned of, by name', async (_name, csv, label, kind, columns, said) => {
  const { figures, page } = await profiled(`${csv}\n`, label ? { label } : {});
  const warning = figures.warnings.find((one) => one.kind === kind);
  expect(warning?.columns).toEqual(columns);
  expect(warning?.said).toMatch(said);
  expect(page).toContain(`<b>${kind}</b>`);
});

test('extreme, missing and equal values, and tables without rows, have a profile', async () => {
  const number = fc.option(
    fc
      .oneof(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.constantFrom(1e308, -1e308, 5e-324, 0))
      // A whole number in digits alone that a double cannot hold exactly is refused at ingest.
      .filter((value) => !/^-?\d{16,}$/.test(String(value))),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(number, number, fc.constantFrom('x', 'y', ''))), async (rows) => {
      const csv = `a,b,c\n${rows.map((row) => row.map((cell) => cell ?? '').join(',')).join('\n')}\n`;
      const schema = {
        columns: {
          a: { type: 'number', nullable: true },
          b: { type: 'number', nullable: true },
          c: { type: 'text', nullable: true },
        },
      };
      const { profile } = await profiled(await tableOf(csv, { schema }), { label: 'c' });
      const walk = (value: unknown): void => {
        if (typeof value === 'number') expect(Number.isFinite(value)).toBe(true);
        else if (typeof value === 'object' && value !== null) Object.values(value).forEach(walk);
      };
      walk(profile);
    }),
    { numRuns: 15, endOnFailure: true },
  );
});

test('a label that is no column is refused', async () => {
  await expect(profiled(table, { label: 'specis' })).rejects.toThrow(
    /label names column "specis"[\s\S]*did you mean "species"/,
  );
});
