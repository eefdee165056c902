import { beforeAll, describe, expect, test } from 'vitest';
import { readRows, TABLE_FILE, withDatabase } from '@trainyard/tables';
import type { FittedTransform } from '@trainyard/transforms';
import { openModel } from '../../../models/index.js';
import { runNode, tableOf, type NodeRun, type TestArtifact, type TestRow } from '../../../worker/testing/index.js';
import { penguins } from '../trees/penguins.test-part.js';
import * as nodes from '../worker.js';

const NUMBERS = ['bill_length_mm', 'bill_depth_mm', 'flipper_length_mm', 'body_mass_g'];
const rows: TestRow[] = penguins
  .filter((row) => NUMBERS.every((name) => row[name] !== 'NA') && row['sex'] !== 'NA')
  .map((row) => ({
    species: row['species']!,
    same: 3,
    weight: row['sex'] === 'male' ? 2 : 1,
    ...Object.fromEntries(NUMBERS.map((name) => [name, Number(row[name])])),
  }));
const isHeld = (i: number): boolean => i % 3 === 0;
/** Validation lacks a class. */
const asked = rows.filter((row, i) => isHeld(i) && row['species'] !== 'Chinstrap');

/** Numbers with mean 0 and variance 1; as they are where `scaled` is false. */
function prepOf(columns: readonly string[], { scaled = true } = {}): TestArtifact {
  const steps = columns.map((column) => {
    const values = rows.map((row) => Number(row[column]));
    const center = values.reduce((a, b) => a + b, 0) / values.length;
    const scale = Math.sqrt(values.reduce((a, b) => a + (b - center) ** 2, 0) / values.length);
    const scaling = scaled && scale > 0 ? { center, scale } : { center: 0, scale: 1 };
    return { kind: 'numeric' as const, column, fill: 0, ...scaling, clip: 1e300, indicator: false };
  });
  const transform: FittedTransform = { format: 'trainyard.transform/1', rows: rows.length, steps };
  return { files: { 'transform.json': JSON.stringify(transform) } };
}

/** A row as a request brings it. */
const only = (row: TestRow, names: readonly string[]): TestRow =>
  Object.fromEntries(names.map((name) => [name, row[name]!]));

const three = NUMBERS.slice(0, 3);
let parts: { train: TestArtifact; validation: TestArtifact };
beforeAll(async () => {
  parts = { train: await tableOf(rows.filter((_, i) => !isHeld(i))), validation: await tableOf(asked) };
});

type Node = Parameters<typeof runNode>[0];
const figuresOf = (run: NodeRun) => run.outputs['figures']!.value as Record<string, number> & { on: string };

test.each<{ name: string; node: Node; params?: object }>([
  { name: 'naive Bayes', node: nodes.bayesNode, params: { weight: 'weight' } },
  { name: 'neighbours', node: nodes.neighboursNode, params: { votes: 'distance', k: 9 } },
  { name: 'linear svm', node: nodes.svmNode, params: { kernel: 'linear' } },
  { name: 'rbf svm', node: nodes.svmNode, params: { classWeights: 'balanced' } },
  { name: 'decision tree', node: nodes.decisionTreeNode, params: { depth: 4, weight: 'weight' } },
  { name: 'sparse logistic regression', node: nodes.logisticNode, params: { l1: 1, l2: 0 } },
])(
  'classes, beside a constant feature: $name, whose model answers as its figures say on rows that lack a class',
  async ({ node, params }) => {
    const inputs = { ...parts, prep: prepOf([...NUMBERS, 'same']) };
    const run = await runNode(node, { params: { label: 'species', ...params }, inputs });
    expect(figuresOf(run)).toMatchObject({ on: 'validation' });
    expect(figuresOf(run)['accuracy']).toBeGreaterThan(0.9);
    const model = await openModel(run.outputs['model']!);
    const answers = await model.predict(asked.map((row) => only(row, [...NUMBERS, 'same'])));
    const right = answers.filter((answer, i) => answer.label === asked[i]!['species']).length;
    expect(right / asked.length).toBe(figuresOf(run)['accuracy']);
    await model.dispose();
  },
);

test.each<{ name: string; node: Node; params?: object }>([
  { name: 'elastic net', node: nodes.linearNode, params: { l1: 100, l2: 5, weight: 'weight' } },
  { name: 'neighbours', node: nodes.regressionNeighboursNode, params: { k: 7 } },
  { name: 'decision tree', node: nodes.regressionDecisionTreeNode, params: { minLeaf: 10 } },
])('numbers, beside a constant feature: $name, whose model answers as its figures say', async ({ node, params }) => {
  const inputs = { ...parts, prep: prepOf([...three, 'same']) };
  const run = await runNode(node, { params: { label: 'body_mass_g', ...params }, inputs });
  expect(figuresOf(run)['r2']).toBeGreaterThan(0.7);
  const model = await openModel(run.outputs['model']!);
  const answers = await model.score(asked);
  const squares = asked.map((row, i) => (Number(row['body_mass_g']) - answers[i]!) ** 2);
  expect(Math.sqrt(squares.reduce((a, b) => a + b, 0) / asked.length)).toBeCloseTo(figuresOf(run)['rmse']!, 9);
  await model.dispose();
});

test('the same seed gives the same bytes, another other probabilities; a class of one row, which cannot be held out, has some', async () => {
  const few = rows
    .slice(0, 60)
    .map((row, i) => ({ ...row, species: i < 25 ? 'Adelie' : i === 30 ? 'Macaroni' : 'Dove' }));
  const inputs = { train: await tableOf(few), prep: prepOf(NUMBERS) };
  const trained = async (seed: number): Promise<string> => {
    const run = await runNode(nodes.svmNode, { params: { label: 'species' }, inputs, seed });
    expect(figuresOf(run)['logLoss']).toBeLessThan(2);
    return Buffer.from(await run.outputs['model']!.bytes('weights.bin')).toString('base64');
  };
  const one = await trained(1);
  expect(await trained(1)).toBe(one);
  expect(await trained(2)).not.toBe(one);
});

describe('k-means', () => {
  test('numbers the clusters of the rows, and its model’s nearest centre is the number', async () => {
    const table = await tableOf(rows);
    const run = await runNode(nodes.kMeansNode, { params: { clusters: 3 }, inputs: { table, prep: prepOf(NUMBERS) } });
    const { sizes, explained } = run.outputs['clusters']!.value as { sizes: number[]; explained: number };
    expect(sizes.reduce((a, b) => a + b, 0)).toBe(rows.length);
    expect(explained).toBeGreaterThan(0.6);
    const file = await run.outputs['table']!.path(TABLE_FILE);
    const written = await withDatabase({}, (database) => readRows<TestRow>(database, file));
    expect(written.map((row) => row['body_mass_g'])).toEqual(rows.map((row) => row['body_mass_g']));
    const model = await openModel(run.outputs['model']!);
    const answers = (await model.predict(rows.map((row) => only(row, NUMBERS)))) as unknown as { vector: number[] }[];
    expect(answers.map(({ vector }) => vector.indexOf(Math.min(...vector)))).toEqual(
      written.map((row) => Number(row['cluster'])),
    );
    await model.dispose();
  });

  test('more clusters than rows, and a column of that name, are refused', async () => {
    const inputs = { table: await tableOf(rows.slice(0, 4)), prep: prepOf(NUMBERS) };
    await expect(runNode(nodes.kMeansNode, { params: { clusters: 5 }, inputs })).rejects.toThrow(
      /fewer rows than the 5 clusters[\s\S]*1 to 4/,
    );
    const twice = { table: await tableOf([rows[0]!, rows[1]!, rows[0]!, rows[1]!]), prep: prepOf(NUMBERS) };
    await expect(runNode(nodes.kMeansNode, { params: { clusters: 3 }, inputs: twice })).rejects.toThrow(
      /fewer different rows than the 3 clusters[\s\S]*1 to 2/,
    );
    await expect(runNode(nodes.kMeansNode, { params: { clusters: 2, as: 'Species' }, inputs })).rejects.toThrow(
      /has a column "Species" already/,
    );
  });
});

describe('what cannot be learned is refused, with what to do', () => {
  const some = rows.filter((_, i) => i % 5 === 0);
  const huge = (column: string) => some.map((row, i) => (i === 2 ? { ...row, [column]: 1e300 } : row));
  const light = some.map((row) => ({ ...row, species: Number(row['body_mass_g']) > 4200 ? 1 : 0 }));
  const leaking = prepOf(['species', ...NUMBERS], { scaled: false });
  const unscaled = prepOf(NUMBERS, { scaled: false });
  const steps = [{ kind: 'pass', column: 'bill_length_mm', type: 'number' }];
  const passed: TestArtifact = {
    files: { 'transform.json': JSON.stringify({ format: 'trainyard.transform/2', rows: 3, steps }) },
  };
  const LEAK = /label and a feature at once/;
  const learned = (
    node: Node,
    what: string,
    of: readonly TestRow[],
    prep: TestArtifact,
    expected: RegExp,
    more = {},
  ) => ({
    name: `${node.contract.spec.name}: ${what}`,
    node,
    params: { label: /regression|linear/.test(node.contract.spec.name) ? 'body_mass_g' : 'species', ...more },
    of,
    prep,
    expected,
  });
  const plain = prepOf(three);
  test.each([
    learned(nodes.bayesNode, 'one class only', some.slice(0, 9), plain, /all rows[\s\S]*one class, "Adelie"/),
    learned(
      nodes.bayesNode,
      'a feature of 1e300',
      huge('bill_depth_mm'),
      unscaled,
      /too large[\s\S]*row 2[\s\S]*scale and/,
    ),
    learned(nodes.bayesNode, 'missing values', some, passed, /takes no missing values[\s\S]*recipe.pass/),
    learned(nodes.bayesNode, 'the label among the features', light, leaking, LEAK),
    learned(nodes.bayesNode, 'numbers that are no counts', some, plain, /takes counts[\s\S]*row 0[\s\S]*gaussian/, {
      distribution: 'multinomial',
    }),
    learned(nodes.neighboursNode, 'the label among the features', light, leaking, LEAK),
    learned(nodes.neighboursNode, 'more neighbours than rows', some, plain, /fewer training rows than the 500/, {
      k: 500,
    }),
    learned(nodes.svmNode, 'the label among the features', light, leaking, LEAK),
    learned(nodes.decisionTreeNode, 'the label among the features', light, leaking, LEAK),
    learned(nodes.logisticNode, 'the label among the features', light, leaking, LEAK),
    learned(nodes.logisticNode, 'no penalty', some, plain, /without a penalty[\s\S]*small l2/, { l2: 0 }),
    learned(nodes.linearNode, 'one row', some.slice(0, 1), plain, /one row, from which nothing can be learned/),
    learned(nodes.linearNode, 'a label of 1e300', huge('body_mass_g'), plain, /label is too large[\s\S]*row 2/),
    learned(nodes.linearNode, 'the label among the features', some, prepOf(NUMBERS), LEAK),
    learned(nodes.linearNode, 'missing values', some, passed, /takes no missing values/),
    learned(nodes.regressionNeighboursNode, 'the label among the features', some, prepOf(NUMBERS), LEAK),
    learned(nodes.regressionDecisionTreeNode, 'the label among the features', some, prepOf(NUMBERS), LEAK),
    learned(nodes.netNode, 'the label among the features', light, leaking, LEAK),
    learned(nodes.regressionNetNode, 'the label among the features', some, prepOf(NUMBERS), LEAK),
    learned(nodes.quantileNetNode, 'the label among the features', light, leaking, LEAK),
    learned(nodes.multiLabelNetNode, 'the label among the features', light, leaking, LEAK),
  ])('$name', async ({ node, params, of, prep, expected }) => {
    await expect(runNode(node, { params, inputs: { train: await tableOf(of), prep } })).rejects.toThrow(expected);
  });

  test('a feature of 1e300 in validation rows', async () => {
    const inputs = { train: await tableOf(some), validation: await tableOf(huge('bill_depth_mm')), prep: unscaled };
    await expect(runNode(nodes.bayesNode, { params: { label: 'species' }, inputs })).rejects.toThrow(
      /too large[\s\S]*validation[\s\S]*row 2/,
    );
  });
});
