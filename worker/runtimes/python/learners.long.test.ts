import { cpSync, mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { TestProject, interrupt } from '../../../tests/cli/harness.js';
import type { Started } from '../../../tests/cli/command.js';

const root = path.resolve(import.meta.dirname, '..', '..', '..');
const CONFIG = `import { defineConfig } from 'trainyard';
export default defineConfig({
  name: 'python',
  pipelines: ['./pipelines/*.ts'],
  plugins: ['./nodes/learners'],
  temporal: { port: 0, uiPort: 0 },
  redis: { port: 0 },
  server: { port: 0 },
});
`;

let project: TestProject;
let dev: Started;

beforeAll(async () => {
  project = new TestProject(CONFIG);
  for (const name of ['nodes', 'pipelines']) {
    rmSync(path.join(project.folder, name), { recursive: true, force: true });
    cpSync(path.join(root, 'examples', 'python', name), path.join(project.folder, name), { recursive: true });
  }
  mkdirSync(path.join(project.folder, 'data'));
  cpSync(path.join(root, 'examples', 'penguins', 'data', 'penguins.csv'), path.join(project.folder, 'penguins.csv'));
  dev = await project.dev();
}, 300_000);

afterAll(async () => {
  await interrupt(dev);
  expect(await project.leftovers()).toEqual([]);
  await project.remove();
}, 60_000);

interface Result {
  readonly found: readonly { readonly accuracy: number; readonly rows: number; readonly learner: string }[];
  /** Digests of the models. */
  readonly models: readonly string[];
  readonly good: boolean;
}
const run = async (...more: string[]): Promise<{ result: Result; nodes: string }> => {
  const ended = await project.run('run', 'species', '-p', 'data=penguins.csv', ...more, '--json');
  expect(ended.code, ended.all).toBe(0);
  const nodes = ended.all;
  return { result: (JSON.parse(ended.out.trim().split('\n').at(-1) ?? '') as { result: Result }).result, nodes };
};

test('scikit-learn and XGBoost learn the species of penguins, and give the same when they are computed anew', async () => {
  const first = await run('--id', 'first');
  expect(first.result.found.map(({ learner }) => learner)).toEqual(['random forest', 'boosted trees']);
  for (const { accuracy, rows } of first.result.found) {
    expect(accuracy).toBeGreaterThan(0.93);
    expect(rows).toBeGreaterThan(60);
  }
  expect(first.result.good).toBe(true);
  expect((await run('--id', 'second')).result).toEqual(first.result);
  const verified = await project.run('verify', 'first');
  expect(verified.code, verified.all).toBe(0);
}, 900_000);

test('XGBoost killed in the middle goes on from its last segment, and gives the model that it would have given', async () => {
  const killed = project.start(['run', 'species', '-p', 'data=penguins.csv', '--fresh', '--id', 'killed', '--json']);
  // The boosted trees begin when the forest has the other slot: whichever Python is there is killed, some times over.
  let kills = 0;
  const killing = setInterval(() => {
    const python = project.processes().filter(({ command }) => /launcher\/main\.py/.test(command));
    for (const { pid } of kills < 2 ? python : []) {
      kills++;
      process.kill(pid, 'SIGKILL');
    }
  }, 2_500);
  const ended = await killed.ended;
  clearInterval(killing);
  expect(kills).toBeGreaterThan(0);
  expect(ended.code, ended.all).toBe(0);
  const models = (JSON.parse(ended.out.trim().split('\n').at(-1) ?? '') as { result: Result }).result.models;
  expect(models).toEqual((await run('--id', 'undisturbed')).result.models);
  expect(models).toEqual((await run('--fresh', '--id', 'anew')).result.models);
}, 900_000);
