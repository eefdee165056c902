import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openModel } from '../../models/index.js';
import { ensureLightgbm } from '../../setup/lightgbm.js';
import { FileStore } from '../../store/files.js';
import { id, openTable, sql, withDatabase, type TableRow } from '@trainyard/tables';
import type { FittedTransform } from '@trainyard/transforms';
import { runNode } from '../../worker/testing/index.js';
import { tablesIn } from '../train/table-of.test-part.js';
import { regressionTreesNode, treesNode } from '../train/worker.js';
import { shapNode } from './worker.js';

const folder = mkdtempSync(join(tmpdir(), 'shap-'));
afterAll(() => rmSync(folder, { recursive: true }));
beforeAll(() => ensureLightgbm());

const rows: TableRow[] = Array.from({ length: 120 }, (_, i) => {
  const [a, b] = [i % 10, (i * 7) % 13];
  return { a, b, number: 5 * a + (b % 3), kind: ['low', 'mid', 'top'][Math.min(2, Math.floor(a / 3))]!, even: b % 2 === 0 ? 'yes' : 'no' }; // prettier-ignore
});
const transform: FittedTransform = {
  format: 'trainyard.transform/2',
  rows: rows.length,
  steps: ['a', 'b'].map((column) => ({ kind: 'pass', column, type: 'number' })),
};
const prep = { files: { 'transform.json': JSON.stringify(transform) } };
const forest = { boosting: 'rf', num_iterations: 20, bagging_freq: 1, bagging_fraction: 0.6, min_data_in_leaf: 3 };
const logOdds = (p: number): number => Math.log(p / (1 - p));

interface Case {
  readonly node: Parameters<typeof runNode>[0];
  readonly label: string;
  /** Scores from the numbers of an answer. */
  readonly scores: (answer: readonly number[]) => number[];
}
const cases: readonly Case[] = [
  { node: regressionTreesNode, label: 'number', scores: (answer) => [...answer] },
  { node: treesNode, label: 'even', scores: ([, second]) => [logOdds(second!)] },
  // Of several classes scores are known but for what is added to all of them.
  { node: treesNode, label: 'kind', scores: (answer) => answer.map((p) => Math.log(p / answer[0]!)) },
];

test.each(cases)(
  "what features added to a forest's answer was too large by the number of its trees: of $label it sums to the answer",
  async ({ node, label, scores }) => {
    const store = new FileStore(join(folder, label));
    const table = await tablesIn(folder)(label, rows);
    const { outputs } = await runNode(node, { params: { label, ...forest }, inputs: { train: table, prep }, store });
    const run = await runNode(shapNode, { store, inputs: { model: outputs['model']!, table } });
    const model = await openModel(outputs['model']!);
    const answers = await model.score(rows);
    await model.dispose();
    const values = await withDatabase({}, async (database) => {
      await openTable(database, 'values', run.outputs['values']!);
      return database.rows(sql`FROM ${id('values')}`);
    });
    const [outs, each] = [answers.length / rows.length, values.length / rows.length];
    rows.forEach((_, i) => {
      const sums = values
        .slice(i * each, (i + 1) * each)
        .map((row) => ['expected', 'shap a', 'shap b'].reduce((sum, name) => sum + (row[name] as number), 0));
      const expected = scores([...answers.subarray(i * outs, (i + 1) * outs)]);
      expect(expected.length).toBe(each);
      const base = each > 1 ? sums[0]! : 0;
      sums.forEach((sum, k) => expect(sum - base).toBeCloseTo(expected[k]!, 8));
    });
  },
);
