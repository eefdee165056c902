import { rmSync, writeFileSync } from 'node:fs';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { strToU8, zipSync } from 'fflate';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openExport, type RunManifest, type Verification } from '../../client/provenance/index.js';
import { findTensorflow } from '../../setup/index.js';
import { interrupt } from '../cli/harness.js';
import { LifeProject } from './life.js';

let project: LifeProject;
let elsewhere: string;

/** A net on TensorFlow, of rows that lie in the project. */
const TRAINED = `import { pipeline } from 'trainyard';
import * as features from 'trainyard/plugins/features';
import * as ingest from 'trainyard/plugins/ingest';
import * as train from 'trainyard/plugins/train';

export default pipeline('trained', {}, async () => {
  const table = ingest.csv({ source: 'rows.csv' });
  const prep = features.fit({ table, recipe: { numeric: ['a', 'b'], label: 'kind' } });
  const asked = { train: table, prep, label: 'kind', units: 4, epochs: 3, dropout: 0.3 };
  const one = train.net(asked);
  const other = train.net(asked, { id: 'other' });
  const wasm = train.net(asked, { resources: { labels: { on: 'wasm' } } });
  return { one: one.model, other: other.model, wasm: wasm.model };
});
`;
const ROWS = Array.from({ length: 60 }, (_, i) => `${i % 7},${(i * 5) % 11},${i % 2 ? 'up' : 'down'}`);
/** What each of three runs gave that took nothing from the others. */
const anew: Record<'one' | 'other' | 'wasm', { digest: string }>[] = [];
/** A pool that trains on WebAssembly, whatever is installed. */
const CONFIG = `import { defineConfig } from 'trainyard';

export default defineConfig({
  pipelines: ['./pipelines/*.ts'],
  plugins: ['./nodes/life'],
  pools: { cpu: { slots: 2 }, wasm: { backend: 'wasm', labels: { on: 'wasm' } } },
  temporal: { port: 0, uiPort: 0 },
  redis: { port: 0 },
  server: { port: 0 },
});
`;

beforeAll(async () => {
  elsewhere = mkdtempSync(path.join(tmpdir(), 'trainyard-elsewhere-'));
  project = new LifeProject();
  project.write('pipelines/trained.ts', TRAINED);
  project.write('rows.csv', ['a,b,kind', ...ROWS].join('\n'));
  project.write('temporal.config.ts', CONFIG);
  const dev = await project.dev();
  await dev.says(/Training {2}wasm: WebAssembly, because temporal.config.ts says so|Training {2}WebAssembly, because/);
  for (const id of ['anew-1', 'anew-2', 'anew-3']) {
    const { code, out, all } = await project.run('run', 'trained', '--fresh', '--seed', '0', '--id', id, '--json');
    expect(code, all).toBe(0);
    anew.push((JSON.parse(out.trim().split('\n').at(-1) ?? '') as { result: (typeof anew)[number] }).result);
  }
  await project.life('steady', 'fit=0.5');
  const part = await project.run(
    'run',
    'life',
    '--id',
    'part',
    '--using',
    'steady',
    '--from',
    'life.sum',
    '--skip',
    'life.send',
  );
  expect(part.code, part.all).toBe(0);
  const asked = project.start(project.command('asked', 'ask=true', 'shaky=5'));
  await asked.says(/waits|ship/);
  await project.run('approve', 'asked', 'ship', '--by', 'ann', '--why', 'it is good');
  await asked.ended;
  await interrupt(dev);
  // Temporal's history is gone, and so is what the source was.
  rmSync(project.place('.trainyard/temporal'), { recursive: true, force: true });
  project.write('source.txt', '99');
}, 180_000);
afterAll(async () => {
  await project.remove();
  rmSync(elsewhere, { recursive: true, force: true });
});

const verdicts = ({ calls }: Verification): Record<string, string> =>
  Object.fromEntries(calls.map(({ node, verdict }) => [node.replace('life.', ''), verdict]));

it('verifies a run without its history: sources and effects from the record, figures within their tolerance', async () => {
  const { code, out, all } = await project.run('verify', 'steady', '--json');
  expect(code, all).toBe(0);
  const verification = JSON.parse(out) as Verification;
  expect(verdicts(verification)).toEqual({
    read: 'answered',
    roll: 'equal',
    add: 'equal',
    shaky: 'equal',
    fit: 'within',
    sum: 'follows',
    send: 'answered',
  });
  expect(verification.equal).toBe(true);
  expect(verification.calls.find(({ node }) => node === 'life.fit')?.metrics[0]).toMatchObject({
    path: 'out.n',
    tolerance: 1,
    within: true,
  });
  expect(project.sent()).toBe(2);
  expect(await project.leftovers()).toEqual([]);
}, 120_000);

it('computed anew with the same seed, a model was another: now it is the same, twice with another id it is not, and verify agrees', async () => {
  expect(anew.map(({ one }) => one.digest)).toEqual(anew.map(() => anew[0]?.one.digest));
  expect(anew[0]?.other.digest).toMatch(/^sha256-/);
  expect(anew[0]?.other.digest).not.toBe(anew[0]?.one.digest);
  const { code, all } = await project.run('verify', 'anew-2');
  expect(code, all).toBe(0);
}, 120_000);

it('the cache gave the results of one backend for another: each is a key of its own, and trains what its key says', async () => {
  const { calls } = await project.json<RunManifest>('manifest', 'anew-1');
  const trained = calls.filter(({ node }) => node === 'train.net');
  const onWasm = trained.find(({ backend }) => backend === 'wasm');
  expect(onWasm?.outputs['model']).toBe(anew[0]?.wasm.digest);
  // The three differ in what their key says alone: where the native one is installed, that trains the other two.
  const native = findTensorflow() === undefined ? 'wasm' : 'native';
  expect(trained.map(({ backend }) => backend)).toEqual([native, native, 'wasm']);
}, 60_000);

it('verifies a part of a run: what was kept is kept, and what was left out is left out', async () => {
  const { code, out, all } = await project.run('verify', 'part', '--json');
  expect(code, all).toBe(0);
  const verification = JSON.parse(out) as Verification;
  expect(verdicts(verification)).toMatchObject({ read: 'answered', fit: 'answered', sum: 'equal' });
  expect(verification.equal).toBe(true);
  expect(project.sent()).toBe(2);
}, 120_000);

it('names a node that differs, with port and file, and asks nobody; from a file, elsewhere', async () => {
  const file = path.join(elsewhere, 'asked.zip');
  expect((await project.run('export', 'asked', '--to', file)).code).toBe(0);
  const { code, out, all } = await project.run('verify', '--from', file, '--json');
  expect(code, all).toBe(1);
  const verification = JSON.parse(out) as Verification;
  expect(verdicts(verification)).toMatchObject({ add: 'equal', shaky: 'differs', send: 'answered' });
  const shaky = verification.calls.find(({ node }) => node === 'life.shaky');
  expect(shaky?.differences).toMatchObject([{ port: 'out', files: ['noise.txt'], value: false }]);
  expect(shaky?.causes).toEqual([expect.stringMatching(/^nothing on record is other: its code gives something else/)]);
  expect(project.sent()).toBe(2);
}, 120_000);

it('an edited pipeline was executed and called "not equal": a run is repeated with its own build, whatever was edited', async () => {
  project.write('nodes/life/offset.ts', 'export const offset = 9;\n');
  project.write('pipelines/life.ts', project.read('pipelines/life.ts').replace('sides: 6', 'sides: 5'));
  const { code, err, all } = await project.run('verify', 'steady');
  expect(code, all).toBe(0);
  expect(err).toContain('repeating steady with its own build');
  expect(project.sent()).toBe(2);
}, 120_000);

it('without its build, a run is not repeated with other code: files of its pipeline and of its nodes are named', async () => {
  rmSync(project.place('.trainyard/build'), { recursive: true, force: true });
  const { code, err } = await project.run('verify', 'steady');
  expect([code, err]).toEqual([
    1,
    expect.stringMatching(
      /the code of life.add, pipeline life is not the one[^]*its build is not in .trainyard\/build any more[^]*nodes\/life\/offset.ts changed; pipeline life: pipelines\/life.ts changed/,
    ),
  ]);
  // The pipeline alone: none of its nodes is another.
  project.write('nodes/life/offset.ts', 'export const offset = 0;\n');
  const alone = await project.run('verify', 'steady');
  expect([alone.code, alone.err]).toEqual([1, expect.stringMatching(/the code of pipeline life is not the one/)]);
  // As it was, but for layout and comments.
  project.write(
    'pipelines/life.ts',
    `// As it was.\n${project.read('pipelines/life.ts').replace('sides: 5', 'sides:  6')}`,
  );
  const { code: again, all } = await project.run('verify', 'steady');
  expect(again, all).toBe(0);
}, 120_000);

it('says why a call differs: with other code, the files', async () => {
  project.write('nodes/life/offset.ts', 'export const offset = 9;\n');
  const { code, out, all } = await project.run('verify', 'steady', '--other-code');
  expect(code, all).toBe(1);
  expect(out).toMatch(/life\.add \(n\d+\) different[^]*cause: its code: nodes\/life\/offset\.ts changed/);
}, 120_000);

it('refuses archives that lead elsewhere or are no exports', async () => {
  const head = { format: 'trainyard.export/1', trainyard: '0', run: 'r', config: 'temporal.config.ts', packages: [] };
  const opened = async (name: string, entries: Record<string, string>): Promise<unknown> => {
    const file = path.join(elsewhere, `${name}.zip`);
    writeFileSync(file, zipSync(Object.fromEntries(Object.entries(entries).map(([at, text]) => [at, strToU8(text)]))));
    return openExport(file, mkdtempSync(path.join(elsewhere, 'open-'))).then(
      () => 'opened',
      (error: unknown) => (error as { code: string }).code,
    );
  };
  const start = { 'trainyard-export.json': JSON.stringify(head) };
  for (const [name, entry] of Object.entries({
    up: 'project/../../evil.ts',
    absolute: '/etc/evil',
    backslash: 'project\\..\\evil',
    records: 'records/../../evil',
    modules: 'project/node_modules/zod/index.js',
    git: 'project/.git/hooks/post-checkout',
    blob: 'blobs/sha256-nothex',
    stray: 'evil.sh',
  }))
    expect([name, await opened(name, { ...start, [entry]: 'evil' })]).toEqual([name, 'TY-USAGE']);
  expect(await opened('config', { 'trainyard-export.json': JSON.stringify({ ...head, config: '../evil.ts' }) })).toBe(
    'TY-USAGE',
  );
  expect(
    await opened('package', { 'trainyard-export.json': JSON.stringify({ ...head, packages: ['../../evil'] }) }),
  ).toBe('TY-USAGE');
  expect(await opened('empty', start)).toBe('TY-USAGE');
  const text = path.join(elsewhere, 'text.zip');
  writeFileSync(text, 'no zip at all');
  await expect(openExport(text, mkdtempSync(path.join(elsewhere, 'open-')))).rejects.toMatchObject({
    code: 'TY-USAGE',
  });
});
