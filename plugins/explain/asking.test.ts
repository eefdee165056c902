import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { z } from 'zod';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { id, openTable, sql, withDatabase, type TableRow } from '@trainyard/tables';
import type { FittedTransform } from '@trainyard/transforms';
import { openModel } from '../../models/index.js';
import { runNode } from '../../worker/testing/index.js';
import { tablesIn } from '../train/table-of.test-part.js';
import { linearNode, logisticNode } from '../train/worker.js';
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
