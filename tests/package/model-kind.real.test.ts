import { mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { STACK, TestProject } from '../cli/harness.js';
import * as ofEvaluation from '../../plugins/evaluate/parts.js';
import * as ofTraining from '../../plugins/train/parts.js';
import { buildPlugin, root } from './packed.js';

const config = `import { defineConfig } from 'trainyard';
export default defineConfig({
  pipelines: ['./pipelines/prices.ts', './pipelines/homes.ts'],
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

const homes = `import { gate, pipeline } from 'trainyard';
import * as deploy from 'trainyard/plugins/deploy';
import * as evaluate from 'trainyard/plugins/evaluate';
import * as features from 'trainyard/plugins/features';
import * as ingest from 'trainyard/plugins/ingest';
import * as monitor from 'trainyard/plugins/monitor';
import * as split from 'trainyard/plugins/split';
import { trainNeighbours } from 'trainyard-plugin-neighbours';
import { z } from 'zod';
const row = z.object({ area: z.number(), price: z.number() });
const params = z.object({ k: z.number().int().default(3), enough: z.number().default(1e6) });
export default pipeline('homes', { params }, async ({ k, enough }) => {
  const table = ingest.csv({ source: 'pipelines/homes.csv', row });
  const parts = split.random({ table, test: 0.25, validation: 0 });
  const prep = features.fit({ table: parts.train, recipe: { numeric: ['area'], label: 'price' } });
  const model = trainNeighbours({ train: parts.train, prep, label: 'price', k });
  const report = evaluate.final({ model, test: parts.test, slices: ['area'] }, { reason: 'the test asks for it' });
  if (!(await gate(report, (figures) => figures.rmse, { threshold: enough }))) return { why: 'not good enough' };
  const serving = (await deploy.current({ name: 'homes' })).value;
  if (serving?.model) {
    const duel = evaluate.challenge({ challenger: model, champion: serving.model, test: parts.test, rule: 'not worse' }, { reason: 'the test asks for it' });
    if (!(await gate(duel, ({ verdict }) => verdict === 'promote', 'duel'))) return { why: (await duel).value?.reasons[0] };
  }
  const deployed = deploy.endpoint({ model, name: 'homes', evidence: report, why: 'the test asks for it' });
  await deployed;
  monitor.endpoint({ name: 'homes', model, reference: parts.train, window: 20, every: 500 });
  return deployed;
});
`;
const priceOf = (area: number): number => area * 100 + Math.round(400 * Math.sin(area));
const homesCsv = ['area,price', ...Array.from({ length: 120 }, (_, i) => `${i + 1},${priceOf(i + 1)}`)].join('\n');

/** What an author outside publishes, as its users meet it. */
describe('a model kind of a package of its own', { timeout: 180_000 }, () => {
  const project = new TestProject(config);
  const plugin = path.join(project.folder, 'node_modules', 'trainyard-plugin-neighbours');
  beforeAll(async () => {
    mkdirSync(plugin, { recursive: true });
    await buildPlugin(plugin, 'neighbours-plugin');
    project.write('pipelines/prices.ts', prices);
    project.write('pipelines/prices.csv', csv);
    project.write('pipelines/homes.ts', homes);
    project.write('pipelines/homes.csv', homesCsv);
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
    const own = Object.values({ ...ofTraining, ...ofEvaluation })
      .filter(({ part }) => part === 'model kind')
      .map(({ name }): [string, string] => [name, 'trainyard']);
    const expected: [string, string][] = [...own, ['nearest neighbours', 'trainyard-plugin-neighbours']];
    expect(kinds).toEqual(expected.sort(([one], [other]) => (one < other ? -1 : 1)));
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

  describe('is measured as its task is, all its life', () => {
    const server = (): string => project.addresses().server;
    const keyOf = (): string =>
      (JSON.parse(project.read('.trainyard/keys.json')) as { keys: { key: string }[] }).keys[0]!.key;
    const textOf = async (at: string): Promise<string> => (await fetch(`${server()}${at}`)).text();
    const post = (at: string, body: object, headers: Record<string, string> = {}): Promise<Response> =>
      fetch(`${server()}/v1/endpoints/homes/${at}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${keyOf()}`, ...headers },
        body: JSON.stringify(body),
      });

    it('a gate holds its error against the most that is good enough, and keeps it out', async () => {
      const ended = await project.run('run', 'homes', '-p', 'enough=1');
      expect(ended.code, ended.all).toBe(0);
      expect(ended.all).toContain('not good enough');
      expect(ended.all).toContain('rmse ≤ 1');
      expect(ended.all).toMatch(/^rmse \d+(\.\d+)?$/m);
    });

    it('it is evaluated, registered and served, and lists show the figures of numbers', async () => {
      const ended = await project.run('run', 'homes', '--json');
      expect(ended.code, ended.all).toBe(0);
      const models = await project.run('models', 'homes');
      expect(models.all).toMatch(/rmse [\d.]+, mae [\d.]+, r2 0\.\d+ on \d+ rows/);
      expect(await textOf('/models/homes')).toMatch(/rmse [\d.]+, mae [\d.]+, r2 0\.\d+ on \d+ rows/);
      expect((await project.run('runs')).all).toMatch(/rmse [\d.]+/);
      const verified = await project.run('verify', (JSON.parse(ended.out) as { run: string }).run);
      expect(verified.code, verified.all).toBe(0);
    });

    it('outcomes are numbers, and a window of the monitor has the error on them', async () => {
      await expect.poll(async () => (await post('predict', { rows: [{ area: 3 }] })).status).toBe(200);
      const wrong = await post('outcomes', { requestId: 'w', label: 'much' });
      expect(wrong.status).toBe(422);
      expect(await wrong.text()).toContain('a number');
      const areas = Array.from({ length: 19 }, (_, i) => 5 * i + 2.2);
      // Known before the window is closed: each outcome, beforehand.
      const outcomes = areas.map((area, row) => ({ requestId: 'w', row, label: priceOf(area) }));
      expect(await (await post('outcomes', { outcomes })).json()).toMatchObject({ recorded: 19 });
      const asked = await post('predict', { rows: areas.map((area) => ({ area })) }, { 'x-request-id': 'w' });
      const { predictions } = (await asked.json()) as { predictions: { value: number }[] };
      const squares = predictions.map(({ value }, i) => (value - priceOf(areas[i]!)) ** 2);
      const rmse = Math.sqrt(squares.reduce((sum, one) => sum + one, 0) / squares.length);
      const window = async (): Promise<unknown> =>
        (JSON.parse(await textOf('/api/monitors/homes')) as { recent: unknown[] }).recent[0];
      await expect.poll(window, { timeout: 30_000 }).toMatchObject({
        labelled: 19,
        accuracy: null,
        figures: [
          { name: 'rmse', value: expect.closeTo(rmse, 9) as number, better: 'smaller' },
          { name: 'mae' },
          { name: 'r2' },
        ],
      });
      expect(await textOf('/models/homes')).toMatch(
        new RegExp(`rmse ${Number(rmse.toPrecision(4))}, mae [\\d.]+, r2 [\\d.]+ on 19`),
      );
    });

    it('a challenger with a larger error does not take its place', async () => {
      const ended = await project.run('run', 'homes', '-p', 'k=60');
      expect(ended.code, ended.all).toBe(0);
      expect(ended.all).toMatch(/root mean squared error is [\d.]+ against [\d.]+[\s\S]*worse by more than the margin/);
      expect((await project.run('models', 'homes')).all).not.toMatch(/^2 /m);
    });
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
