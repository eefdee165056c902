import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { partsOf } from '../../../core/provided-parts.js';
import { exportModel, openModel, type Prediction } from '../../../models/index.js';
import { findChromium } from '../../../setup/index.js';
import { ensureLightgbm } from '../../../setup/lightgbm.js';
import type { FittedTransform } from '@trainyard/transforms';
import type { TableRow } from '@trainyard/tables';
import { runNode } from '../../../worker/testing/index.js';
import * as kinds from '../../train/parts.js';
import { tablesIn } from '../../train/table-of.test-part.js';
import { penguins } from '../../train/trees/penguins.test-part.js';
import * as train from '../../train/worker.js';
import * as formats from '../parts.js';

const NUMBERS = ['bill_length_mm', 'bill_depth_mm', 'flipper_length_mm', 'body_mass_g'];
const ISLANDS = ['Biscoe', 'Dream', 'Torgersen'];
/** Real measurements, with gaps. */
const rows: TableRow[] = penguins.map((row) => ({
  species: row['species']!,
  island: row['island']!,
  ...Object.fromEntries(NUMBERS.map((name) => [name, row[name] === 'NA' ? null : Number(row[name])])),
}));
const unlabelled = rows.map(({ species: _, ...row }) => row);
const encoded: FittedTransform = {
  format: 'trainyard.transform/1',
  rows: rows.length,
  steps: [
    { kind: 'categorical', column: 'island', categories: ISLANDS, missing: 'feature', unknown: 'zeros' },
    ...NUMBERS.map((column, i) => {
      const [center, scale] = [
        [44, 5.5],
        [17, 2],
        [201, 14],
        [4200, 800],
      ][i] as [number, number];
      return { kind: 'numeric' as const, column, fill: center, center, scale, clip: 100, indicator: true };
    }),
  ],
};
const passed: FittedTransform = {
  format: 'trainyard.transform/2',
  rows: rows.length,
  steps: [
    { kind: 'pass', column: 'island', type: 'category', categories: ISLANDS },
    ...NUMBERS.map((column) => ({ kind: 'pass' as const, column, type: 'number' as const })),
  ],
};

const folder = mkdtempSync(join(tmpdir(), 'standalone-'));
const project = fileURLToPath(new URL('../../..', import.meta.url));
const parts = partsOf([...Object.values(kinds), ...Object.values(formats)]);
const server: { process?: ChildProcess; url: string } = { url: '' };
const expected: { net: Prediction[]; trees: Prediction[] } = { net: [], trees: [] };
const sources: Record<string, Parameters<typeof openModel>[0]> = {};

beforeAll(async () => {
  await ensureLightgbm();
  const whole = rows.toSorted((a, b) => gaps(a) - gaps(b));
  const table = await tablesIn(folder)('penguins', whole);
  const trained = async (name: 'net' | 'trees', node: Parameters<typeof runNode>[0], transform: FittedTransform) => {
    const params =
      name === 'net' ? { units: 32, layers: 2, epochs: 20, batchSize: 32 } : { num_iterations: 25, segment: 5 };
    const prep = { files: { 'transform.json': JSON.stringify(transform) } };
    const run = await runNode(node, { params: { label: 'species', ...params }, inputs: { train: table, prep } });
    sources[name] = run.outputs['model']!;
    const model = await openModel(sources[name], parts);
    expected[name] = await model.predict(unlabelled);
    await model.dispose();
    await exportModel({ source: sources[name], format: 'standalone', to: join(folder, name), project, parts });
  };
  await trained('net', train.netNode, encoded);
  await trained('trees', train.treesNode, passed);
}, 120_000);

afterAll(() => {
  server.process?.kill('SIGKILL');
  rmSync(folder, { recursive: true });
});

const gaps = (row: TableRow): number => Object.values(row).filter((cell) => cell === null).length;

/** The largest difference of a number anywhere in two answers that are alike otherwise. */
function apart(ours: unknown, theirs: unknown): number {
  if (typeof ours === 'number' && typeof theirs === 'number') return Math.abs(ours - theirs);
  if (typeof ours === 'object' && ours !== null && typeof theirs === 'object' && theirs !== null) {
    expect(Object.keys(theirs)).toEqual(Object.keys(ours));
    const values = Object.entries(ours).map(([key, value]) => apart(value, (theirs as Record<string, unknown>)[key]));
    return Math.max(0, ...values);
  }
  expect(theirs).toEqual(ours);
  return 0;
}

/** Elsewhere, with what a container copies: no package of ours is found from there. */
function carriedAway(name: string): string {
  const to = join(mkdtempSync(join(folder, 'away-')), 'model');
  cpSync(join(folder, name), to, { recursive: true });
  return to;
}

/** What a stranger's program gets: Node alone, in that folder. */
const PROGRAM = `
import { readFileSync } from 'node:fs';
import { openModel } from './predict.mjs';
const model = await openModel();
const { rows, strange, short } = JSON.parse(readFileSync(0, 'utf8'));
const { predictions } = await model.predict(rows);
const { unknown } = await model.predict([strange]);
const refused = await model.predict([short]).then(() => '', (error) => error.message);
console.log(JSON.stringify({ predictions, unknown, refused, checked: await model.check() }));
`;

test.each(['net', 'trees'] as const)('the module of %s answers raw rows as the model does, gaps and all', (name) => {
  const asked = { rows: unlabelled, strange: { ...unlabelled[0]!, island: 'Elsewhere' }, short: { island: 'Dream' } };
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', PROGRAM], {
    cwd: carriedAway(name),
    input: JSON.stringify(asked),
    encoding: 'utf8',
    env: {},
  });
  expect(stderr).toBe('');
  const said = JSON.parse(stdout) as {
    predictions: Prediction[];
    unknown: unknown;
    refused: string;
    checked: { rows: number; difference: number; allowed: number };
  };
  expect(said.predictions).toHaveLength(rows.length);
  expect(apart(expected[name], said.predictions)).toBeLessThan(name === 'net' ? 1e-5 : 1e-12);
  expect(said.checked.rows).toBeGreaterThan(10);
  expect(said.checked.difference).toBeLessThanOrEqual(said.checked.allowed);
  expect(said.unknown).toEqual([{ row: 0, columns: ['island'] }]);
  expect(said.refused).toContain('bill_length_mm');
});

test('the server of the recipe answers, refuses in words, and serves other machines with a key only', async () => {
  const away = carriedAway('trees');
  const recipe = readFileSync(join(away, 'Dockerfile'), 'utf8');
  const [program, ...args] = JSON.parse(/^CMD (.*)$/m.exec(recipe)![1]!) as [string, ...string[]];
  expect(program).toBe('node');
  const start = (env: Record<string, string>) =>
    spawn(process.execPath, args, { cwd: away, env: { PORT: '0', ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  const open = start({ HOST: '0.0.0.0' });
  const code = await new Promise((ended) => open.once('exit', ended));
  expect(code).toBe(1);

  server.process = start({ KEY: 'secret' });
  const [said] = (await new Promise<string[]>((heard) =>
    createInterface(server.process!.stdout!).once('line', (line) => heard([line])),
  )) as [string];
  server.url = said.split(' ')[0]!;
  const headers = { authorization: 'Bearer secret', 'content-type': 'application/json' };
  const ask = (body: string, more: Record<string, string> = headers) =>
    fetch(new URL('predict', server.url), { method: 'POST', body, headers: more });
  const answer = (await (await ask(JSON.stringify(unlabelled))).json()) as { predictions: Prediction[] };
  expect(apart(expected.trees, answer.predictions)).toBeLessThan(1e-12);
  expect((await ask(JSON.stringify(unlabelled), {})).status).toBe(401);
  for (const [body, words] of [
    ['[{"island":"Dream"}]', 'bill_length_mm'],
    ['{"rows":3}', 'no list of rows'],
    ['{', 'not JSON'],
  ] as const) {
    const refused = await ask(body);
    expect(refused.status).toBe(400);
    expect(((await refused.json()) as { detail: string }).detail).toContain(words);
  }
  expect((await fetch(new URL('health', server.url))).status).toBe(200);
  for (const name of ['server.mjs', 'NOTICE', '..%2f..%2fetc%2fpasswd'])
    expect((await fetch(new URL(name, server.url), { headers })).status).toBe(404);
  const large = await ask(`[${' '.repeat(17 * 1024 * 1024)}]`).then(
    ({ status }) => status,
    () => 413,
  );
  expect(large).toBe(413);
  const closed = new Promise((ended) => server.process!.once('exit', ended));
  server.process.kill('SIGTERM');
  expect(await closed).toBe(0);
});

test('the page of the folder predicts in a real browser, from a server that only hands files out', async () => {
  const away = carriedAway('trees');
  server.process = spawn(process.execPath, ['server.mjs'], {
    cwd: away,
    env: { PORT: '0' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const said = await new Promise<string>((heard) => createInterface(server.process!.stdout!).once('line', heard));
  const { path: executablePath, args, env } = await findChromium();
  const browser = await chromium.launch({ executablePath, args: [...args], env: { ...env } });
  try {
    const page = await browser.newPage({ viewport: { width: 390, height: 844 } });
    const problems: string[] = [];
    page.on('pageerror', (error) => problems.push(error.message));
    page.on('console', (message) => message.type() === 'error' && problems.push(message.text()));
    const asked: string[] = [];
    page.on('request', (request) => asked.push(`${request.method()} ${new URL(request.url()).pathname}`));
    await page.goto(said.split(' ')[0]!);
    await page.getByText('answers its').waitFor();
    const row = unlabelled[0]!;
    await page.locator('[name=island]').selectOption(String(row['island']));
    for (const name of NUMBERS) await page.locator(`[name=${name}]`).fill(String(row[name] ?? ''));
    await page.getByRole('button').click();
    await page.getByRole('heading', { name: 'Answer' }).waitFor();
    const { label } = expected.trees[0] as { label: string };
    expect(await page.locator('#answer').textContent()).toContain(label);
    // All rows, in the page's own module, against ours.
    const answers = (await page.evaluate(
      `import('./predict.mjs').then(async ({ openModel }) => (await (await openModel()).predict(${JSON.stringify(unlabelled)})).predictions)`,
    )) as Prediction[];
    expect(apart(expected.trees, answers)).toBeLessThan(1e-12);
    expect(problems).toEqual([]);
    expect(asked.filter((one) => !one.startsWith('GET'))).toEqual([]);
    const [width, shown] = (await page.evaluate('[document.documentElement.scrollWidth, innerWidth]')) as number[];
    expect(width).toBeLessThanOrEqual(shown!);
    if (process.env['PICTURE']) await page.screenshot({ path: process.env['PICTURE'], fullPage: true });
  } finally {
    await browser.close();
    server.process.kill('SIGKILL');
  }
});

test.each(['onnx', 'tfjs', 'standalone'])(
  'smaller weights in %s: what they cost is measured, and held to a limit',
  async (format) => {
    const source = sources['net']!;
    const at = (to: string) => ({ source, format, to: join(folder, `${format}-${to}`), project, parts });
    const labelled = rows.map((row) => ({ ...row }));
    const full = await exportModel({ ...at('full'), rows: unlabelled });
    const sizeOf = (to: string, files: readonly string[]) =>
      files
        .filter((name) => /\.(onnx|bin)$/.test(name))
        .reduce((size, name) => size + readFileSync(join(folder, `${format}-${to}`, name)).length, 0);
    for (const [precision, share] of [
      ['float16', 0.75],
      ['int8', 0.6],
    ] as const) {
      const small = await exportModel({ ...at(precision), rows: labelled, precision });
      expect(small.loss).toMatchObject({ figure: 'f1.macro', rows: rows.length });
      expect(Math.abs(small.loss!.lost)).toBeLessThanOrEqual(0.01);
      // It is another model indeed.
      expect(small.difference).toBeGreaterThan(full.difference * 10);
      expect(sizeOf(precision, small.files)).toBeLessThan(share * sizeOf('full', full.files));
    }
    await expect(exportModel({ ...at('none'), rows: labelled, precision: 'int8', maxLoss: -1 })).rejects.toMatchObject({
      code: 'TY-EXPORT-UNFIT',
    });
    await expect(exportModel({ ...at('none'), rows: unlabelled, precision: 'int8' })).rejects.toThrow(
      'lacks its label',
    );
    await expect(exportModel({ ...at('none'), rows: labelled.slice(0, 5), precision: 'int8' })).rejects.toThrow(
      'too few',
    );
  },
);

test('trees, and formats that keep full precision, refuse a lower one', async () => {
  const at = (format: string, source: string) => ({ source: sources[source]!, format, to: join(folder, 'refused'), project, parts, rows, precision: 'int8' as const }); // prettier-ignore
  await expect(exportModel(at('onnx', 'trees'))).rejects.toThrow('trees have no weights');
  await expect(exportModel(at('saved-model', 'net'))).rejects.toMatchObject({
    expected: 'one of the formats onnx, standalone, tfjs',
  });
});
