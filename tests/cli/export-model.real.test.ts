import { existsSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { STACK, TestProject } from './harness.js';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..', '..');
const config = `import { defineConfig } from 'trainyard';
export default defineConfig({
  pipelines: ['./pipelines/penguins.ts'],
  pools: { cpu: { slots: 1 } },
  temporal: { port: 0, uiPort: 0 },
  redis: { port: 0 },
  server: { port: 0 },
});
`;
const pipeline = `import { pipeline } from 'trainyard';
import * as deploy from 'trainyard/plugins/deploy';
import * as features from 'trainyard/plugins/features';
import * as ingest from 'trainyard/plugins/ingest';
import * as train from 'trainyard/plugins/train';
import { z } from 'zod';
const row = z.object({ species: z.string(), island: z.string(), bill_length_mm: z.number().nullable(), body_mass_g: z.number().nullable() });
export default pipeline('penguins', {}, async () => {
  const table = ingest.csv({ source: 'pipelines/penguins.csv', row, missing: ['NA'], otherColumns: 'drop' });
  const prep = features.fit({ table, recipe: { pass: ['island', 'bill_length_mm', 'body_mass_g'], label: 'species' } });
  const trees = train.trees({ train: table, prep, label: 'species', num_iterations: 10 });
  await deploy.endpoint({ model: trees.model, name: 'penguins', why: 'the test asks for it' });
  const filled = features.fit({ table, recipe: { numeric: ['bill_length_mm', 'body_mass_g'], label: 'species' } });
  const near = train.neighbours({ train: table, prep: filled, label: 'species' });
  await deploy.endpoint({ model: near.model, name: 'near', why: 'the test asks for it' });
  const kernel = train.svm({ train: table, prep: filled, label: 'species', kernel: 'rbf' });
  return deploy.endpoint({ model: kernel.model, name: 'kernel', why: 'the test asks for it' });
});
`;

/** A registered model leaves by the command. */
describe('trainyard models export', { timeout: 180_000 }, () => {
  const project = new TestProject(config);
  beforeAll(async () => {
    mkdirSync(path.join(project.folder, 'pipelines'), { recursive: true });
    project.write('pipelines/penguins.ts', pipeline);
    project.write(
      'pipelines/penguins.csv',
      readFileSync(path.join(root, 'examples/penguins/data/penguins.csv'), 'utf8'),
    );
    project.write('rows.json', '[{"island": "Elsewhere", "bill_length_mm": null, "body_mass_g": 3100.5}]');
    await project.dev();
    const ended = await project.run('run', 'penguins', '--json');
    expect(ended.code, ended.all).toBe(0);
  }, 180_000);
  afterAll(() => project.remove());

  it('says what to install where the runtime of a format is missing, and keeps nothing', async () => {
    const refused = await project.run('models', 'export', 'penguins', '--format', 'onnx', '--to', 'out');
    expect(refused.code).not.toBe(0);
    expect(refused.all).toContain('npm install --save-dev onnxruntime-node');
    expect(refused.all).not.toMatch(STACK);
    expect(existsSync(path.join(project.folder, 'out'))).toBe(false);
  });

  it('compares the export with the model, says how far they differ, and what goes in and comes out', async () => {
    for (const name of ['onnxruntime-node', 'onnxruntime-common'])
      symlinkSync(path.join(root, 'node_modules', name), path.join(project.folder, 'node_modules', name));
    const ended = await project.run('models', 'export', 'penguins', '1', '--format', 'onnx', '--to', 'out', '--rows', 'rows.json'); // prettier-ignore
    expect(ended.code, ended.all).toBe(0);
    expect(ended.all).toMatch(
      /onnxruntime [\d.]+ answers 21 rows as the model does; the largest difference is \S+, of 1e-9/,
    );
    const manifest = JSON.parse(project.read('out/export.json')) as Record<string, object>;
    expect(manifest).toMatchObject({
      export: 'onnx',
      input: {
        name: 'features',
        type: 'float64',
        shape: [null, 3],
        features: ['island', 'bill_length_mm', 'body_mass_g'],
      },
      output: { shape: [null, 3], numbers: ['Adelie', 'Chinstrap', 'Gentoo'] },
      transform: 'transform.json',
    });
    const again = await project.run('models', 'export', 'penguins', '--format', 'onnx', '--to', 'out');
    expect(again.all).toContain('the folder is there already');
    const text = await project.run('models', 'export', 'penguins', '--format', 'lightgbm', '--to', 'text', '--json');
    expect(JSON.parse(text.out)).toMatchObject({ model: 'penguins', version: 1, difference: 0, files: ['trees.txt'] });
  });

  it('names the formats that there are, and those that take a model', async () => {
    const ask = async (model: string, format: string): Promise<string> =>
      (await project.run('models', 'export', model, '--format', format, '--to', 'none')).all;
    expect(await ask('penguins', 'pmml')).toMatch(/no export format "pmml"[\s\S]*lightgbm: [\s\S]*onnx: /);
    expect(await ask('penguins', 'tfjs')).toMatch(/not exported as tfjs[\s\S]*one of lightgbm, onnx/);
    expect(await ask('kernel', 'onnx')).toMatch(/exported for two classes[\s\S]*3 classes[\s\S]*coupled in a loop/);
  });

  it('says nothing that TensorFlow writes while it loads', async () => {
    const ended = await project.run('models', 'export', 'near', '--format', 'tfjs', '--to', 'near');
    expect(ended.code, ended.all).toBe(0);
    expect(ended.all).toMatch(/TensorFlow.js [\d.]+ answers \d+ rows as the model does/);
    expect(ended.all).not.toMatch(/absl|oneDNN/);
  });
});
