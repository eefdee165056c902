import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { randomFrom } from '@trainyard/numeric';
import type { TableRow } from '@trainyard/tables';
import type { FittedTransform } from '@trainyard/transforms';
import { partsOf } from '../../core/provided-parts.js';
import { exportModel, parseCard, writeModel, type ModelSource } from '../../models/index.js';
import { ensureLightgbm } from '../../setup/lightgbm.js';
import { runNode, type NodeRun } from '../../worker/testing/index.js';
import { ensemble, ensembleParts } from '../train/kinds/ensemble.js';
import * as kinds from '../train/parts.js';
import { tablesIn } from '../train/table-of.test-part.js';
import * as train from '../train/worker.js';
import * as formats from './parts.js';

const folder = mkdtempSync(join(tmpdir(), 'exported-kinds-'));
afterAll(() => rmSync(folder, { recursive: true }));
const project = fileURLToPath(new URL('../..', import.meta.url));
const parts = partsOf([...Object.values(kinds), ...Object.values(formats)]);
const tensors = ['onnx', 'saved-model', 'tfjs'];
let exports = 0;
const exportedAs = (source: ModelSource, format: string, rows: readonly TableRow[]) =>
  exportModel({ source, format, to: join(folder, `${format}-${exports++}`), project, parts, rows: rows as never });

/** A wave: what is known at a moment, and the two values that followed. */
const LAGS = ['heat now', 'heat -1', 'heat -2'];
const random = randomFrom(3);
const heat = Array.from({ length: 130 }, (_, t) => Math.sin(t / 3) * 5 + 20 + random.uniform());
const windows: TableRow[] = heat.slice(2, -2).map((now, i) => ({
  'heat now': now,
  'heat -1': heat[i + 1]!,
  'heat -2': heat[i]!,
  class: now > 20 ? 'warm' : now > 17 ? 'mild' : 'cold',
  'heat next': JSON.stringify(heat.slice(i + 3, i + 5)),
}));
const asked = (rows: readonly TableRow[], columns = LAGS) =>
  rows.map((row) => Object.fromEntries(columns.map((name) => [name, row[name]!])));
const passed: FittedTransform = {
  format: 'trainyard.transform/2',
  rows: windows.length,
  steps: LAGS.map((column) => ({ kind: 'pass', column, type: 'number' })),
};
const scaled: FittedTransform = {
  format: 'trainyard.transform/1',
  rows: windows.length,
  steps: LAGS.map((column) => ({
    kind: 'numeric',
    column,
    fill: 20,
    center: 20,
    scale: 5,
    clip: 10,
    indicator: false,
  })),
};
const prep = { files: { 'transform.json': JSON.stringify(passed) } };
let table: Awaited<ReturnType<ReturnType<typeof tablesIn>>>;
beforeAll(async () => {
  await ensureLightgbm();
  table = await tablesIn(folder)('windows', windows);
});

describe('forecasters', () => {
  const series = { label: 'heat next' };
  const grown = { num_iterations: 8, min_data_in_leaf: 8, segment: 0, quantiles: [0.1, 0.5, 0.9] };
  const cases: readonly (readonly [string, Parameters<typeof runNode>[0], object, readonly string[]])[] = [
    ['the naive forecast', train.naiveForecastNode, {}, tensors],
    ['a net', train.forecastNetNode, { epochs: 1, quantiles: [0.1, 0.9], model: { preset: 'tcn', filters: 4, blocks: 1 } }, tensors], // prettier-ignore
    ['trees', train.forecastTreesNode, grown, ['onnx']],
    ['trees of the values themselves', train.forecastTreesNode, { ...grown, difference: 'none' }, ['onnx']],
  ];
  test.each(cases)('%s: other runtimes answer as we do, with what is missing', async (_name, node, more, can) => {
    const run = await runNode(node, { params: { ...series, ...more }, inputs: { train: table, prep } });
    // A gap in the value that is added to what is learned, and in one that is not.
    const gaps = [...asked(windows), { ...asked(windows)[0]!, 'heat now': null }, { ...asked(windows)[1]!, 'heat -2': null }]; // prettier-ignore
    for (const format of tensors) {
      const given = exportedAs(run.outputs['model']!, format, gaps);
      if (!can.includes(format)) await expect(given).rejects.toThrow(`is not exported as ${format}`);
      else expect((await given).difference, format).toBeLessThanOrEqual(1e-5);
    }
  });
});

describe('an ensemble', () => {
  const memberOf = async (run: NodeRun, weight: number, features: readonly number[]) => {
    const model = run.outputs['model']!;
    const card = parseCard(await model.text('model.json'));
    const files = Object.fromEntries(
      await Promise.all(card.files.map(async (file) => [file, await model.bytes(file)] as const)),
    );
    return { kind: card.kind, weight, features, settings: card.settings, files };
  };
  const written = async (members: Parameters<typeof ensembleParts>[1]): Promise<ModelSource> => {
    const task = { type: 'classification' as const, label: 'class', classes: ['cold', 'mild', 'warm'] };
    const { files } = await writeModel({
      kind: ensemble,
      task,
      ...ensembleParts(3, members),
      transform: scaled,
      rows: asked(windows).slice(0, 20) as never,
      ranges: {},
      metrics: {},
      training: {},
      libraries: {},
    });
    return files as never;
  };
  const trained = (node: Parameters<typeof runNode>[0], more: object) =>
    runNode(node, {
      params: { label: 'class', ...more },
      inputs: { train: table, prep: { files: { 'transform.json': JSON.stringify(scaled) } } },
    });

  test('of trees, a net and arithmetic is given as ONNX, each member by its own features', async () => {
    const members = [
      await memberOf(await trained(train.treesNode, { num_iterations: 5, min_data_in_leaf: 8, segment: 0 }), 0.5, [0, 1, 2]),
      await memberOf(await trained(train.logisticNode, {}), 0.3, [2, 1, 0]),
      await memberOf(await trained(train.bayesNode, {}), 0.2, [0, 1, 2]),
    ]; // prettier-ignore
    const mixed = await written(members);
    expect((await exportedAs(mixed, 'onnx', asked(windows))).difference).toBeLessThanOrEqual(1e-5);
    await expect(exportedAs(mixed, 'tfjs', asked(windows))).rejects.toThrow('is not exported as tfjs');
    const arithmetic = await written([{ ...members[1]!, weight: 0.6 }, { ...members[2]!, weight: 0.4 }]); // prettier-ignore
    for (const format of tensors)
      expect((await exportedAs(arithmetic, format, asked(windows))).difference, format).toBeLessThanOrEqual(1e-5);
  });
});

test('centres of clusters are distances elsewhere too', async () => {
  const run = await runNode(train.kMeansNode, {
    params: { clusters: 3 },
    inputs: { table, prep: { files: { 'transform.json': JSON.stringify(scaled) } } },
  });
  for (const format of tensors)
    expect((await exportedAs(run.outputs['model']!, format, asked(windows))).difference).toBeLessThanOrEqual(1e-5);
});

test('support vectors with a kernel for three classes are refused, with the reason', async () => {
  const run = await runNode(train.svmNode, {
    params: { label: 'class', kernel: 'rbf' },
    inputs: { train: table, prep: { files: { 'transform.json': JSON.stringify(scaled) } } },
  });
  await expect(exportedAs(run.outputs['model']!, 'onnx', asked(windows))).rejects.toThrow(
    /exported for two classes[\s\S]*coupled in a loop[\s\S]*linear support vectors/,
  );
});
