import { mkdirSync, readFileSync } from 'node:fs';
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
const row = z.object({ species: z.string(), bill_length_mm: z.number().nullable(), body_mass_g: z.number().nullable() });
export default pipeline('penguins', { params: z.object({ iterations: z.number().int().default(3) }) }, async ({ iterations }) => {
  const table = ingest.csv({ source: 'pipelines/penguins.csv', row, missing: ['NA'], otherColumns: 'drop' });
  const prep = features.fit({ table, recipe: { pass: ['bill_length_mm', 'body_mass_g'], label: 'species' } });
  const trees = train.trees({ train: table, prep, label: 'species', num_iterations: iterations });
  return deploy.endpoint({ model: trees.model, name: 'penguins', why: 'the test asks for it' });
});
`;

interface Deleted {
  readonly done: boolean;
  readonly blobs: { readonly removed: number; readonly bytes: number };
  readonly neededBy: readonly string[];
}

describe('trainyard models', { timeout: 180_000 }, () => {
  const project = new TestProject(config);
  const ask = async (...args: string[]): Promise<string> => {
    const ended = await project.run('models', ...args);
    expect(ended.code, ended.all).toBe(0);
    return ended.out;
  };
  const refused = async (...args: string[]): Promise<string> => {
    const ended = await project.run('models', ...args);
    expect(ended.code, ended.all).not.toBe(0);
    expect(ended.all).not.toMatch(STACK);
    return ended.all;
  };
  beforeAll(async () => {
    mkdirSync(path.join(project.folder, 'pipelines'), { recursive: true });
    project.write('pipelines/penguins.ts', pipeline);
    project.write(
      'pipelines/penguins.csv',
      readFileSync(path.join(root, 'examples/penguins/data/penguins.csv'), 'utf8'),
    );
    await project.dev();
    for (const [id, count] of [
      ['first', '3'],
      ['second', '4'],
    ] as const) {
      const ended = await project.run('run', 'penguins', '--id', id, '-p', `iterations=${count}`, '--json');
      expect(ended.code, ended.all).toBe(0);
    }
  }, 180_000);
  afterAll(() => project.remove());

  it('says what two versions differ in, and what one was made of', async () => {
    const diff = await ask('diff', 'penguins', '1', '2');
    expect(diff).toMatch(/parameter num_iterations\n\s+before\s+3\n\s+after\s+4/);
    expect(diff).toContain('inputs and outputs are the same');
    const lineage = await ask('lineage', 'penguins', '1');
    expect(lineage).toMatch(/model \w{12} {2}train\.trees/);
    expect(lineage).toMatch(/train: table \w{12} {2}ingest\.parse/);
    expect(lineage).toMatch(/served {2}as champion from/);
    const whole = JSON.parse(await ask('lineage', 'penguins', '--json')) as {
      madeOf: { madeBy: object; of: object[] };
    };
    expect(whole.madeOf.madeBy).toMatchObject({ node: 'train.trees', run: 'second', pipeline: 'penguins' });
    expect(whole.madeOf.of).toHaveLength(2);
  });

  it('moves an alias and back, tells the loser of two, and knows for ever where it stood', async () => {
    const between = new Date().toISOString();
    expect(await ask('promote', 'penguins', '1', '--why', 'a look', '--by', 'ann')).toContain(
      'penguins: champion 2 → 1, by ann',
    );
    expect(await refused('promote', 'penguins', '1')).toContain('champion stands at version 1 already');
    expect(await refused('promote', 'penguins', '2', '--expected', '2')).toContain('[TY-ALIAS-MOVED]');
    expect(await refused('promote', 'penguins', '9')).toContain('has no version 9');
    expect(await ask('rollback', 'penguins', '--why', 'errors')).toContain('champion 1 → 2');
    const at = JSON.parse(await ask('history', 'penguins', '--at', between, '--json')) as { interval: object };
    expect(at.interval).toMatchObject({ version: 2, alias: 'champion', by: 'pipeline penguins' });
    expect(await ask('history', 'penguins', '--at', '2020-01-01')).toContain('stood nowhere');
    expect(await ask('history', 'penguins', '--of', '1')).toMatch(/champion +1 .* ann +a look/);
    expect(await refused('history', 'penguins', '--at', 'yesterday')).toContain('is no moment');
    await ask('promote', 'penguins', '1', '--alias', 'shadow');
    expect(await ask('list')).toMatch(/penguins +2 +champion → 2, shadow → 1/);
    expect(await ask('remove-alias', 'penguins', '--alias', 'shadow')).toContain('shadow 1 → none');
  });

  it('keeps what is said of a version', async () => {
    await ask('tag', 'penguins', '1', 'audited=yes', 'region=eu=west');
    await ask('tag', 'penguins', '1', '--remove', 'audited');
    await ask('deprecate', 'penguins', '1', '--why', 'too few trees');
    expect(await ask('show', 'penguins', '1')).toMatch(/deprecated +too few trees\n\s*tags +region = eu=west/);
    expect(await ask('show', 'penguins')).toMatch(/version 1 annotated: deprecated: too few trees/);
    expect(await refused('tag', 'penguins', '1', 'nothing')).toContain('says no value');
    expect(await refused('deprecate', 'penguins', '1')).toContain('nothing says why');
  });

  it('deletes a version: first says what would go and what keeps it, then does it as far as nothing needs its files', async () => {
    expect(await refused('delete', 'penguins', '2', '--yes')).toContain('version 2 is in use: champion stands at it');
    const plan = await ask('delete', 'penguins', '1');
    expect(plan).toMatch(/kept +that it was champion from/);
    expect(plan).toMatch(/stays +its files, while the run first is kept/);
    expect(plan).toMatch(/files +0 would be removed[\s\S]*nothing was changed/);
    expect(await ask('show', 'penguins', '1')).not.toMatch(/^deleted/m);
    const first = JSON.parse(await ask('delete', 'penguins', '1', '--yes', '--why', 'wrong', '--json')) as Deleted;
    expect(first).toMatchObject({ done: true, blobs: { removed: 0 }, neededBy: ['first'] });
    expect(await refused('promote', 'penguins', '1')).toContain('version 1 was deleted');
    const swept = await project.run('gc', '--older-than', '1s');
    expect(swept.code, swept.all).toBe(0);
    expect(swept.out).toContain('first');
    const { digest } = (JSON.parse(await ask('show', 'penguins', '1', '--json')) as { model: { digest: string } })
      .model;
    const second = JSON.parse(await ask('delete', 'penguins', '1', '--yes', '--json')) as Deleted;
    expect(second.neededBy).toEqual([]);
    expect(second.blobs.removed).toBeGreaterThan(2);
    expect((await project.run('artifact', digest)).code).not.toBe(0);
    expect(await ask('history', 'penguins', '--of', '1')).toMatch(/champion +1/);
    expect(await ask('show', 'penguins', '2')).not.toContain('deleted');
    const scrubbed = await project.run('scrub');
    expect(scrubbed.code, scrubbed.all).toBe(0);
  });
});
