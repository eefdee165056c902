import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openModel, taskType } from '../../../models/index.js';
import { ensureLightgbm } from '../../../setup/lightgbm.js';
import { FileStore } from '../../../store/files.js';
import { id, openTable, sql, withDatabase, type TableRow } from '@trainyard/tables';
import type { FittedTransform } from '@trainyard/transforms';
import { runNode, type NodeRun, type RunNodeOptions } from '../../../worker/testing/index.js';
import { shapNode } from '../../explain/worker.js';
import { tablesIn } from '../table-of.test-part.js';
import { rankingTreesNode } from './ranking.js';

interface Reference {
  readonly scores: number[];
  readonly ndcg: number;
  readonly first: number;
  readonly shap: number[][];
  readonly expected: number;
}
const beside = (file: string): string => readFileSync(new URL(`./reference/${file}`, import.meta.url), 'utf8');
const reference = JSON.parse(beside('ranking.json')) as Reference;
const [head = '', ...lines] = beside('modechoice.csv').trim().split('\n');
const names = head.split(',');
/** 210 travellers with four modes each, one of them chosen. */
const rows: TableRow[] = lines.map((line) =>
  Object.fromEntries(line.split(',').map((cell, i) => [names[i]!, names[i] === 'mode' ? cell : Number(cell)])),
);
const modes = ['air', 'bus', 'car', 'train'];
const FEATURES = ['ttme', 'invc', 'invt', 'gc', 'hinc', 'psize'];
const transform: FittedTransform = {
  format: 'trainyard.transform/2',
  rows: rows.length,
  steps: [
    { kind: 'pass', column: 'mode', type: 'category', categories: modes },
    ...FEATURES.map((column) => ({ kind: 'pass' as const, column, type: 'number' as const })),
  ],
};
const prep = { files: { 'transform.json': JSON.stringify(transform) } };
const isHeld = (row: TableRow): boolean => Number(row['individual']) % 3 === 0;
const held = rows.filter(isHeld);

const folder = mkdtempSync(join(tmpdir(), 'ranking-'));
afterAll(() => rmSync(folder, { recursive: true }));
let inputs: NonNullable<RunNodeOptions['inputs']>;
let mixed: typeof inputs;
beforeAll(async () => {
  await ensureLightgbm();
  const tableOf = tablesIn(folder);
  const train = rows.filter((row) => !isHeld(row));
  inputs = { train: await tableOf('train', train), validation: await tableOf('held', held), prep };
  // Modes first, travellers within: those of a traveller are far from each other.
  const apart = train.toSorted((a, b) =>
    String(a['mode']) < String(b['mode']) ? -1 : a['mode'] === b['mode'] ? 0 : 1,
  );
  mixed = { ...inputs, train: await tableOf('apart', apart) };
});

const params = {
  label: 'choice',
  group: 'individual',
  num_leaves: 7,
  min_data_in_leaf: 10,
  num_iterations: 40,
  segment: 0,
};
const textOf = (run: NodeRun): Promise<string> => run.outputs['model']!.text('trees.txt');
const figuresOf = (run: NodeRun) => run.outputs['figures']!.value as Record<string, number>;

describe('train.rankingTrees', () => {
  test("orders as LightGBM's Python package does, and its figures are scikit-learn's", async () => {
    const run = await runNode(rankingTreesNode, { params, inputs, seed: 7 });
    const model = await openModel(run.outputs['model']!);
    expect([...(await model.score(held))]).toEqual(reference.scores);
    expect(figuresOf(run)['ndcg']).toBeCloseTo(reference.ndcg, 12);
    expect(figuresOf(run)['mrr']).toBeGreaterThan(0.95);
    const chosen = await model.predict(held.slice(0, 4).map((row) => pick(row)));
    expect(chosen).toEqual(reference.scores.slice(0, 4).map((score) => ({ score })));
    expect(taskType(model.card.task).tensors(model.card.task)).toEqual([
      { name: 'score', datatype: 'FP64', shape: [] },
    ]);
    await model.dispose();
    expect((run.outputs['growth']!.value as { loss: string }).loss).toBe('1 − NDCG of the first 10 places');
  });

  test('takes groups whose rows are apart, and is the same for any number of threads and when resumed', async () => {
    const cut = { ...params, segment: 10, num_iterations: 30, bagging_freq: 1, bagging_fraction: 0.8 };
    const once = await textOf(await runNode(rankingTreesNode, { params: cut, inputs: mixed, seed: 7 }));
    // The seeds in the text follow from the key, which the threads are a part of; without bagging no tree does.
    const plain = { ...cut, bagging_freq: 0, bagging_fraction: 1 };
    const [one, two] = await Promise.all(
      [1, 2].map((threads) => runNode(rankingTreesNode, { params: plain, inputs: mixed, threads })),
    );
    const treesIn = async (run: NodeRun): Promise<string | undefined> => (await textOf(run)).split('end of trees')[0];
    expect(await treesIn(two!)).toBe(await treesIn(one!));
    const store = new FileStore(join(folder, 'cut'));
    // Told at the look for one, too: cut before the second is saved.
    let saved = 0;
    const onCheckpoint = (): void => {
      if (++saved === 3) throw new Error('cut');
    };
    await expect(
      runNode(rankingTreesNode, { params: cut, inputs: mixed, store, seed: 7, host: { onCheckpoint } }),
    ).rejects.toThrow('cut');
    const resumed = await runNode(rankingTreesNode, { params: cut, inputs: mixed, store, seed: 7 });
    expect(resumed.log.join('\n')).toContain('taken up after iteration');
    expect(await textOf(resumed)).toBe(once);
  });

  test('refuses a relevance that is none, a table without any order, and a group that is a feature', async () => {
    const train = rows.filter((row) => !isHeld(row));
    const tableOf = tablesIn(folder);
    const half = await tableOf(
      'half',
      train.map((row, i) => (i === 5 ? { ...row, choice: 0.5 } : row)),
    );
    const refused = (table: typeof half, more = {}): Promise<unknown> =>
      runNode(rankingTreesNode, { params: { ...params, ...more }, inputs: { train: table, prep } });
    await expect(refused(half)).rejects.toThrow(/no relevance[\s\S]*row 5[\s\S]*0\.5/);
    const alike = await tableOf(
      'alike',
      train.map((row) => ({ ...row, choice: 1 })),
    );
    await expect(refused(alike)).rejects.toThrow('there is no order to learn');
    await expect(refused(await tableOf('plain', train), { group: 'gc' })).rejects.toThrow('is a feature at once');
    await expect(refused(await tableOf('plain', train), { group: 'query' })).rejects.toThrow('query');
  });
});

const pick = (row: TableRow): Record<string, string | number> =>
  Object.fromEntries(['mode', ...FEATURES].map((name) => [name, row[name] as string | number]));

describe('explain.shap', () => {
  test("gives each row what shap's TreeExplainer gives, sums to the score in every row, and is drawn", async () => {
    const store = new FileStore(join(folder, 'shap'));
    const { outputs } = await runNode(rankingTreesNode, { params, inputs, seed: 7, store });
    const table = await tablesIn(folder)('explained', held);
    const run = await runNode(shapNode, { store, inputs: { model: outputs['model']!, table } });
    const summary = run.outputs['summary']!.value as { rows: number; largestGap: number; scores: { features: { feature: string }[] }[] }; // prettier-ignore
    expect(summary.rows).toBe(held.length);
    expect(summary.largestGap).toBeLessThan(1e-12);
    const values = await withDatabase({}, async (database) => {
      await openTable(database, 'values', run.outputs['values']!);
      return database.rows(sql`FROM ${id('values')}`);
    });
    expect(values.length).toBe(held.length);
    values.forEach((row, i) => {
      const added = ['mode', ...FEATURES].map((name) => row[`shap ${name}`] as number);
      const sum = added.reduce((all, one) => all + one, row['expected'] as number);
      expect(Math.abs(sum - reference.scores[i]!)).toBeLessThan(1e-12);
      if (i < 20) added.forEach((one, j) => expect(one).toBeCloseTo(reference.shap[i]![j]!, 10));
    });
    expect(values[0]!['expected']).toBeCloseTo(reference.expected, 10);
    expect(summary.scores[0]!.features[0]!.feature).toBe('ttme');
    const page = await run.outputs['summary']!.text('report.html');
    expect(page).toContain('<svg');
    expect(page).toContain('How far each feature moves score');
  });
});
