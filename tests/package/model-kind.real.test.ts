import { mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { STACK, TestProject } from '../cli/harness.js';
import { buildPlugin, root } from './packed.js';

const config = `import { defineConfig } from 'trainyard';
export default defineConfig({
  pipelines: ['./pipelines/prices.ts'],
  plugins: ['trainyard-plugin-neighbours'],
  pools: { cpu: { slots: 2 } },
  temporal: { port: 0, uiPort: 0 },
  redis: { port: 0 },
  server: { port: 0 },
});
`;
const prices = `import { pipeline } from 'trainyard';
import * as deploy from 'trainyard/plugins/deploy';
import * as features from 'trainyard/plugins/features';
import * as ingest from 'trainyard/plugins/ingest';
import { trainNeighbours } from 'trainyard-plugin-neighbours';
import { z } from 'zod';
const row = z.object({ area: z.number(), price: z.number() });
export default pipeline('prices', {}, () => {
  const table = ingest.csv({ source: 'pipelines/prices.csv', row });
  const prep = features.fit({ table, recipe: { numeric: ['area'], label: 'price' } });
  const model = trainNeighbours({ train: table, prep, label: 'price', k: 1 });
  return deploy.endpoint({ model, name: 'prices', why: 'the test asks for it' });
});
`;
const csv = ['area,price', ...Array.from({ length: 12 }, (_, i) => `${i + 1},${(i + 1) * 100.5}`)].join('\n');

/** What an author outside publishes, as its users meet it. */
describe('a model kind of a package of its own', { timeout: 180_000 }, () => {
  const project = new TestProject(config);
  const plugin = path.join(project.folder, 'node_modules', 'trainyard-plugin-neighbours');
  beforeAll(async () => {
    mkdirSync(plugin, { recursive: true });
    await buildPlugin(plugin, 'neighbours-plugin');
    project.write('pipelines/prices.ts', prices);
    project.write('pipelines/prices.csv', csv);
    await project.dev();
  }, 180_000);
  afterAll(() => project.remove());

  const run = async (): Promise<{ run: string; found: number }> => {
    const ended = await project.run('run', 'prices', '--json');
    expect(ended.code, ended.all).toBe(0);
    return JSON.parse(ended.out) as { run: string; found: number };
  };
  const ask = async (rows: readonly object[]): Promise<{ status: number; body: Record<string, unknown> }> => {
    const answer = await fetch(`${project.addresses().server}/v1/endpoints/prices/predict`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ rows }),
    });
    return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
  };

  it('is said whole in 65 lines', () => {
    const lines = ['index.ts', 'parts.ts', 'worker.ts'].flatMap((name) =>
      readFileSync(path.join(root, 'examples/neighbours-plugin', name), 'utf8')
        .trim()
        .split('\n'),
    );
    expect(lines.length).toBeLessThanOrEqual(65);
  });

  it('stands in the catalogue with the package that brings it', async () => {
    const { out, code, all } = await project.run('plugins', '--json');
    expect(code, all).toBe(0);
    const { parts } = JSON.parse(out) as { parts: { part: string; name: string; package: string }[] };
    const kinds = parts.filter(({ part }) => part === 'model kind').map(({ name, package: from }) => [name, from]);
    expect(kinds).toEqual([
      ['constant', 'trainyard'],
      ['dense net', 'trainyard'],
      ['logistic regression', 'trainyard'],
      ['nearest neighbours', 'trainyard-plugin-neighbours'],
    ]);
    expect(parts).toContainEqual(expect.objectContaining({ part: 'node', name: 'neighbours.train' }));
  });

  it('is trained, served, asked over HTTP in both protocols, and verified', async () => {
    const { run: id } = await run();
    await expect.poll(async () => (await ask([{ area: 3 }])).status, { timeout: 30_000 }).toBe(200);
    const { body } = await ask([{ area: 3.1 }, { area: 12 }]);
    expect(body).toMatchObject({ model: 'prices', predictions: [{ value: 301.5 }, { value: 1206 }] });
    expect((await ask([{ area: 'three' }])).status).toBe(422);
    const v2 = `${project.addresses().server}/v2/models/prices`;
    expect(await (await fetch(v2)).json()).toMatchObject({
      outputs: [{ name: 'value', datatype: 'FP64', shape: [-1] }],
    });
    const infer = await fetch(`${v2}/infer`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ inputs: [{ name: 'area', shape: [1], datatype: 'FP64', data: [2] }] }),
    });
    expect(await infer.json()).toMatchObject({ outputs: [{ name: 'value', shape: [1], data: [201] }] });
    const verified = await project.run('verify', id);
    expect(verified.code, verified.all).toBe(0);
    expect(verified.all).not.toMatch(STACK);
  });

  it('counts as code of the nodes that take models: an edit of it has them computed again, and no others', async () => {
    const file = path.join('node_modules', 'trainyard-plugin-neighbours', 'dist', 'parts.js');
    project.write(file, project.read(file).replace('/ nearest.length', '/ (nearest.length * 2)'));
    await run();
    await expect
      .poll(async () => JSON.stringify((await ask([{ area: 3 }])).body['predictions']), { timeout: 20_000 })
      .toContain('150.75');
    const { body } = await ask([{ area: 3 }]);
    expect(body).toMatchObject({ predictions: [{ value: 150.75 }] });
  });
});
