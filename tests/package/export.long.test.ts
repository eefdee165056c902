import { spawn } from 'node:child_process';
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { unzipSync } from 'fflate';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Verification } from '../../client/provenance/index.js';
import { exec, manifest, npm, root } from './packed.js';

// Two machines' folders, with nothing of this project above them. The first one is gone when the second one begins.
const first = mkdtempSync(path.join(tmpdir(), 'first-'));
const second = mkdtempSync(path.join(tmpdir(), 'second-'));
const EXPORTED = path.join(second, 'run.zip');
let tarball = '';

const project: Readonly<Record<string, string>> = {
  'temporal.config.ts': `
    import { defineConfig } from 'trainyard';
    export default defineConfig({
      pipelines: ['./pipelines/*.ts'], plugins: ['./nodes'], pools: { cpu: { slots: 2 } },
      temporal: { port: 0, uiPort: 0 }, redis: { port: 0 }, server: { port: 0 },
    });
  `,
  'nodes/index.ts': `
    import { json, node, table } from 'trainyard';
    import { z } from 'zod';
    export const heaviest = node({
      name: 'birds.heaviest', version: '1', params: z.object({}), inputs: { table }, outputs: json(z.object({ grams: z.number() })),
    });
    export const post = node({
      name: 'birds.post', version: '1', params: z.object({ file: z.string() }), inputs: { what: json(z.object({ grams: z.number() })) },
      outputs: json(z.object({ posted: z.boolean() })), effect: true,
    });
  `,
  'nodes/worker.ts': `
    import { appendFileSync } from 'node:fs';
    import { openTable, sql, withDatabase } from 'trainyard/tables';
    import { implement } from 'trainyard/worker';
    import { heaviest, post } from './index.js';
    export const heaviestNode = implement(heaviest, ({ inputs, ctx }) =>
      withDatabase(ctx, async (database) => {
        await openTable(database, 'birds', inputs.table);
        const [row] = await database.rows<{ grams: number }>(sql\`SELECT max(body_mass_g)::INTEGER AS grams FROM birds\`);
        return { value: { grams: row!.grams } };
      }),
    );
    export const postNode = implement(post, ({ params }) => {
      appendFileSync(params.file, 'posted\\n');
      return { value: { posted: true } };
    });
  `,
  'pipelines/birds.ts': `
    import { approval, pipeline, tune } from 'trainyard';
    import * as clean from 'trainyard/plugins/clean';
    import * as evaluate from 'trainyard/plugins/evaluate';
    import * as features from 'trainyard/plugins/features';
    import * as ingest from 'trainyard/plugins/ingest';
    import * as split from 'trainyard/plugins/split';
    import * as train from 'trainyard/plugins/train';
    import { float } from 'trainyard/search';
    import { z } from 'zod';
    import { heaviest, post } from '../nodes/index.js';
    export default pipeline('birds', { params: z.object({ data: z.string(), posted: z.string() }) }, async (p) => {
      const raw = ingest.csv({ source: p.data });
      const table = clean.table({ table: raw, rules: [{ rule: 'require', columns: ['species', 'body_mass_g'] }] });
      const parts = split.stratified({ table, label: 'species', test: 0.2, validation: 0.2 });
      const recipe = { numeric: ['bill_length_mm', 'body_mass_g'], categorical: ['sex'], label: 'species' };
      const data = { train: parts.train, validation: parts.validation, prep: features.fit({ table: parts.train, recipe }) };
      const tuned = tune(train.net, data, {
        space: { learningRate: float(1e-3, 3e-2, { log: true }) }, trials: 3, objective: 'figures.f1.macro',
        params: { label: 'species', epochs: 4 },
      });
      const fitted = train.net({ ...data, label: 'species', ...(await tuned.params), epochs: 8 });
      const report = evaluate.final({ model: fitted.model, test: parts.test });
      if (!(await approval({ name: 'good', question: 'Is it?' }))) return report;
      return { model: fitted.model, report, posted: post({ what: heaviest({ table }), file: p.posted }) };
    });
  `,
};

/** The installed command in a folder, in an environment that knows nothing of where this test runs. */
function trainyard(folder: string, ...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const { HOME, PATH, XDG_CACHE_HOME } = process.env;
  const env = { HOME, PATH, ...(XDG_CACHE_HOME === undefined ? {} : { XDG_CACHE_HOME }) };
  const options = { cwd: folder, env, maxBuffer: 1 << 26 };
  return exec(path.join(folder, 'node_modules', '.bin', 'trainyard'), args, options).then(
    (said) => ({ code: 0, ...said }),
    (error: { code: number; stdout: string; stderr: string }) => error,
  );
}

async function install(folder: string, ...args: string[]): Promise<void> {
  await npm([...args, '--prefer-offline', '--no-audit', '--no-fund', '--ignore-scripts'], folder);
}

beforeAll(async () => {
  for (const [name, text] of Object.entries(project)) {
    mkdirSync(path.dirname(path.join(first, name)), { recursive: true });
    writeFileSync(path.join(first, name), text);
  }
  writeFileSync(path.join(first, 'package.json'), '{ "name": "birds", "private": true, "type": "module" }');
  copyFileSync(path.join(root, 'examples', 'penguins', 'data', 'penguins.csv'), path.join(first, 'birds.csv'));
  await npm(['pack', '--ignore-scripts', '--pack-destination', first], root);
  tarball = readdirSync(first).find((name) => name.endsWith('.tgz')) ?? '';
  await install(first, 'install', `./${tarball}`, `zod@${manifest.dependencies['zod']}`);

  const command = path.join(first, 'node_modules', '.bin', 'trainyard');
  const dev = spawn(command, ['dev', '--json'], { cwd: first, stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = new Promise((exited) => dev.once('exit', exited));
  let said = '';
  await new Promise<void>((listens, failed) => {
    for (const stream of [dev.stdout, dev.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => {
        said += text;
        if (/^\{.*"server"/m.test(said)) listens();
      });
    void ended.then((code) => failed(new Error(`trainyard dev ended with code ${String(code)}:\n${said}`)));
  });
  const asked = [
    'run',
    'birds',
    '--id',
    'birds',
    '-p',
    'data=birds.csv',
    '-p',
    `posted=${path.join(second, 'posted')}`,
  ];
  const run = trainyard(first, ...asked, '--json');
  for (let code = 1; code !== 0; await new Promise((go) => setTimeout(go, 500)))
    ({ code } = await trainyard(first, 'approve', 'birds', 'good', '--by', 'ann', '--why', 'it flies'));
  expect((await run).code, (await run).stderr).toBe(0);
  dev.kill('SIGINT');
  await ended;
  const { code, stderr } = await trainyard(first, 'export', 'birds', '--to', EXPORTED);
  expect(code, stderr).toBe(0);
  cpSync(path.join(first, tarball), path.join(second, tarball));
  rmSync(first, { recursive: true, force: true, maxRetries: 3 });
}, 600_000);

afterAll(() => {
  for (const folder of [first, second]) rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
});

test('another machine installs what the file says, and verifies the run: every digest is equal, nothing is done twice', async () => {
  const entries = unzipSync(readFileSync(EXPORTED));
  for (const name of ['package.json', 'package-lock.json'])
    writeFileSync(path.join(second, name), entries[`project/${name}`] ?? '');
  await install(second, 'ci');
  expect(existsSync(first)).toBe(false);
  const { code, stdout, stderr } = await trainyard(second, 'verify', '--from', EXPORTED, '--json');
  expect(code, stdout + stderr).toBe(0);
  const { calls, equal, resultEqual } = JSON.parse(stdout) as Verification;
  const verdicts = (verdict: string): string[] =>
    [...new Set(calls.filter((one) => one.verdict === verdict).map(({ node }) => node))].sort();
  expect(verdicts('answered')).toEqual(['birds.post', 'ingest.snapshot']);
  expect(verdicts('equal')).toEqual([
    'birds.heaviest',
    'clean.table',
    'evaluate.final',
    'features.fit',
    'ingest.parse',
    'split.stratified',
    'train.net',
    'tune.report',
  ]);
  expect(calls.filter(({ node }) => node === 'train.net')).toHaveLength(4);
  expect(calls.filter(({ verdict }) => !['equal', 'answered'].includes(verdict))).toEqual([]);
  expect([equal, resultEqual]).toEqual([true, true]);
  expect(readFileSync(path.join(second, 'posted'), 'utf8')).toBe('posted\n');
}, 300_000);

test('packages in other versions are named, with where the right ones are listed', async () => {
  const file = path.join(second, 'node_modules', 'zod', 'package.json');
  writeFileSync(file, readFileSync(file, 'utf8').replace(/"version": "[^"]+"/, '"version": "9.9.9"'));
  const { code, stderr } = await trainyard(second, 'verify', '--from', EXPORTED);
  expect(code).toBe(1);
  expect(stderr).toMatch(/package zod \S+ → 9\.9\.9/);
  expect(stderr).toMatch(/package-lock\.json/);
  expect(stderr).not.toMatch(/check out the commit/);
}, 120_000);
