import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { partsOf } from '../../core/provided-parts.js';
import { exportFormat, exportModel, type ModelSource } from '../../models/index.js';
import { ensureLightgbm } from '../../setup/lightgbm.js';
import type { TableRow } from '@trainyard/tables';
import type { FittedTransform } from '@trainyard/transforms';
import { runNode } from '../../worker/testing/index.js';
import * as kinds from '../train/parts.js';
import { inputsOf, picture, pictures, PIXELS, sequences, STEPS, word } from '../train/net/layered.test-part.js';
import { tablesIn } from '../train/table-of.test-part.js';
import { penguins } from '../train/trees/penguins.test-part.js';
import * as train from '../train/worker.js';
import * as formats from './parts.js';

const NUMBERS = ['bill_length_mm', 'bill_depth_mm', 'flipper_length_mm', 'body_mass_g'];
const TEXTS = ['species', 'island', 'sex'];
const NAMES = Object.keys(formats).length;
const rows: TableRow[] = penguins
  .filter((row) => row['sex'] !== 'NA' && row['body_mass_g'] !== 'NA')
  .map((row) =>
    Object.fromEntries([
      ...TEXTS.map((name) => [name, row[name]!] as const),
      // Gaps where the measurement is: what is missing goes its own way through trees.
      ...NUMBERS.map((name, i) => [name, Number(row[name]) % 11 === i && i < 3 ? null : Number(row[name])] as const),
    ]),
  );
const categoriesOf = (column: string): string[] => [...new Set(rows.map((row) => String(row[column])))].sort();
const filled = (...columns: string[]): FittedTransform => ({
  format: 'trainyard.transform/1',
  rows: rows.length,
  steps: columns.map((column) =>
    NUMBERS.includes(column)
      ? { kind: 'numeric', column, fill: 40, center: 190, scale: 300, clip: 100, indicator: true }
      : { kind: 'categorical', column, categories: categoriesOf(column), missing: 'feature', unknown: 'zeros' },
  ),
});
const passed = (...columns: string[]): FittedTransform => ({
  format: 'trainyard.transform/2',
  rows: rows.length,
  steps: columns.map((column) =>
    NUMBERS.includes(column)
      ? { kind: 'pass', column, type: 'number' }
      : { kind: 'pass', column, type: 'category', categories: categoriesOf(column) },
  ),
});
const prepOf = (transform: FittedTransform) => ({ files: { 'transform.json': JSON.stringify(transform) } });

const folder = mkdtempSync(join(tmpdir(), 'exports-'));
afterAll(() => rmSync(folder, { recursive: true }));
const project = fileURLToPath(new URL('../..', import.meta.url));
const parts = partsOf([...Object.values(kinds), ...Object.values(formats)]);
let table: Awaited<ReturnType<ReturnType<typeof tablesIn>>>;
beforeAll(async () => {
  await ensureLightgbm();
  // The first row says the types.
  table = await tablesIn(folder)(
    'penguins',
    rows.toSorted((a, b) => nulls(a) - nulls(b)),
  );
});
const nulls = (row: TableRow): number => Object.values(row).filter((cell) => cell === null).length;

const read = (file: string): unknown => JSON.parse(readFileSync(file, 'utf8'));
const asRows = (columns: readonly string[], of: readonly TableRow[]) =>
  of.map((row) => Object.fromEntries(columns.map((name) => [name, row[name]!])));

const net = { units: 8, layers: 2, epochs: 3, batchSize: 32 };
const grown = { num_iterations: 25, min_data_in_leaf: 8, segment: 10 };
const measures = NUMBERS.slice(0, 3);
const ofSpecies = ['island', 'sex', ...NUMBERS];
const ofMass = ['species', 'sex', ...measures];
const ofSex = ['species', 'island', ...NUMBERS];

interface Case {
  readonly name: string;
  readonly node: Parameters<typeof runNode>[0];
  readonly params: Record<string, unknown>;
  readonly transform: FittedTransform;
  readonly formats: readonly string[];
}
const tensors = ['onnx', 'saved-model', 'tfjs'];
const cases: readonly Case[] = [
  { name: 'a constant', node: train.baselineNode, params: { label: 'species' }, transform: filled(...ofSpecies), formats: tensors }, // prettier-ignore
  { name: 'logistic regression', node: train.logisticNode, params: { label: 'species' }, transform: filled(...ofSpecies), formats: tensors }, // prettier-ignore
  { name: 'linear regression', node: train.linearNode, params: { label: 'body_mass_g' }, transform: filled(...ofMass), formats: tensors }, // prettier-ignore
  { name: 'a dense net of classes', node: train.netNode, params: { label: 'species', ...net, activation: 'tanh' }, transform: filled(...ofSpecies), formats: tensors }, // prettier-ignore
  { name: 'a dense net of numbers', node: train.regressionNetNode, params: { label: 'body_mass_g', ...net }, transform: filled(...ofMass), formats: tensors }, // prettier-ignore
  { name: 'a dense net of quantiles', node: train.quantileNetNode, params: { label: 'body_mass_g', ...net, quantiles: [0.1, 0.5, 0.9] }, transform: filled(...ofMass), formats: tensors }, // prettier-ignore
  { name: 'naive Bayes', node: train.bayesNode, params: { label: 'species' }, transform: filled(...ofSpecies), formats: tensors }, // prettier-ignore
  { name: 'naive Bayes of what is there', node: train.bayesNode, params: { label: 'species', distribution: 'bernoulli' }, transform: filled(...ofSpecies), formats: tensors }, // prettier-ignore
  { name: 'nearest neighbours', node: train.neighboursNode, params: { label: 'species', k: 5 }, transform: filled(...ofSpecies), formats: tensors }, // prettier-ignore
  { name: 'nearest neighbours of numbers by distance', node: train.regressionNeighboursNode, params: { label: 'body_mass_g', k: 4, votes: 'distance', metric: 'manhattan' }, transform: filled(...ofMass), formats: tensors }, // prettier-ignore
  { name: 'linear support vectors', node: train.svmNode, params: { label: 'species', kernel: 'linear' }, transform: filled(...ofSpecies), formats: tensors }, // prettier-ignore
  { name: 'support vectors with a kernel', node: train.svmNode, params: { label: 'sex', kernel: 'rbf' }, transform: filled(...ofSex), formats: tensors }, // prettier-ignore
  { name: 'support vectors with a polynomial', node: train.svmNode, params: { label: 'sex', kernel: 'poly' }, transform: filled(...ofSex), formats: tensors }, // prettier-ignore
  { name: 'a decision tree', node: train.decisionTreeNode, params: { label: 'species' }, transform: filled(...ofSpecies), formats: ['onnx'] }, // prettier-ignore
  { name: 'boosted trees of two classes', node: train.treesNode, params: { label: 'sex', ...grown }, transform: passed(...ofSex), formats: ['lightgbm', 'onnx'] }, // prettier-ignore
  { name: 'boosted trees of three classes', node: train.treesNode, params: { label: 'species', ...grown }, transform: passed(...ofSpecies), formats: ['lightgbm', 'onnx'] }, // prettier-ignore
  { name: 'a forest', node: train.treesNode, params: { label: 'species', ...grown, boosting: 'rf', bagging_freq: 1, bagging_fraction: 0.632 }, transform: passed(...ofSpecies), formats: ['lightgbm', 'onnx'] }, // prettier-ignore
  { name: 'boosted trees of numbers', node: train.regressionTreesNode, params: { label: 'body_mass_g', ...grown, objective: 'gamma', max_cat_to_onehot: 1 }, transform: passed(...ofMass, 'island'), formats: ['lightgbm', 'onnx'] }, // prettier-ignore
  { name: 'trees of quantiles', node: train.quantileTreesNode, params: { label: 'body_mass_g', ...grown, quantiles: [0.1, 0.9] }, transform: passed(...ofMass), formats: ['lightgbm', 'onnx'] }, // prettier-ignore
];

async function exportedAs(source: ModelSource, format: string, of: readonly TableRow[]) {
  const to = join(folder, `${format}-${readdirSync(folder).length}`);
  const exported = await exportModel({ source, format, to, project, parts, rows: asRows(columnsOf(of), of) });
  return { to, exported };
}
const columnsOf = (of: readonly TableRow[]): string[] => Object.keys(of[0]!);

describe.each(cases)('$name', (one) => {
  let source: ModelSource;
  beforeAll(async () => {
    const run = await runNode(one.node, { params: one.params, inputs: { train: table, prep: prepOf(one.transform) } });
    source = run.outputs['model']!;
  });

  test.each(one.formats)('is given as %s, whose own runtime answers all rows as we do', async (format) => {
    const { to, exported } = await exportedAs(source, format, rows);
    expect(exported.rows).toBeGreaterThan(rows.length);
    expect(exported.difference).toBeLessThanOrEqual(format === 'lightgbm' ? 0 : exported.tolerance!);
    const manifest = read(join(to, 'export.json')) as { input: { shape: number[]; features: string[] } };
    expect(manifest.input.features.length).toBe(manifest.input.shape[1]);
    expect(readdirSync(to)).toEqual(
      expect.arrayContaining([...exported.files, 'transform.json', 'features-sample.json']),
    );
  });

  test('is refused in all other formats, with those that take it', async () => {
    const others = ['lightgbm', ...tensors].filter((format) => !one.formats.includes(format));
    // What takes the same models as ONNX has a test of its own.
    const takers = [...one.formats, ...(one.formats.includes('onnx') ? ['standalone'] : [])].sort();
    expect(others.length).toBe(NAMES - takers.length);
    for (const format of others) {
      const refused = exportedAs(source, format, rows);
      await expect(refused).rejects.toThrow(`is not exported as ${format}`);
      await expect(refused).rejects.toMatchObject({ expected: `one of ${takers.join(', ')}` });
    }
  });
});

test('an export that answers otherwise is told and thrown away, and a folder that is there is left alone', async () => {
  const run = await runNode(train.treesNode, {
    params: { label: 'sex', ...grown },
    inputs: { train: table, prep: prepOf(passed(...ofSex)) },
  });
  const source = run.outputs['model']!;
  // One leaf of one tree says a thousandth more.
  const bent = exportFormat({
    ...formats.onnx,
    name: 'bent',
    write: (model, how) => {
      const [first, ...others] = model.trees!.trees;
      const leaves = first!.leaves.map((leaf, i) =>
        i > 0 ? leaf : leaf.map(([k, adds]) => [k, adds + 0.001] as const),
      );
      return formats.onnx.write(
        { ...model, trees: { ...model.trees!, trees: [{ ...first!, leaves }, ...others] } },
        how,
      );
    },
  });
  const to = join(folder, 'bent');
  const options = { source, format: 'bent', to, project, parts: partsOf([...Object.values(kinds), bent]) };
  const refused = exportModel({ ...options, rows: asRows(columnsOf(rows), rows) });
  await expect(refused).rejects.toMatchObject({ code: 'TY-EXPORT-UNFIT' });
  expect(readdirSync(folder).filter((name) => name.startsWith('bent'))).toEqual([]);
  mkdirSync(to);
  await expect(exportModel(options)).rejects.toThrow('is there already');
});

const layered = [
  { name: 'convolutions', rows: pictures, columns: PIXELS, scale: 255, params: { ...picture, epochs: 1 } },
  { name: 'convolutions and means', rows: pictures, columns: PIXELS, scale: 255, params: { ...picture, epochs: 1, model: [{ layer: 'conv2d', filters: 3, stride: 2, padding: 'valid', activation: 'gelu' }, { layer: 'pool2d', of: 'mean' }, { layer: 'pool', of: 'max' }] } }, // prettier-ignore
  { name: 'attention', rows: sequences, columns: STEPS, scale: 1, params: { ...word, epochs: 1, model: { preset: 'transformer', codes: 3 } } }, // prettier-ignore
  { name: 'lstm', rows: sequences, columns: STEPS, scale: 1, params: { ...word, epochs: 1, model: [{ layer: 'embedding', codes: 3, units: 4 }, { layer: 'lstm', units: 6, gives: 'all' }, { layer: 'lstm', units: 5 }] } }, // prettier-ignore
  { name: 'gru', rows: sequences, columns: STEPS, scale: 1, params: { ...word, epochs: 1, model: [{ layer: 'embedding', codes: 3, units: 4 }, { layer: 'residual', of: [{ layer: 'layerNorm' }, { layer: 'gru', units: 4, gives: 'all' }] }, { layer: 'gru', units: 5 }] } }, // prettier-ignore
];
describe.each(layered)('a net of $name', (one) => {
  test('is given in every format of arithmetic', async () => {
    const inputs = await inputsOf(one.name, one.rows, one.columns, one.scale);
    const { outputs } = await runNode(train.layeredNetNode, { params: one.params, inputs });
    for (const format of tensors) {
      const asked = asRows(one.columns, one.rows).slice(0, 100);
      const { exported } = await exportedAs(outputs['model']!, format, asked);
      expect(exported.difference, format).toBeLessThanOrEqual(1e-5);
    }
  });
});
