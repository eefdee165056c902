import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { id, openTable, sql, withDatabase, writeTable, type TableRow } from '@trainyard/tables';
import type { FittedTransform } from '@trainyard/transforms';
import { modelKind, openModel, writeModel } from '../../models/index.js';
import { runNode } from '../../worker/testing/index.js';
import { tablesIn } from '../train/table-of.test-part.js';
import { linearNode, logisticNode } from '../train/worker.js';
import { robustnessNode } from '../evaluate/worker.js';
import { spread } from './asking.js';
import type { attributionFigures, importanceFigures, partialFigures } from './contract.js';
import { attributionsNode, partialNode, permutationNode } from './worker.js';

const folder = mkdtempSync(join(tmpdir(), 'asking-'));
afterAll(() => rmSync(folder, { recursive: true }));
const rows: TableRow[] = Array.from({ length: 90 }, (_, i) => {
  const [a, b, c] = [i % 9, (i * 7) % 11, (i * 5) % 4];
  return {
    _row: `r${i}`,
    a,
    b,
    idle: c,
    number: 3 * a - b + (i % 3),
    kind: ['low', 'mid', 'top'][Math.floor((a * 2 + (b % 3)) / 7)]!,
  };
});
const transform: FittedTransform = {
  format: 'trainyard.transform/1',
  rows: rows.length,
  steps: ['a', 'b', 'idle'].map((column) => ({
    kind: 'numeric',
    column,
    fill: 5,
    center: 5,
    scale: 3,
    clip: 10,
    indicator: false,
  })),
};
const prep = { files: { 'transform.json': JSON.stringify(transform) } };
type Given = { model: never; table: never };
let number: { inputs: Given; store: never };
let kind: { inputs: Given; store: never };
beforeAll(async () => {
  const table = await tablesIn(folder)('rows', rows);
  const [one, two] = [
    await runNode(linearNode, { params: { label: 'number' }, inputs: { train: table, prep } }),
    await runNode(logisticNode, { params: { label: 'kind' }, inputs: { train: table, prep } }),
  ];
  number = { inputs: { model: one.outputs['model']!, table } as never, store: one.store as never };
  kind = { inputs: { model: two.outputs['model']!, table } as never, store: two.store as never };
});

test('columns that matter come first, one that does not comes last, and a search is the same for the same seed', async () => {
  const [one, two] = [await runNode(permutationNode, number), await runNode(permutationNode, number)];
  const value = one.output.value as z.output<typeof importanceFigures>;
  expect(value).toMatchObject({ figure: 'rmse', rows: 90, repeats: 5 });
  expect(value.columns[0]!.column).toBe('a');
  const idle = value.columns.find(({ column }) => column === 'idle')!;
  expect(Math.abs(idle.importance)).toBeLessThan(value.columns[0]!.importance / 20);
  expect(two.output.ref.digest).toBe(one.output.ref.digest);
});

test('a figure that is not defined is refused, and not said to lose nothing by any column', async () => {
  const one = await tablesIn(folder)(
    'one-class',
    rows.filter((row) => row['kind'] === 'low'),
  );
  const given = { inputs: { ...kind.inputs, table: one } as never, store: kind.store, params: { metric: 'rocAuc' } };
  await expect(runNode(permutationNode, given)).rejects.toThrow('is not defined on these rows');
  await expect(runNode(robustnessNode, given)).rejects.toThrow('is not defined on these rows');
});

test('the deviation of shuffles is that of a sample, and not known of one shuffle', async () => {
  const of = async (repeats: number) =>
    ((await runNode(permutationNode, { ...number, params: { repeats } })).output.value as z.output<typeof importanceFigures>).columns.find(({ column }) => column === 'a')!; // prettier-ignore
  expect((await of(1)).deviation).toBeNull();
  const two = await of(2);
  expect(two.deviation!).toBeCloseTo((two.most - two.least) / Math.SQRT2, 12);
});

test('courses of single rows are spread over all rows, the same on the page and as JSON, each row once', async () => {
  expect(spread(90, 20)[19]).toBe(85);
  expect(spread(6, 20)).toEqual([0, 1, 2, 3, 4, 5]);
  const run = await runNode(partialNode, { ...number, params: { columns: ['a'], courses: 3 } });
  const { courses } = JSON.parse(await run.output.text('report.json')) as { courses: { rows: number[][][] }[] };
  const model = await openModel(number.inputs.model);
  const { columns } = run.output.value as z.output<typeof partialFigures>;
  for (const [r, at] of [0, 30, 60].entries()) {
    const expected = await model.score(columns[0]!.grid.map((a) => ({ ...rows[at]!, a: a as number })));
    courses[0]!.rows[r]![0]!.forEach((value, i) => expect(value).toBeCloseTo(expected[i]!, 9));
  }
  await model.dispose();
});

test('partial dependence of a boolean column asks of rows that lack it as well: true is true', async () => {
  const asked: unknown[] = [];
  const answersFlag = modelKind({
    name: 'flag',
    title: 'Answers what the flag says',
    tasks: ['regression'],
    settings: z.object({}),
    open: () => ({
      takes: 'rows',
      outputs: 1,
      score: (given) => {
        asked.push(...given.map((row) => row['flag']));
        return Float64Array.from(given, (row) => (row['flag'] === true ? 1 : 0));
      },
    }),
  });
  const flagged: TableRow[] = [true, false, null, true].map((flag, i) => ({ _row: `r${i}`, flag, number: i }));
  const inputs = [{ name: 'flag', type: 'boolean' as const }];
  const model = await writeModel({ kind: answersFlag, task: { type: 'regression', label: 'number' }, settings: {}, files: {}, inputs, metrics: {}, training: {}, libraries: {}, rows: [{ flag: true }] }); // prettier-ignore
  const table = await withDatabase({}, async (database) => {
    const columns = [{ name: '_row', type: 'text' }, { name: 'flag', type: 'boolean' }, { name: 'number', type: 'number' }] as const; // prettier-ignore
    await database.insert('given', columns, flagged);
    return writeTable(database, sql`FROM given`, folder, 'flagged');
  });
  asked.length = 0;
  const run = await runNode(partialNode, { params: { columns: ['flag'] }, inputs: { model: model as never, table }, parts: [answersFlag] }); // prettier-ignore
  const { grid, mean } = (run.output.value as z.output<typeof partialFigures>).columns[0]!;
  expect(grid).toEqual(['true', 'false']);
  expect(mean[0]!.values).toEqual([1, 0]);
  expect(asked.filter((one) => typeof one === 'string')).toEqual([]);
});

test('the answer of a linear model goes straight with a column, as steeply as its slope', async () => {
  const run = await runNode(partialNode, { ...number, params: { columns: ['a'] } });
  const { columns } = run.output.value as z.output<typeof partialFigures>;
  const [{ grid, mean }] = columns as [(typeof columns)[0]];
  const slopes = mean[0]!.values
    .slice(1)
    .map((y, i) => (y - mean[0]!.values[i]!) / ((grid[i + 1] as number) - (grid[i] as number)));
  for (const slope of slopes) expect(slope).toBeCloseTo(slopes[0]!, 9);
  expect(slopes[0]!).toBeCloseTo(3, 0);
  expect(await run.output.text('report.html')).toContain('aria-label="number by a"');
  await expect(runNode(partialNode, { ...number, params: { columns: ['z'] } })).rejects.toThrow('reads no column "z"');
});

test.each(['kernel', 'linear', 'integrated gradients', 'occlusion'] as const)(
  '%s: contributions of each row sum to what the model answers, where they sum to anything, and the report names mode and background',
  async (method) => {
    for (const { inputs, store } of [number, kind]) {
      const run = await runNode(attributionsNode, { params: { method, rows: 12, steps: 200 }, inputs, store });
      const value = run.outputs['summary']!.value as z.output<typeof attributionFigures>;
      expect(value).toMatchObject({ method, rows: 12, background: 30 });
      expect(value.mode).toMatch(/background/);
      if (method === 'occlusion') expect(value.largestGap).toBeNull();
      else expect(value.largestGap!).toBeLessThan(method === 'integrated gradients' ? 1e-3 : 1e-6);
      const table = await withDatabase({}, async (database) => {
        await openTable(database, 'values', run.outputs['values']!);
        return database.rows(sql`FROM ${id('values')}`);
      });
      expect(table.length).toBe(12 * value.scores.length);
      if (method !== 'kernel' || inputs !== number.inputs) continue;
      const model = await openModel(inputs.model);
      const explained = rows.filter((row) => table.some((one) => one['row'] === row['_row']));
      const answers = await model.score(explained);
      table.forEach((one, i) => {
        const sum = ['expected', 'shap a', 'shap b', 'shap idle'].reduce(
          (total, name) => total + (one[name] as number),
          0,
        );
        expect(sum).toBeCloseTo(answers[i]!, 9);
      });
      await model.dispose();
    }
  },
);
