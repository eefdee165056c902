import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openModel } from '../../../models/index.js';
import { ensureLightgbm } from '../../../setup/lightgbm.js';
import { sql, withDatabase, writeTable, type TableOutput, type TableRow } from '@trainyard/tables';
import { FileStore } from '../../../store/files.js';
import type { FittedTransform } from '@trainyard/transforms';
import { runNode, type NodeRun } from '../../../worker/testing/index.js';
import { TREES_FILE } from '../kinds/trees.js';
import { baselineNode } from '../worker.js';
import { penguins } from './penguins.test-part.js';
import { quantileTreesNode } from './quantiles.js';
import { regressionTreesNode, treesNode } from './train.js';

const NUMBERS = ['bill_length_mm', 'bill_depth_mm', 'flipper_length_mm', 'body_mass_g'];
const rows: TableRow[] = penguins.map((row) =>
  Object.fromEntries(
    ['species', 'island', 'sex', ...NUMBERS].map((name) => {
      const cell = row[name]!;
      return [name, cell === 'NA' ? null : NUMBERS.includes(name) ? Number(cell) : cell];
    }),
  ),
);
const prepOf = (...columns: string[]): { files: { 'transform.json': string } } => {
  const transform: FittedTransform = {
    format: 'trainyard.transform/2',
    rows: rows.length,
    steps: columns.map((column) => {
      const categories = [...new Set(penguins.map((row) => row[column]!))].filter((cell) => cell !== 'NA').sort();
      return NUMBERS.includes(column)
        ? { kind: 'pass', column, type: 'number' }
        : { kind: 'pass', column, type: 'category', categories };
    }),
  };
  return { files: { 'transform.json': JSON.stringify(transform) } };
};

const folder = mkdtempSync(join(tmpdir(), 'trees-'));
afterAll(() => rmSync(folder, { recursive: true }));
let tables = 0;
async function tableOf(of: readonly TableRow[]): Promise<TableOutput> {
  const columns = Object.keys(of[0]!).map((name) => {
    const type = of.some((row) => typeof row[name] === 'number') ? ('number' as const) : ('text' as const);
    return { name, type };
  });
  return withDatabase({}, async (database) => {
    await database.insert('given', columns, of);
    return writeTable(database, sql`FROM given`, folder, `table${tables++}`);
  });
}

const parts: Record<'species' | 'sex' | 'body_mass_g', { train: TableOutput; validation: TableOutput }> = {} as never;
beforeAll(async () => {
  await ensureLightgbm();
  for (const label of ['species', 'sex', 'body_mass_g'] as const) {
    const known = rows.filter((row) => row[label] !== null);
    const train = await tableOf(known.filter((_, i) => i % 3 > 0));
    parts[label] = { train, validation: await tableOf(known.filter((_, i) => i % 3 === 0)) };
  }
}, 60_000);

const species = prepOf('island', 'sex', ...NUMBERS);
const sex = prepOf('island', 'species', ...NUMBERS);
const mass = prepOf('island', 'species', 'sex', ...NUMBERS.slice(0, 3));
const quick = { num_iterations: 40, learning_rate: 0.15, min_data_in_leaf: 8 };
const textOf = (run: NodeRun): Promise<string> => run.outputs['model']!.text(TREES_FILE);
const figuresOf = (run: NodeRun) => run.outputs['figures']!.value as Record<string, number> & { on: string };
const growthOf = (run: NodeRun) =>
  run.outputs['growth']!.value as {
    iterations: number;
    bestIteration: number;
    stopped: string;
    diagnosis: string[];
    importance: { feature: string; gain: number; splits: number }[];
  };

describe('train.trees', () => {
  test.each([
    { label: 'species', prep: species },
    { label: 'sex', prep: sex },
  ] as const)(
    'learns $label from columns with gaps and categories, and answers as its figures say',
    async ({ label, prep }) => {
      const inputs = { ...parts[label], prep };
      const run = await runNode(treesNode, { params: { label, ...quick }, inputs });
      const filled = prepOf();
      const base = await runNode(baselineNode, { params: { label }, inputs: { ...parts[label], prep: filled } });
      expect(figuresOf(run)).toMatchObject({ on: 'validation' });
      expect(figuresOf(run)['accuracy']).toBeGreaterThan(label === 'species' ? 0.97 : 0.85);
      expect(figuresOf(run)['logLoss']!).toBeLessThan(figuresOf(base)['logLoss']! / 2);

      const model = await openModel(run.outputs['model']!);
      const held = rows.filter((row) => row[label] !== null).filter((_, i) => i % 3 === 0);
      const asked = held.map((row) => Object.fromEntries(model.card.inputs.map(({ name }) => [name, row[name]])));
      const answers = await model.predict(asked);
      const right = answers.filter((answer, i) => answer.label === held[i]![label]).length;
      expect(right / held.length).toBe(figuresOf(run)['accuracy']);
      const alone = await Promise.all(asked.map((row) => model.predict([row])));
      expect(alone.flat()).toEqual(answers);
      expect(model.card.libraries).toHaveProperty('lightgbm');
      await model.dispose();

      const { importance, diagnosis } = growthOf(run);
      expect(importance[0]!.gain).toBeGreaterThan(importance.at(-1)!.gain);
      expect(diagnosis.length).toBeGreaterThan(0);
      expect(run.progress.at(-1)!.message).toMatch(/iteration 40 of 40: logLoss .*, validation .*; at most .* left/);
      expect(run.reports.length).toBe(40);
    },
    60_000,
  );

  test('gives the same model for the same seed and another for another; goss and quantized gradients keep to one thread', async () => {
    const inputs = { ...parts.sex, prep: sex };
    const params = { label: 'sex', ...quick, num_iterations: 10 };
    const bagged = { ...params, bagging_fraction: 0.7, bagging_freq: 1 };
    const one = await textOf(await runNode(treesNode, { params: bagged, inputs }));
    expect(await textOf(await runNode(treesNode, { params: bagged, inputs }))).toBe(one);
    expect(await textOf(await runNode(treesNode, { params: bagged, inputs, seed: 1 }))).not.toBe(one);
    for (const more of [{ data_sample_strategy: 'goss' }, { use_quantized_grad: true }]) {
      const two = await runNode(treesNode, { params: { ...params, ...more }, inputs, threads: 2 });
      expect(two.log.join()).toContain('trained on one thread instead of 2');
    }
  }, 60_000);

  test('stops early by the validation loss and keeps the trees of the best iteration', async () => {
    const inputs = { ...parts.sex, prep: sex };
    const params = { label: 'sex', num_iterations: 400, learning_rate: 0.4, early_stopping_round: 15, segment: 20 };
    const run = await runNode(treesNode, { params, inputs });
    const { iterations, bestIteration, stopped } = growthOf(run);
    expect(stopped).toBe('the validation loss did not fall for 15 iterations');
    expect(iterations).toBe(bestIteration + 15);
    expect((await textOf(run)).match(/^Tree=/gm)).toHaveLength(bestIteration);
    const report = JSON.parse(await run.outputs['growth']!.text('report.json')) as {
      curves: { validationLoss: number }[];
    };
    const losses = report.curves.map(({ validationLoss }) => validationLoss);
    expect(losses.indexOf(Math.min(...losses)) + 1).toBe(bestIteration);
    expect(figuresOf(run)['logLoss']).toBeCloseTo(losses[bestIteration - 1]!, 9);
  }, 60_000);

  test('class weights move the answers, and weights of rows do', async () => {
    const inputs = { ...parts.species, prep: species };
    const plain = await runNode(treesNode, { params: { label: 'species', ...quick }, inputs });
    const heavy = await runNode(treesNode, {
      params: { label: 'species', ...quick, classWeights: { Chinstrap: 20 } },
      inputs,
    });
    expect(await textOf(heavy)).not.toBe(await textOf(plain));
  }, 60_000);

  test('ten rows and min_data_in_leaf 20 end in a constant, which is said with what to do', async () => {
    const few = await tableOf(rows.filter((row) => row['sex'] !== null).slice(0, 10));
    const run = await runNode(treesNode, { params: { label: 'sex' }, inputs: { train: few, prep: sex } });
    expect(growthOf(run).diagnosis[0]).toMatch(
      /No split was found[\s\S]*10 training rows[\s\S]*lower min_data_in_leaf/,
    );
    expect(run.log.join('\n')).toContain('No split was found');
  });
});

describe('train.regressionTrees', () => {
  const inputs = () => ({ ...parts.body_mass_g, prep: mass });

  test('learns numbers, and its model answers as its figures say', async () => {
    const run = await runNode(regressionTreesNode, { params: { label: 'body_mass_g', ...quick }, inputs: inputs() });
    expect(figuresOf(run)['rmse']).toBeLessThan(340);
    expect(figuresOf(run)['r2']).toBeGreaterThan(0.8);
    const model = await openModel(run.outputs['model']!);
    const held = rows.filter((row) => row['body_mass_g'] !== null).filter((_, i) => i % 3 === 0);
    const answers = await model.score(held);
    const squares = held.map((row, i) => (Number(row['body_mass_g']) - answers[i]!) ** 2);
    expect(Math.sqrt(squares.reduce((a, b) => a + b, 0) / held.length)).toBeCloseTo(figuresOf(run)['rmse']!, 9);
    await model.dispose();
  }, 60_000);

  test('a quantile lies below its share of the training rows, and a monotone feature never falls', async () => {
    const params = { label: 'body_mass_g', ...quick };
    const train = { train: parts.body_mass_g.train, prep: mass };
    const high = await runNode(regressionTreesNode, {
      params: { ...params, objective: 'quantile', alpha: 0.9 },
      inputs: train,
    });
    const model = await openModel(high.outputs['model']!);
    const known = rows.filter((row) => row['body_mass_g'] !== null).filter((_, i) => i % 3 > 0);
    const answers = await model.score(known);
    const below = known.filter((row, i) => Number(row['body_mass_g']) <= answers[i]!).length / known.length;
    expect(below).toBeGreaterThan(0.82);
    expect(below).toBeLessThan(0.98);
    await model.dispose();

    const constrained = { ...params, monotone_constraints: { flipper_length_mm: 1 } };
    const monotone = await runNode(regressionTreesNode, { params: constrained, inputs: train });
    const riser = await openModel(monotone.outputs['model']!);
    const longer = Array.from({ length: 60 }, (_, i) => ({ ...known[0]!, flipper_length_mm: 170 + i }));
    const rising = await riser.score(longer);
    expect([...rising]).toEqual([...rising].sort((a, b) => a - b));
    expect(rising[59]).toBeGreaterThan(rising[0]!);
    await riser.dispose();
  }, 60_000);

  test.each([
    { name: 'no number', value: null, expected: /no number for its label[\s\S]*row 4/ },
    { name: 'infinite', value: Infinity, expected: /no number for its label[\s\S]*row 4/ },
    { name: 'beyond single precision', value: 1e300, expected: /single precision[\s\S]*becomes Infinity/ },
  ])('a label that is $name is refused with its row', async ({ value, expected }) => {
    const some = rows.filter((row) => row['body_mass_g'] !== null).slice(0, 60);
    const train = await tableOf(some.map((row, i) => (i === 4 ? { ...row, body_mass_g: value } : row)));
    const params = { label: 'body_mass_g' };
    await expect(runNode(regressionTreesNode, { params, inputs: { train, prep: mass } })).rejects.toThrow(expected);
  });

  test('labels that single precision does not tell apart are refused', async () => {
    const known = rows.filter((row) => row['body_mass_g'] !== null).slice(0, 60);
    const train = await tableOf(known.map((row, i) => ({ ...row, body_mass_g: 1_764_547_200 + i })));
    await expect(
      runNode(regressionTreesNode, { params: { label: 'body_mass_g' }, inputs: { train, prep: mass } }),
    ).rejects.toThrow(/single precision[\s\S]*subtract a constant/);
  });
});

test('several quantiles at once: they never cross, hold their shares, and killed between them end with the same bytes', async () => {
  const inputs = { ...parts.body_mass_g, prep: mass };
  const params = { label: 'body_mass_g', quantiles: [0.1, 0.5, 0.9], ...quick, segment: 15 };
  const run = await runNode(quantileTreesNode, { params, inputs });
  const figures = figuresOf(run);
  expect(figures['coverage']).toBeGreaterThan(0.6);
  expect(figures['crossing']).toBe(0);
  const model = await openModel(run.outputs['model']!);
  const held = rows.filter((row) => row['body_mass_g'] !== null).filter((_, i) => i % 3 === 0);
  const answers = await model.score(held);
  for (let at = 0; at < answers.length; at += 3)
    expect(answers[at]! <= answers[at + 1]! && answers[at + 1]! <= answers[at + 2]!).toBe(true);
  expect(await model.score(held.slice(4, 5))).toEqual(answers.slice(12, 15));
  await model.dispose();
  const { quantiles } = run.outputs['growth']!.value as unknown as { quantiles: { quantile: number }[] };
  expect(quantiles.map(({ quantile }) => quantile)).toEqual([0.1, 0.5, 0.9]);

  // In the second of them, between two of its checkpoints.
  const store = new FileStore(join(folder, 'killed'));
  const progress = (share: number): void => {
    if (share > 1.5 / 3) throw new Error('killed');
  };
  await expect(runNode(quantileTreesNode, { params, inputs, store, host: { progress } })).rejects.toThrow('killed');
  const resumed = await runNode(quantileTreesNode, { params, inputs, store });
  expect(resumed.log.filter((line) => line.startsWith('taken up'))).toEqual([
    'taken up after iteration 40',
    'taken up after iteration 15',
  ]);
  expect(resumed.outputs['model']!.ref.digest).toBe(run.outputs['model']!.ref.digest);
  expect(resumed.outputs['growth']!.value).toEqual(run.outputs['growth']!.value);
}, 60_000);

describe('what LightGBM would take without a word is refused', () => {
  const cases: { name: string; params: object; expected: RegExp }[] = [
    { name: 'a mistyped parameter', params: { num_leafs: 5 }, expected: /no parameter num_leafs; [\s\S]*num_leaves/ },
    { name: 'a parameter by another name', params: { n_estimators: 5 }, expected: /it is called num_iterations/ },
    { name: 'the seed', params: { seed: 5 }, expected: /the seed is the run’s/ },
    {
      name: 'early stopping with dart',
      params: { boosting: 'dart', early_stopping_round: 5 },
      expected: /dart has no early stopping/,
    },
    {
      name: 'a forest on all rows',
      params: { boosting: 'rf' },
      expected: /a forest needs rows drawn[\s\S]*bagging_freq: 1/,
    },
    {
      name: 'bagging that does nothing',
      params: { bagging_fraction: 0.5 },
      expected: /does nothing while bagging_freq is 0/,
    },
    {
      name: 'a constraint on nothing',
      params: { monotone_constraints: { bill_lenght_mm: 1 } },
      expected: /bill_length_mm/,
    },
    { name: 'a constraint on a category', params: { monotone_constraints: { island: 1 } }, expected: /is a category/ },
  ];
  test.each(cases)('$name', async ({ params, expected }) => {
    const inputs = { ...parts.species, prep: species };
    await expect(runNode(treesNode, { params: { label: 'species', ...params }, inputs })).rejects.toThrow(expected);
  });

  test('early stopping without validation rows', async () => {
    const inputs = { train: parts.species.train, prep: species };
    const params = { label: 'species', early_stopping_round: 5 };
    await expect(runNode(treesNode, { params, inputs })).rejects.toThrow(/needs validation rows/);
  });

  test('the label among the features', async () => {
    const inputs = { ...parts.species, prep: prepOf('species', ...NUMBERS) };
    await expect(runNode(treesNode, { params: { label: 'species' }, inputs })).rejects.toThrow(
      /label and a feature at once/,
    );
  });

  test('one class only, and a label of its own for each row', async () => {
    const one = await tableOf(rows.filter((row) => row['species'] === 'Adelie'));
    await expect(
      runNode(treesNode, { params: { label: 'species' }, inputs: { train: one, prep: species } }),
    ).rejects.toThrow(/of one class/);
    const each = await tableOf(rows.map((row, i) => ({ ...row, species: `bird ${i}` })));
    await expect(
      runNode(treesNode, { params: { label: 'species' }, inputs: { train: each, prep: species } }),
    ).rejects.toThrow(/train.regressionTrees/);
  });
});
