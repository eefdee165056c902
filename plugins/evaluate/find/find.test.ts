import type { z } from 'zod';
import { expect, test } from 'vitest';
import { randomFrom } from '@trainyard/numeric';
import { id, openTable, sql, withDatabase, type TableRow } from '@trainyard/tables';
import type { ModelTask } from '../../../models/index.js';
import { runNode } from '../../../worker/testing/index.js';
import { modelFor, tableOf, told } from '../told.test-part.js';
import { errorsNode, slicesNode } from '../worker.js';
import type { sliceSearch, wrongRows } from './contract.js';

type Search = z.output<typeof sliceSearch>;
const random = randomFrom(11);
const task: ModelTask = { type: 'classification', label: 'y', classes: ['no', 'yes'] };

/** Right in nine rows of ten, but for old people of the north: right in four of ten. One shop has seven rows. */
const rows: TableRow[] = Array.from({ length: 600 }, (_, i) => {
  const [region, age] = [i % 3 === 0 ? 'north' : 'south', i % 4 === 0 ? 'old' : 'young'];
  const y = random.uniform() < 0.5 ? 'no' : 'yes';
  const isRight = random.uniform() < (region === 'north' && age === 'old' ? 0.4 : 0.9);
  const yes = (y === 'yes') === isRight ? 0.6 + random.uniform() * 0.4 : random.uniform() * 0.4;
  return {
    _row: `r${i}`,
    region,
    age,
    shop: i < 7 ? 'corner' : 'mall',
    noise: random.uniform(),
    y,
    a0: 1 - yes,
    a1: yes,
  };
});
const columns = ['region', 'age', 'shop', 'noise'];
const search = async (params: object, of: readonly TableRow[] = rows) => {
  const inputs = { model: await modelFor(task, ['a0', 'a1'], of), table: await tableOf(of) };
  const run = await runNode(slicesNode, { params: { columns, resamples: 100, ...params }, inputs, parts: [told] });
  const report = JSON.parse(await run.output.text('report.json')) as Search;
  return { value: run.output.value as Search, all: report.slices, page: await run.output.text('report.html'), run };
};

test('the worst slice is found over pairs of columns, beyond what so many looks find by chance', async () => {
  const { value, all, page } = await search({});
  const [worst] = value.slices;
  expect(value.verdict).toBe('worse');
  expect(Object.fromEntries(worst!.columns.map((name, i) => [name, worst!.values[i]]))).toEqual({
    region: 'north',
    age: 'old',
  });
  expect(worst!.adjusted!).toBeLessThan(0.001);
  expect(worst!.adjusted!).toBeCloseTo(Math.min(1, worst!.p! * value.looked), 12);
  const ofNoise = all.filter((one) => one.columns.length === 1 && one.columns[0] === 'noise');
  expect(ofNoise.map(({ verdict }) => verdict)).toEqual(['not worse', 'not worse', 'not worse', 'not worse']);
  expect(JSON.stringify(value).length).toBeLessThan(4096);
  expect(page).toContain('region: north, age: old');
});

test('a slice below its rows says "too small", and never "passed", however good it is', async () => {
  const perfect = rows.map((row) => ({
    ...row,
    a0: row['y'] === 'no' ? 0.9 : 0.1,
    a1: row['y'] === 'yes' ? 0.9 : 0.1,
  }));
  const { value, all } = await search({ limit: 0.9 }, perfect);
  expect(value.verdict).toBe('passed');
  const corner = all.find(({ columns: of, values }) => of.length === 1 && values[0] === 'corner')!;
  expect(corner).toMatchObject({ n: 7, value: 1, verdict: 'too small', interval: null });
  expect(all.every(({ n, verdict }) => n < 30 === (verdict === 'too small'))).toBe(true);
  const none = await search({ limit: 0.9, least: 10_000 }, perfect);
  expect(none.value).toMatchObject({ verdict: 'cannot tell', looked: 0 });
});

test('a limit is kept by whole intervals: between passed and failed the rows cannot tell', async () => {
  const { value, all } = await search({ limit: 0.85, pairs: false });
  const verdicts = new Map(all.map((one) => [one.values[0], one.verdict]));
  expect(verdicts.get('young')).toBe('passed');
  expect(verdicts.get('old')).toBe('failed');
  expect(value.verdict).toBe('failed');
});

test('a search is the same for the same seed', async () => {
  const [one, two] = [await search({}), await search({})];
  expect(one.run.output.ref.digest).toBe(two.run.output.ref.digest);
});

test('the rows that are answered most wrong come first, with their identity, as a table and as a page', async () => {
  const inputs = { model: await modelFor(task, ['a0', 'a1'], rows), table: await tableOf(rows) };
  const run = await runNode(errorsNode, { params: { most: 20, columns: ['region'] }, inputs, parts: [told] });
  const value = run.outputs['report']!.value as z.output<typeof wrongRows>;
  const wrong = rows.filter((row) => (row['y'] === 'yes') !== (row['a1'] as number) >= 0.5);
  const given = (row: TableRow): number => row[row['y'] === 'yes' ? 'a1' : 'a0'] as number;
  const expected = wrong.toSorted((a, b) => given(a) - given(b)).map((row) => row['_row']);
  expect(value.wrong).toBe(wrong.length);
  expect(value.rows.map(({ row }) => row)).toEqual(expected.slice(0, 20));
  const table = await withDatabase({}, async (database) => {
    await openTable(database, 'rows', run.outputs['rows']!);
    return database.rows(sql`FROM ${id('rows')}`);
  });
  expect(table.length).toBe(20);
  expect(table[0]).toMatchObject({
    row: expected[0],
    region: wrong.find((row) => row['_row'] === expected[0])!['region'],
  });
  expect(await run.outputs['report']!.text('report.html')).toContain(`href="#row-1"`);
});
