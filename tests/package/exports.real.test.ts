import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { build } from 'esbuild';
import { beforeAll, expect, test } from 'vitest';
import { entriesOf, exec, manifest, packedFiles, root, type Entry } from './packed.js';

let packed: string[] = [];
let entries: Entry[] = [];
beforeAll(async () => {
  packed = await packedFiles();
  entries = entriesOf(packed);
});

const isAuthoring = ({ specifier }: Entry): boolean =>
  ['trainyard', 'trainyard/search', 'trainyard/reviews', 'trainyard/studies'].includes(specifier) ||
  specifier.startsWith('trainyard/plugins/');

/** Runs lines of JavaScript as a program that lies in the package's own folder, where its name leads to itself. */
const inPackage = (code: string): Promise<{ stdout: string }> =>
  exec(process.execPath, ['--input-type=module', '-e', code], { cwd: root });

test('the package holds the code and the types of every entry', () => {
  expect(entries.map(({ specifier }) => specifier)).toContain('trainyard/plugins/ingest');
  const wanted = entries.flatMap(({ types, code }) => [types, code]);
  expect(wanted.filter((file) => !packed.includes(file))).toEqual([]);
  for (const target of Object.values(manifest.exports))
    if (typeof target === 'string' && target !== './package.json') expect(packed).toContain(target.slice(2));
});

test('types that types of an entry import are in the package too', () => {
  const seen = new Set<string>();
  const waiting = entries.map(({ types }) => types);
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    if (seen.has(file)) continue;
    seen.add(file);
    const text = readFileSync(path.join(root, file), 'utf8');
    for (const [, name = ''] of text.matchAll(/(?:from |import\()['"](\.[^'"]+)['"]/g))
      waiting.push(path.posix.join(path.posix.dirname(file), name.replace(/\.js$/, '.d.ts')));
  }
  expect(seen.size).toBeGreaterThan(entries.length);
  expect([...seen].filter((file) => !packed.includes(file))).toEqual([]);
});

test('HDF5 comes inside the package, complete, with its licence', async () => {
  const folder = 'dist/plugins/train/pretrained/keras';
  expect(packed).toEqual(expect.arrayContaining([`${folder}/h5wasm.bundled.js`, `${folder}/h5wasm.LICENSE.txt`]));
  const { stdout } = await inPackage(
    `const { default: library } = await import('./${folder}/h5wasm.bundled.js');
     await library.ready;
     console.log(typeof library.File);`,
  );
  expect(stdout.trim()).toBe('function');
  expect(readFileSync(path.join(root, folder, 'h5wasm.bundled.js'), 'utf8')).not.toMatch(/from ?['"]h5wasm/);
});

test('the package holds what the set-up, the pages and the search need, and nothing of the tests', () => {
  for (const file of [
    'cli/trainyard.js',
    'setup/temporal.requirements.txt',
    'setup/tfjs/package-lock.json',
    'server/assets/style.css',
    'dist/built-in-nodes.json',
    'dist/portable-tensorflow/index.cjs',
    'dist/portable-tensorflow/tfjs-backend-wasm-simd.wasm',
    'dist/portable-tensorflow/tfjs-backend-wasm.wasm',
    'dist/portable-tensorflow/versions.json',
    'dist/portable-tensorflow/LICENSE',
    'dist/portable-tensorflow/NOTICE',
    'node_modules/ml-hyperparameter/dist/index.js',
    'node_modules/ml-hyperparameter/dist/index.d.ts',
    'LICENSE',
    'README.md',
  ])
    expect(packed).toContain(file);
  // The first project brings the test of its node.
  const ours = packed.filter((file) => !file.startsWith('examples/first/'));
  expect(ours.filter((file) => /\.test\b|\.test-part\b|\.map$|\.tsbuildinfo$/.test(file))).toEqual([]);
});

test('every entry loads', async () => {
  const names = JSON.stringify(entries.map(({ specifier }) => specifier));
  const { stdout } = await inPackage(
    `for (const name of ${names}) if (Object.keys(await import(name)).length > 0) console.log(name);`,
  );
  expect(stdout.trim().split('\n')).toEqual(entries.map(({ specifier }) => specifier));
});

test('TensorFlow.js comes inside the package, complete: it needs no other package', async () => {
  const { metafile } = await build({
    entryPoints: [path.join(root, 'dist', 'portable-tensorflow', 'index.cjs')],
    bundle: true,
    write: false,
    metafile: true,
    platform: 'node',
    external: ['node-fetch'],
    logLevel: 'silent',
  });
  expect(Object.keys(metafile.inputs).filter((file) => file.includes('node_modules'))).toEqual([]);
  const notice = readFileSync(path.join(root, 'dist', 'portable-tensorflow', 'NOTICE'), 'utf8');
  for (const owner of ['Google LLC', 'David Bau', 'Johannes Baagøe']) expect(notice).toContain(owner);
});

test('what is not an entry cannot be imported', async () => {
  for (const inside of ['dist/core/key.js', 'core', 'worker/executor', 'store', 'setup', 'plugins/ingest/formats']) {
    const { stdout } = await inPackage(`import('trainyard/${inside}').catch((error) => console.log(error.code))`);
    expect(stdout.trim(), inside).toBe('ERR_PACKAGE_PATH_NOT_EXPORTED');
  }
});

test('every family of nodes is an entry, and nothing inside one is', () => {
  const families = readdirSync(path.join(root, 'plugins'), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(path.join(root, 'plugins', entry.name, 'contract.ts')))
    .map((entry) => `trainyard/plugins/${entry.name}`);
  const named = entries.map(({ specifier }) => specifier).filter((name) => name.startsWith('trainyard/plugins/'));
  expect(named.sort()).toEqual(families.sort());
});

test('authoring code needs no Node: bundled for a browser, nothing is missing', async () => {
  const authoring = entries.filter(isAuthoring);
  const contents = authoring.map(({ specifier }, index) => `export * as e${index} from '${specifier}';`).join('\n');
  const { metafile } = await build({
    stdin: { contents, resolveDir: root },
    bundle: true,
    write: false,
    metafile: true,
    platform: 'browser',
    format: 'esm',
    logLevel: 'silent',
  });
  const inputs = Object.keys(metafile.inputs).filter((file) => file !== '<stdin>');
  expect(inputs.filter((file) => !existsSync(path.join(root, file)))).toEqual([]);
  expect(inputs.length).toBeGreaterThan(authoring.length);
});
