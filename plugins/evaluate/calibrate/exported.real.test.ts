import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { TableRow } from '@trainyard/tables';
import type { FittedTransform } from '@trainyard/transforms';
import { partsOf, provideParts } from '../../../core/provided-parts.js';
import { exportModel, openModel } from '../../../models/index.js';
import { ensureLightgbm } from '../../../setup/lightgbm.js';
import { runNode } from '../../../worker/testing/index.js';
import * as formats from '../../exports/parts.js';
import * as kinds from '../../train/parts.js';
import { tablesIn } from '../../train/table-of.test-part.js';
import { logisticNode, treesNode } from '../../train/worker.js';
import { calibrateNode } from '../worker.js';
import { calibrated } from './calibrated-kind.js';

const folder = mkdtempSync(join(tmpdir(), 'calibrated-'));
afterAll(() => rmSync(folder, { recursive: true }));
beforeAll(() => ensureLightgbm());
const parts = partsOf([...Object.values(kinds), ...Object.values(formats), calibrated]);
provideParts(() => parts);

const rows: TableRow[] = Array.from({ length: 150 }, (_, i) => {
  const [a, b] = [i % 10, (i * 7) % 13];
  return {
    a,
    b,
    kind: ['low', 'mid', 'top'][Math.min(2, Math.floor((a + (b % 5)) / 4))]!,
    even: (a + b) % 3 > 0 ? 'yes' : 'no',
  };
});
const transform: FittedTransform = {
  format: 'trainyard.transform/2',
  rows: rows.length,
  steps: ['a', 'b'].map((column) => ({ kind: 'pass', column, type: 'number' })),
};
const filled: FittedTransform = {
  format: 'trainyard.transform/1',
  rows: rows.length,
  steps: ['a', 'b'].map((column) => ({
    kind: 'numeric',
    column,
    fill: 5,
    center: 5,
    scale: 3,
    clip: 10,
    indicator: false,
  })),
};
const forest = { num_iterations: 10, num_leaves: 4, min_data_in_leaf: 3 };
const cases = [
  { node: logisticNode, prep: filled, label: 'kind', params: {}, format: 'onnx' },
  { node: logisticNode, prep: filled, label: 'even', params: {}, format: 'onnx' },
  { node: treesNode, prep: transform, label: 'kind', params: forest, format: 'onnx' },
  { node: treesNode, prep: transform, label: 'even', params: forest, format: 'onnx' },
] as const;

for (const { node, prep, label, params, format } of cases)
  test(`a calibrated model of ${label}, ${node.contract.spec.name}, is exported as ${format}, and answers there as here`, async () => {
    const table = await tablesIn(folder)(`${label} of ${node.contract.spec.name}`, rows);
    const inputs = { train: table, prep: { files: { 'transform.json': JSON.stringify(prep) } } };
    const { outputs, store } = await runNode(node, { params: { label, ...params }, inputs });
    for (const method of ['platt', 'temperature']) {
      const run = await runNode(calibrateNode, {
        params: { method },
        inputs: { model: outputs['model']!, table },
        store,
      });
      const source = run.outputs['model']!;
      const to = join(folder, `${label} ${node.contract.spec.name} ${method}`);
      const exported = await exportModel({
        source,
        format,
        to,
        project: fileURLToPath(new URL('../../..', import.meta.url)),
        rows: rows.slice(0, 50),
        parts,
      });
      expect(exported.rows).toBe(70);
      expect(exported.difference).toBeLessThanOrEqual(exported.tolerance!);
    }
    const steps = await runNode(calibrateNode, {
      params: { method: 'isotonic' },
      inputs: { model: outputs['model']!, table },
      store,
    });
    const source = steps.outputs['model']!;
    await expect(exportModel({ source, format, to: join(folder, 'none'), project: folder, parts })).rejects.toThrow(
      'is not exported as onnx',
    );
    await (await openModel(source, parts)).dispose();
  });
