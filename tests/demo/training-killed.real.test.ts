import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { DemoProject, type Running } from './demo-project.js';

/** One long training on the penguins, and nothing else. */
const PIPELINE = `import { pipeline } from 'trainyard';
import * as clean from 'trainyard/plugins/clean';
import * as features from 'trainyard/plugins/features';
import * as ingest from 'trainyard/plugins/ingest';
import * as split from 'trainyard/plugins/split';
import * as train from 'trainyard/plugins/train';
import { penguin } from './penguin.js';

export default pipeline('training', {}, async () => {
  const raw = ingest.csv({ source: 'data/penguins.csv', schema: penguin });
  const table = clean.table({ table: raw, rules: [{ rule: 'require', columns: ['species', 'body_mass_g'] }] });
  const parts = split.stratified({ table, label: 'species', test: 0.2, validation: 0.2 });
  const recipe = { numeric: ['bill_length_mm', 'body_mass_g'], categorical: ['sex'], label: 'species' };
  const data = { train: parts.train, validation: parts.validation, prep: features.fit({ table: parts.train, recipe }) };
  return train.net({ ...data, label: 'species', epochs: 300, patience: 300, checkpointSeconds: 0 }).model;
});
`;
const CONFIG = `import { defineConfig } from 'trainyard';
export default defineConfig({
  name: 'training',
  heartbeat: '3 seconds',
  pipelines: ['./pipelines/training.ts'],
  temporal: { port: 0, uiPort: 0 },
  redis: { port: 0 },
  server: { port: 0 },
});
`;

const projects: DemoProject[] = [];
afterAll(async () => {
  for (const project of projects) await project.remove();
});

async function session(): Promise<{ project: DemoProject; dev: Running }> {
  const project = new DemoProject();
  projects.push(project);
  writeFileSync(path.join(project.folder, 'pipelines', 'training.ts'), PIPELINE);
  writeFileSync(path.join(project.folder, 'temporal.config.ts'), CONFIG);
  const dev = project.trainyard('dev', '--json');
  await dev.says(/"worker":/);
  return { project, dev };
}

/** The digest of the model that a run ends with. */
async function model(run: Running): Promise<string> {
  const { code, out, err } = await run.ended;
  expect(code, err).toBe(0);
  return (JSON.parse(out.trim().split('\n').at(-1) ?? '') as { result: { digest: string } }).result.digest;
}

it('a worker killed in the middle of a training: the next one goes on, and gives the model that an undisturbed run gives', async () => {
  const [killed, undisturbed] = await Promise.all([session(), session()]);
  const run = killed.project.trainyard('run', 'training', '--id', 'killed', '--json');
  await killed.project.reaches('train.net', ['running'], () => 'killed');
  // Past the first checkpoints, far from the last.
  await expect.poll(() => killed.project.fraction('killed'), { timeout: 30_000, interval: 50 }).toBeGreaterThan(0.1);
  expect(killed.project.kill(/worker\/main\.js/)).toBe(1);
  const other = undisturbed.project.trainyard('run', 'training', '--id', 'undisturbed', '--json');
  expect(await model(run)).toBe(await model(other));
  const graph = await killed.project.graph('killed');
  expect(graph?.nodes.find(({ node }) => node === 'train.net')?.attempt).toBeGreaterThan(1);
  for (const { project, dev } of [killed, undisturbed]) {
    process.kill(dev.pid, 'SIGINT');
    await dev.ended;
    expect(await project.leftovers()).toEqual([]);
  }
}, 240_000);
