import fc from 'fast-check';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { sql, withDatabase, type Column, type TableRow } from '@trainyard/tables';
import { applyTransform, parseTransform } from '@trainyard/transforms';
import type { InputArtifact } from '../../core/artifact.js';
import { rowsOf, run, tableOf } from '../../tests/tables/csv-table.js';
import { cleanTableNode } from '../clean/worker.js';
import { fitFeaturesNode } from '../features/worker.js';
import { readDataset } from './dataset.js';
import { logisticNode } from './worker.js';

const folder = mkdtempSync(join(tmpdir(), 'trainyard-dataset-'));
process.once('exit', () => rmSync(folder, { recursive: true, force: true }));

test('a transform that passes missing values on is refused in words, by learners that take none', async () => {
  const train = await tableOf('n,y\n1,a\n,b\n3,a\n');
  const prepOf = async (recipe: object) =>
    (await run(fitFeaturesNode, { params: { recipe }, inputs: { table: train } })).outputs['transform']!;
  const fit = async (recipe: object) =>
    run(logisticNode, { params: { label: 'y' }, inputs: { train, prep: await prepOf(recipe) } });
  await expect(fit({ pass: ['n'] })).rejects.toThrow(/takes no missing values[\s\S]*numeric or categorical/);
  expect((await fit({ numeric: ['n'] })).outputs['model']).toBeDefined();
});

test('a row of weight 2 counts as two rows, and one of weight 0 not at all', async () => {
  const rows = Array.from({ length: 40 }, (_, i) => `${i},${i % 7 < 3 ? 'a' : 'b'},${i % 3}`);
  const weighed = await tableOf(`n,y,w\n${rows.join('\n')}\n`);
  const repeated = await tableOf(
    `n,y,w\n${rows.flatMap((row, i) => Array.from({ length: i % 3 }, () => row)).join('\n')}\n`,
  );
  const fitted = await run(fitFeaturesNode, { params: { recipe: { numeric: ['n'] } }, inputs: { table: weighed } });
  const prep = fitted.outputs['transform']!;
  const coefficients = async (train: typeof weighed, weight?: string): Promise<number[]> => {
    const params = { label: 'y', tolerance: 1e-11, ...(weight === undefined ? {} : { weight }) };
    const { outputs } = await run(logisticNode, { params, inputs: { train, prep } });
    const weights = await outputs['model']!.bytes('weights.bin');
    return [...new Float64Array(weights.buffer.slice(weights.byteOffset, weights.byteOffset + weights.byteLength))];
  };
  const ours = await coefficients(weighed, 'w');
  const theirs = await coefficients(repeated);
  ours.forEach((value, i) => expect(value).toBeCloseTo(theirs[i]!, 6));
  expect(ours.some((value) => Math.abs(value) > 0.01)).toBe(true);
});

test.each([
  ['a column that is a feature too', { weight: 'n' }, /column "n" is a weight and a feature at once/],
  ['a column of text', { weight: 't' }, /column "t" holds text, not weights/],
  ['a column that is not there', { weight: 'W1' }, /weight names column "W1"/],
  ['a missing weight', { weight: 'w' }, /a row of the table "train" has no weight[\s\S]*missing/],
])('as weights, %s is refused', async (_name, params, message) => {
  const train = await tableOf('n,y,t,w\n1,a,x,1\n2,b,x,\n3,a,x,2\n');
  const prep = (await run(fitFeaturesNode, { params: { recipe: { numeric: ['n'] } }, inputs: { table: train } }))
    .outputs['transform']!;
  await expect(run(logisticNode, { params: { label: 'y', ...params }, inputs: { train, prep } })).rejects.toThrow(
    message,
  );
});

test.each([
  ['all rows', [0, 0, 0], /all rows of the table "train" have the weight 0/],
  ['all rows of a class', [1, 0, 1], /all rows of class "b" have the weight 0/],
])('a weight of 0 for %s is refused', async (_name, [a, b, c], message) => {
  const train = await tableOf(`n,y,w\n1,a,${a}\n2,b,${b}\n3,a,${c}\n`);
  const prep = (await run(fitFeaturesNode, { params: { recipe: { numeric: ['n'] } }, inputs: { table: train } }))
    .outputs['transform']!;
  const asked = { params: { label: 'y', weight: 'w' }, inputs: { train, prep } };
  await expect(run(logisticNode, asked)).rejects.toThrow(message);
});

test('a validation table is read by the types that the transform says, or refused where that would change its values', async () => {
  // A transform says the types of its columns where its table went through rules.
  const cleaned = await run(cleanTableNode, {
    params: { rules: [{ rule: 'trim', columns: ['note'] }] },
    inputs: { table: await tableOf('code,y,note\n1.50,a,x\nEC,b,x\n1.50,a,x\nEC,b,x\n7,a,x\n') },
  });
  const train = cleaned.outputs['table']!;
  const { outputs } = await run(fitFeaturesNode, {
    params: { recipe: { categorical: ['code'] } },
    inputs: { table: train },
  });
  const fit = async (csv: string) =>
    run(logisticNode, {
      params: { label: 'y' },
      inputs: { train, prep: outputs['transform']!, validation: await tableOf(csv) },
    });
  expect((await fit('code,y,note\n7,a,x\n7,b,x\n')).outputs['model']).toBeDefined();
  expect((await fit('code,y,note\n,a,x\n,b,x\n')).outputs['model']).toBeDefined();
  await expect(fit('code,y,note\n1.50,a,x\n2.5,b,x\n')).rejects.toThrow(
    /column "code" of the table "validation" is not of the type that it had in training[\s\S]*expected: +text[\s\S]*actual: +number/,
  );
});

test('features by SQL are those of the rows one by one, bit for bit: labels, classes, weights, ranges and sample too', async () => {
  const number = fc.oneof(
    fc.double({ min: -100, max: 100, noNaN: true }),
    fc.constantFrom(null, 0, -0, 1e308, -1e308, 5e-324, Infinity, -Infinity, NaN),
  );
  const row = fc.record({
    n: number,
    i: fc.oneof(fc.integer({ min: -9, max: 9 }), fc.maxSafeInteger(), fc.constant(null)),
    t: fc.constantFrom('a', 'b', 'B', 'ü', "a'b", '7', null),
    b: fc.constantFrom(true, false, null),
    c: fc.constantFrom(1, 2.5, 1e21, null, NaN),
    w: fc.constantFrom(0, 1, 2.5),
    y: fc.constantFrom(1, 2.5, -0, NaN),
  });
  // More than one batch of the database.
  const rows = fc.sample(row, { numRuns: 5000, seed: 11 }).map((one, i): TableRow => ({ _row: `${i}`, ...one }));
  const columns = Object.entries({
    _row: 'text',
    n: 'number',
    i: 'integer',
    t: 'text',
    b: 'boolean',
    c: 'number',
    w: 'number',
    y: 'number',
  });
  const path = join(folder, 'given.parquet');
  await withDatabase({}, async (database) => {
    await database.insert(
      'given',
      columns.map(([name, type]) => ({ name, type }) as Column),
      rows,
    );
    await database.write(sql`FROM given`, path);
  });
  const recipe = {
    numeric: ['n', { column: 'i', indicator: true, scale: 'robust', clip: 3 }],
    categorical: ['t', 'b', { column: 'c', missing: 'feature' }],
  };
  const table = { value: {}, files: { 'data.parquet': { path } } };
  const fitted = await run(fitFeaturesNode, { params: { recipe }, inputs: { table } });
  const transform = parseTransform(await fitted.outputs['transform']!.text('transform.json'));
  const asInput = { value: {}, path: async () => path } as unknown as InputArtifact;
  const data = await readDataset({
    table: asInput,
    label: 'y',
    weight: 'w',
    transform,
    part: 'train',
    scratch: folder,
  });

  const expected = rows.map((one) => applyTransform(transform, one));
  const width = expected[0]!.length;
  expect(data).toMatchObject({ rows: 5000, width, classes: ['0', '1', '2.5', 'NaN'] });
  expect(data.features).toStrictEqual(Float64Array.from(expected.flatMap((one) => [...one])));
  expect([...data.labels]).toEqual(rows.map((one) => data.classes.indexOf(String(one['y']))));
  expect([...data.weights!]).toEqual(rows.map((one) => one['w']));
  const rangeOf = (name: string) => {
    const found = rows.map((one) => one[name]).filter((cell) => Number.isFinite(cell)) as number[];
    return [Math.min(...found), Math.max(...found)];
  };
  expect({ ...data.ranges }).toEqual({ n: rangeOf('n'), i: rangeOf('i') });
  const kept = (one: TableRow) => Object.fromEntries(['n', 'i', 't', 'b', 'c'].map((name) => [name, one[name]]));
  expect(data.sample).toEqual(rows.filter((_, i) => i % 250 === 0).map(kept));
});

test('a table without a column of the transform is refused, not read as missing throughout', async () => {
  const train = await tableOf('n,y\n1,a\n2,b\n3,a\n');
  const prep = (await run(fitFeaturesNode, { params: { recipe: { numeric: ['n'] } }, inputs: { table: train } }))
    .outputs['transform']!;
  const validation = await tableOf('N1,y\n1,a\n2,b\n');
  await expect(run(logisticNode, { params: { label: 'y' }, inputs: { train, prep, validation } })).rejects.toThrow(
    /an input of the transform names column "n", which the table does not have/,
  );
});

test('training rows get target encodings that know nothing of their own label, all others those of all rows', async () => {
  const rows = Array.from({ length: 200 }, (_, i) => `${i},c${i % 40},${i % 3 === 0 ? 'a' : 'b'}`);
  const table = await tableOf(`k,city,y\n${rows.join('\n')}\n`);
  const recipe = { categorical: [{ column: 'city', encode: 'target' }], label: 'y' };
  const fitted = await run(fitFeaturesNode, { params: { recipe }, inputs: { table } });
  const transform = parseTransform(await fitted.outputs['transform']!.text('transform.json'));
  const read = (part: string) => readDataset({ table, label: 'y', transform, part, scratch: folder });
  const single = (await rowsOf(table)).flatMap((row) => [...applyTransform(transform, row)]);
  expect([...(await read('validation')).features]).toEqual(single);
  expect([...(await read('train')).features]).not.toEqual(single);
});
