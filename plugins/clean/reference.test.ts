import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import type { InputArtifact } from '../../core/artifact.js';
import { rowsOf, run, tableOf } from '../../tests/tables/csv-table.js';
import { isolationScore } from '@trainyard/transforms';
import type { FittedCleaning, LearningRuleInput } from './learnt/rules.js';
import { applyFittedNode, fitCleaningNode } from './worker.js';

type Rows = readonly (readonly (number | null)[])[];
interface Reference {
  readonly gaps: Rows;
  readonly knn: Readonly<Record<'uniform' | 'distance', Rows>>;
  readonly iterative: Rows;
  readonly median: Rows;
  readonly far: Rows;
  readonly scores: readonly number[];
}
const reference = JSON.parse(await readFile(new URL('reference/sklearn.json', import.meta.url), 'utf8')) as Reference;

const csvOf = (rows: Rows): string =>
  `${['a', 'b', 'c'].slice(0, rows[0]?.length).join(',')}\n${rows.map((row) => row.map((cell) => cell ?? '').join(',')).join('\n')}\n`;

async function fit(train: InputArtifact, ...rules: LearningRuleInput[]) {
  return (await run(fitCleaningNode, { params: { rules }, inputs: { train } })).output;
}

async function imputed(rows: Rows, rule: LearningRuleInput): Promise<Rows> {
  const table = await tableOf(csvOf(rows));
  const done = await run(applyFittedNode, { inputs: { table, cleaning: await fit(table, rule) } });
  return (await rowsOf(done.outputs['table'])).map((row) => ['a', 'b', 'c'].map((name) => row[name] as number | null));
}

/** Known cells are as they were, bit for bit, and the others are within so much of the reference. */
function expectNear(actual: Rows, expected: Rows, within: number): void {
  reference.gaps.forEach((row, i) =>
    row.forEach((cell, j) => {
      if (cell !== null) expect(actual[i]?.[j]).toBe(cell);
      else expect(Math.abs(actual[i]![j]! - expected[i]![j]!)).toBeLessThanOrEqual(within);
    }),
  );
}

const columns: string[] = ['a', 'b', 'c'];

test('the median is that of scikit-learn', async () => {
  expectNear(await imputed(reference.gaps, { rule: 'impute', columns, by: 'median' }), reference.median, 1e-12);
});

// scikit-learn takes squares apart for its distances, which costs it some digits.
test.each(['uniform', 'distance'] as const)('nearest neighbours, %s, are those of KNNImputer', async (weights) => {
  const rule = { rule: 'impute-neighbours', columns, neighbours: 3, weights, scale: false } as const;
  expectNear(await imputed(reference.gaps, rule), reference.knn[weights], 1e-7);
});

test('chained regressions give what IterativeImputer gives with linear regression', async () => {
  const rule = { rule: 'impute-iterative', columns, ridge: 0 } as const;
  expectNear(await imputed(reference.gaps, rule), reference.iterative, 0.05);
});

test('an isolation forest ranks rows as IsolationForest does', async () => {
  const rule: LearningRuleInput = { rule: 'outlier-rows', columns: ['a', 'b'], trees: 200, rows: 256, share: 0.05 };
  const { rules } = (await fit(await tableOf(csvOf(reference.far)), rule)).value as unknown as FittedCleaning;
  const forest = rules[0];
  if (forest?.rule !== 'isolation') throw new Error('no forest was grown');
  const ours = reference.far.map((row) => isolationScore(forest, row));
  const apart = ours.map((score, i) => Math.abs(score - reference.scores[i]!));
  expect(Math.max(...apart)).toBeLessThan(0.05);
  expect(apart.reduce((sum, one) => sum + one, 0) / apart.length).toBeLessThan(0.015);
  expect(ours.filter((score) => score > forest.threshold).length).toBe(21);
});
