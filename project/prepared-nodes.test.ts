import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { codesIn, entriesOf, filesOf, withWorkflow } from './codes.js';
import { bundleOwn, placeOwn } from './own-modules.js';
import { packageRoot } from '../setup/package-root.js';
import { preparedFile, preparedNodes, type PreparedNodes } from './prepared-nodes.js';
import { builtInPlugins } from './project.js';

const folder = mkdtempSync(path.join(tmpdir(), 'trainyard-test-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('the built-in nodes come prepared, with the code that would be computed here', { timeout: 180_000 }, async () => {
  const prepared = await preparedNodes();
  const entries = entriesOf(await builtInPlugins());
  const bundled = await bundleOwn(filesOf(entries));
  expect(prepared?.texts).toEqual(bundled.texts);
  const modules = await placeOwn(bundled, folder);
  const { nodes, brought } = await codesIn(entries, modules, packageRoot());
  expect(nodes.length).toBeGreaterThan(20);
  expect(brought.length).toBeGreaterThan(2);
  expect(prepared?.nodes).toEqual(nodes.map(({ module: _module, source: _source, ...code }) => code));
  // The place of a Workflow is said for any machine.
  const unplaced = brought.map(({ module: _module, source: _source, ...code }) =>
    withWorkflow(code, (file) => path.relative(packageRoot(), file)),
  );
  expect(prepared?.brought).toEqual(unplaced);
  expect(JSON.stringify(prepared?.brought)).not.toContain(packageRoot());
  const marks = Object.values(modules).filter((file) =>
    /"trainyard-(import|require|file):/.test(readFileSync(file, 'utf8')),
  );
  expect(marks).toEqual([]);
});

test.each<[string, (prepared: PreparedNodes) => Partial<PreparedNodes>]>([
  ['a file', ({ inputs }) => ({ inputs: inputs.map(([file], at) => [file, at === 9 ? 'other' : inputs[at]![1]]) })],
  ['a file that is gone', ({ inputs }) => ({ inputs: [...inputs, ['dist/plugins/gone.js', 'digest']] })],
  [
    'the version of a package',
    ({ nodes }) => ({
      nodes: nodes.map((one) => ({
        ...one,
        parts: { ...one.parts, packages: one.parts.packages.map(([name]) => [name, '0.0.0'] as const) },
      })),
    }),
  ],
  ['its form', ({ format }) => ({ format: format + 1 })],
])('what was prepared does not count where %s differs', async (_, change) => {
  const prepared = JSON.parse(readFileSync(preparedFile(), 'utf8')) as PreparedNodes;
  const file = path.join(folder, 'changed.json');
  writeFileSync(file, JSON.stringify(prepared));
  expect(await preparedNodes(file)).toEqual(prepared);
  writeFileSync(file, JSON.stringify({ ...prepared, ...change(prepared) }));
  expect(await preparedNodes(file)).toBeUndefined();
});
