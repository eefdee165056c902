import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { packageRoot } from '../../setup/package-root.js';
import { init } from './init.js';

let folder: string;
beforeEach(() => (folder = mkdtempSync(path.join(tmpdir(), 'trainyard-init-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const root = packageRoot();
const read = (file: string): string => readFileSync(path.join(folder, file), 'utf8');
const write = (file: string, text: string): void => {
  mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
  writeFileSync(path.join(folder, file), text);
};

it('a first project is written whole, and written again changes nothing', async () => {
  await init(folder);
  for (const file of [
    '.gitignore',
    '.vscode/settings.json',
    'tsconfig.json',
    'temporal.config.ts',
    'nodes/census/worker.ts',
  ])
    expect(existsSync(path.join(folder, file)), file).toBe(true);
  expect(read('.gitignore')).toContain('.trainyard/');
  expect(read('data/penguins.csv')).toBe(readFileSync(path.join(root, 'examples/penguins/data/penguins.csv'), 'utf8'));
  const manifest = read('package.json');
  expect(JSON.parse(manifest)).toMatchObject({ type: 'module', scripts: { test: 'vitest run' } });
  await init(folder);
  expect(read('package.json')).toBe(manifest);
});

it('what npm wrote before stays, and is a module from then on', async () => {
  write('package.json', '{"dependencies":{"trainyard":"^0.1.0","zod":"^4.6.0"},"scripts":{"test":"mine"}}');
  await init(folder);
  expect(JSON.parse(read('package.json'))).toMatchObject({
    type: 'module',
    dependencies: { trainyard: '^0.1.0', zod: '^4.6.0' },
    scripts: { test: 'mine', dev: 'trainyard dev' },
  });
});

it('npm warned of install scripts at every installation: a project says that nothing needs them, and keeps what it said', async () => {
  const none = { esbuild: false, protobufjs: false, '@swc/core': false };
  await init(folder);
  expect(JSON.parse(read('package.json'))).toMatchObject({ allowScripts: none });
  rmSync(path.join(folder, 'package.json'));
  write('package.json', '{"allowScripts":{"esbuild":true}}');
  await init(folder);
  expect(JSON.parse(read('package.json'))).toMatchObject({ allowScripts: { esbuild: true } });
});

it('a file that is there is not written over: nothing is written, and it is named', async () => {
  write('pipelines/penguins.ts', 'mine');
  await expect(init(folder)).rejects.toThrow('nothing was written: pipelines/penguins.ts');
  expect(read('pipelines/penguins.ts')).toBe('mine');
  expect(existsSync(path.join(folder, 'temporal.config.ts'))).toBe(false);
});

it('a CommonJS package is refused, with what to do', async () => {
  write('package.json', '{"type":"commonjs"}');
  await expect(init(folder)).rejects.toThrow('npm pkg set type=module');
  expect(existsSync(path.join(folder, 'temporal.config.ts'))).toBe(false);
});

it('a folder of its own is made, and named after it', async () => {
  await init(path.join(folder, 'My Birds'));
  expect(JSON.parse(read('My Birds/package.json'))).toMatchObject({ name: 'my-birds' });
});

it('the README shows the pipeline as it is written', () => {
  const readme = readFileSync(path.join(root, 'README.md'), 'utf8');
  const pipeline = readFileSync(path.join(root, 'examples/first/pipelines/penguins.ts'), 'utf8');
  expect(readme).toContain(`\`\`\`ts\n// pipelines/penguins.ts\n${pipeline}\`\`\``);
});
