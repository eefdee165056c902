import { execFile } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));

// `npm run bench cli/cold-start` looked for the command inside node_modules, where the bundled program lies.
test('each file of a program that was bundled to be run says where it lies itself', async () => {
  const script = JSON.stringify(pathToFileURL(path.join(root, 'scripts', 'typescript.mjs')).href);
  const run = `import(${script}).then(({ runTypeScript }) => runTypeScript('tests/fixtures/places/main.ts', []))`;
  const { stdout } = await promisify(execFile)(process.execPath, ['-e', run]);
  const places = ['main.ts', 'inner/place.ts'].map((file) => path.join(root, 'tests', 'fixtures', 'places', file));
  expect(JSON.parse(stdout)).toEqual(places.flatMap((file) => [path.dirname(file), pathToFileURL(file).href]));
});
