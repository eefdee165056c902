import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { releaseClaim, takeClaim } from '../setup/index.js';
import { bundle } from './bundle.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = mkdtempSync(path.join(tmpdir(), 'trainyard-test-'));
const kept = path.join(folder, 'webpack');
const entry = path.join(folder, 'entry.ts');

beforeAll(() => {
  cpSync(path.join(root, 'tests', 'fixtures', 'probe'), folder, { recursive: true });
  mkdirSync(path.join(folder, 'node_modules'));
  symlinkSync(root, path.join(folder, 'node_modules', 'trainyard'));
  symlinkSync(path.join(root, 'node_modules', 'zod'), path.join(folder, 'node_modules', 'zod'));
  const engine = JSON.stringify(path.join(root, 'dist', 'workflows', 'engine', 'index.js'));
  writeFileSync(
    entry,
    `import { pipelineWorkflow } from ${engine};\nimport { linear } from './pipelines/shapes.js';\nexport const run = pipelineWorkflow(linear);\n`,
  );
});
afterAll(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));

/** As a process bundles that finds the folder in use. */
async function withoutKept(): ReturnType<typeof bundle> {
  const claim = path.join(kept, 'owner');
  expect(takeClaim(claim)).toBeUndefined();
  try {
    return await bundle(entry, kept);
  } finally {
    releaseClaim(claim);
  }
}

test('after an edit only what was edited is compiled, and the bundle is the one that compiling all gives', async () => {
  const all = await withoutKept();
  expect(all.compiled).toBeGreaterThan(50);
  expect(await bundle(entry, kept)).toEqual(all);
  const same = await bundle(entry, kept);
  expect(same.code).toBe(all.code);
  expect(same.compiled).toBeLessThan(5);

  const file = path.join(folder, 'pipelines', 'shapes.ts');
  writeFileSync(file, readFileSync(file, 'utf8').replace("n.make('a', 1)", "n.make('a', 2)"));
  const edited = await bundle(entry, kept);
  expect(edited.compiled).toBeLessThan(5);
  expect(edited.code).not.toBe(all.code);
  expect(edited.code).toBe((await withoutKept()).code);
});

test('a file of the same length and the same time is seen to be another one', async () => {
  const file = path.join(folder, 'pipelines', 'shapes.ts');
  const { code } = await bundle(entry, kept);
  const before = readFileSync(file, 'utf8');
  const { atime, mtime } = statSync(file);
  writeFileSync(file, before.replace("n.make('a', 2)", "n.make('a', 3)"));
  utimesSync(file, atime, mtime);
  const edited = await bundle(entry, kept);
  expect(edited.code).not.toBe(code);
  expect(edited.code).toBe((await withoutKept()).code);
});

/** Modules of this package that a bundle holds, by the names that the bundler gives them. */
const ownModulesOf = (code: string): Set<string> =>
  new Set([...code.matchAll(/"[^"\n]*\/(dist\/[^"\n]+\.js)"/g)].map(([, file = '']) => file));

test('the code of this package is in a bundle as it was prepared, and once', async () => {
  const own = ownModulesOf((await bundle(entry, kept)).code);
  expect(own).toContain('dist/prepared-sandbox/whole.js');
  expect([...own].filter((file) => /^dist\/(core|workflows|plugins)\//.test(file))).toEqual([]);
});

test('where a pipeline reaches what was prepared by another way, all is bundled anew, so that nothing is there twice', async () => {
  const other = path.join(folder, 'other-entry.ts');
  const digest = JSON.stringify(path.join(root, 'dist', 'core', 'digest.js'));
  writeFileSync(other, `${readFileSync(entry, 'utf8')}\nexport { digestText } from ${digest};\n`);
  const { code } = await bundle(other, kept);
  expect([...ownModulesOf(code)].filter((file) => file.includes('prepared-sandbox'))).toEqual([]);
});
