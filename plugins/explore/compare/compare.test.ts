import { readFile } from 'node:fs/promises';
import { beforeAll, expect, test } from 'vitest';
import type { InputArtifact } from '../../../core/artifact.js';
import { run, tableOf } from '../../../tests/tables/csv-table.js';
import type { CompareFigures } from '../contract.js';
import { compareNode } from '../worker.js';
import type { Comparison } from './comparison.js';

interface Found {
  figures: CompareFigures;
  comparison: Comparison;
  page: string;
}

async function compared(
  reference: InputArtifact | string,
  table: InputArtifact | string,
  params: Record<string, unknown> = {},
): Promise<Found> {
  const opened = (one: InputArtifact | string) => (typeof one === 'string' ? tableOf(one) : Promise.resolve(one));
  const [a, b] = await Promise.all([opened(reference), opened(table)]);
  const { output } = await run(compareNode, { params, inputs: { reference: a, table: b } });
  return {
    figures: output.value as CompareFigures,
    comparison: JSON.parse(await output.text('report.json')) as Comparison,
    page: await output.text('report.html'),
  };
}

/** The penguins of 2007, and those of 2009. */
let years: [InputArtifact, InputArtifact];
let found: Found;
beforeAll(async () => {
  const text = await readFile(new URL('../../../examples/penguins/data/penguins.csv', import.meta.url), 'utf8');
  const [head, ...lines] = text.trim().split('\n');
  const of = (year: number): string => `${[head, ...lines.filter((line) => line.endsWith(`,${year}`))].join('\n')}\n`;
  years = [await tableOf(of(2007)), await tableOf(of(2009))];
  found = await compared(...years, { names: ['2007', '2009'], label: 'species', except: ['year'] });
});

test('drift of the penguins from year to year is what scipy says of it', async () => {
  const reference = JSON.parse(await readFile(new URL('../reference/scipy-years.json', import.meta.url), 'utf8')) as {
    columns: Record<string, Record<string, { test: string; statistic: number; p: number; effect: number }>>;
  };
  const tested = found.comparison.columns.flatMap(({ name, moved }) => moved.map((one) => [name, one.of]));
  expect(Object.entries(reference.columns).flatMap(([name, by]) => Object.keys(by).map((of) => [name, of]))).toEqual(
    tested,
  );
  for (const [name, by] of Object.entries(reference.columns))
    for (const [of, expected] of Object.entries(by)) {
      const actual = found.comparison.columns.find((one) => one.name === name)?.moved.find((one) => one.of === of);
      expect(actual?.test).toBe(expected.test);
      for (const key of ['statistic', 'p', 'effect'] as const)
        expect(actual?.[key], `${name} ${of} ${key}`).toBeCloseTo(expected[key], 9);
    }
});

test('each value of a side is in one bin or one bar, and the page says what the JSON says', () => {
  const { comparison, page } = found;
  expect(comparison.rows).toEqual([110, 120]);
  for (const { name, profiles, bins, values } of comparison.columns)
    for (const side of [0, 1] as const) {
      const column = profiles[side]!;
      const present = column.rows - column.missing;
      if (bins)
        expect(
          bins.counts[side].reduce((a, b) => a + b),
          name,
        ).toBe(present);
      else
        expect(
          values.reduce((total, { rows }) => total + rows[side], 0),
          name,
        ).toBe(present);
    }
  for (const { name } of comparison.columns) expect(page).toContain(`<h3>${name}</h3>`);
  expect(page).not.toMatch(/<script|<img|<link|https?:|@import|url\(/);
});

test('a table beside itself has not moved, shares all its rows, and has no value of its own', async () => {
  const { figures, comparison } = await compared(years[0], years[0]);
  expect(figures.drifted).toEqual([]);
  expect(figures.shared).toBe(110);
  for (const { moved, only, beyond } of comparison.columns) {
    for (const { effect, psi, p } of moved) expect([effect, psi, p]).toEqual([0, 0, 1]);
    expect(only?.map(({ values }) => values) ?? [0, 0]).toEqual([0, 0]);
    expect(beyond ?? { below: 0, above: 0 }).toEqual({ below: 0, above: 0 });
  }
  expect(figures.warnings.map(({ kind }) => kind)).toEqual(['shared-rows']);
});

const many = (line: (i: number) => string, rows = 200): string =>
  Array.from({ length: rows }, (_, i) => line(i)).join('\n');
const csv = (head: string, line: (i: number) => string, rows?: number): string => `${head}\n${many(line, rows)}\n`;
const varied = (i: number): number => ((i * 7919) % 1009) / 10;

test('what a table has and its reference has not is warned of, column by column, the worst first', async () => {
  const head = 'id,num,cat,code,gone,size,gaps,label,text';
  const words = (i: number, more = ''): string => `word${varied(i)} of ${varied(i + 1)} and ${varied(i + 2)}${more}`;
  const { figures, page } = await compared(
    csv(head, (i) => `r${i},${varied(i)},${'ab'[i % 2]},${i % 10},x,${i % 20},${varied(i)},${'pq'[i % 2]},${words(i)}`),
    csv(
      head.replace('gone', 'fresh'),
      (i) =>
        `t${i},${varied(i) + 60},${['a', 'A', 'new one'][i % 3]},z${i % 10},y,${i < 190 ? i % 20 : 99},${i % 2 ? '' : varied(i)},${i < 3 ? 'r' : 'pq'[i % 2]},${words(i, ` ${'long '.repeat(5)}`)}`,
    ),
    { names: ['May', '<June>'], label: 'label', except: ['id'] },
  );
  const said = figures.warnings.map(({ kind, columns, said }) => `${kind} ${columns.join()}: ${said}`);
  expect(said).toEqual([
    'type-changed code: code is integer in May, text in <June>: declare its type',
    'new-class label: label has 1 value in <June> that May lacks, in 3 rows ("r"): a model of that cannot know them',
    'one-sided gone: gone stands in May alone',
    'one-sided fresh: fresh stands in <June> alone',
    'new-category cat: cat has 2 values in <June> that May lacks, in 133 rows ("A", "new one"): to a model they are unknown',
    'spellings cat: cat has "A" and "a", which differ in case or white space alone, and not all in May',
    'missing-moved gaps: gaps is missing in 0% of May, in 50% of <June>',
    expect.stringMatching(
      /^drift num: num lies elsewhere in \d\d% of the rows \(PSI \d\.\d\d\): its median is [\d.]+ in May, [\d.]+ in <June>$/,
    ),
    expect.stringMatching(/^drift cat: cat lies elsewhere in 67% .*: "b" has 50% of May, 0% of <June>$/),
    expect.stringMatching(/^drift text: the length of text lies elsewhere in 100% of the rows/),
    expect.stringMatching(/^range num: num leaves the range of May in rows of <June>: \d+ above 100\.5$/),
    'range size: size leaves the range of May in rows of <June>: 10 above 19',
    'lost-category cat: cat is "b" in 50% of May, in no row of <June>',
  ]);
  expect(page).toContain('&lt;June&gt;');
  expect(page).not.toContain('<June>');
});

test('rows of the table that stand in the reference are counted once each, whatever stands twice', async () => {
  const { figures } = await compared('a,b\n1,x\n1,x\n2,y\n,z\n', 'b,a\nx,1\nx,1\nx,1\nz,\ny,3\n');
  expect(figures.shared).toBe(4);
});

test('a few rows beyond are no finding, and neither are new names of rows', async () => {
  const { figures } = await compared(
    csv('name,num', (i) => `bird ${i},${varied(i)}`),
    csv('name,num', (i) => `other ${i},${i === 0 ? 500 : varied(i)}`, 100),
  );
  expect(figures.warnings).toEqual([]);
});

test('NaN, infinite and missing cells, empty tables and columns without a value are compared without a fault', async () => {
  const empty = await compared(
    'a,b\n1.5,x\n',
    await tableOf('a,b\n', { schema: { columns: { a: { type: 'number' }, b: { type: 'text' } } } }),
  );
  expect(empty.figures.rows).toEqual([1, 0]);
  const plain = csv('a,b,c', (i) => `${varied(i)},${i ? '' : 1.5},`);
  const odd = csv('a,b,c', (i) => `${i % 4 === 0 ? 'NaN' : varied(i)},${i ? 'NaN' : 2.5},${i % 5}`);
  const { figures, comparison } = await compared(plain, odd);
  expect(figures.warnings.map(({ kind, columns }) => [kind, ...columns])).toEqual([
    ['missing-moved', 'b'],
    ['missing-moved', 'c'],
    ['not-finite', 'a'],
    ['not-finite', 'b'],
  ]);
  expect(comparison.columns[2]?.moved.map(({ of }) => of)).toEqual(['missing']);
});

test('more values than a test takes are thinned evenly, and figures do not depend on threads', async () => {
  const large = await tableOf(csv('x,y', (i) => `${varied(i * 13)},${i % 7}`, 11_000));
  const larger = await tableOf(csv('x,y', (i) => `${varied(i * 17) + 3},${i % 7}`, 11_000));
  const once = await compared(large, larger);
  const { output } = await run(compareNode, { params: {}, inputs: { reference: large, table: larger }, threads: 2 });
  expect(await output.text('report.json')).toBe(JSON.stringify(once.comparison));
  expect(once.comparison.columns[0]?.moved[0]?.effect).toBeCloseTo(0.03, 2);
});

test('a label or an excepted column that there is not is refused', async () => {
  await expect(compared(...years, { label: 'specis' })).rejects.toThrow(
    /label names column "specis"[\s\S]*did you mean "species"/,
  );
  await expect(compared(...years, { except: ['yaer'] })).rejects.toThrow(
    /except names column "yaer"[\s\S]*did you mean "year"/,
  );
});
