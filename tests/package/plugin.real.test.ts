import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { buildPlugin, exec, root } from './packed.js';

const folder = mkdtempSync(path.join(tmpdir(), 'trainyard-plugin-'));
const plugin = path.join(folder, 'node_modules', 'trainyard-plugin-shout');

beforeAll(async () => {
  mkdirSync(path.join(folder, 'node_modules'));
  for (const [name, target] of [
    ['trainyard', root],
    ['zod', path.join(root, 'node_modules', 'zod')],
  ] as const)
    symlinkSync(target, path.join(folder, 'node_modules', name));
  await buildPlugin(plugin);
  cpSync(path.join(root, 'examples/shout-plugin/example'), folder, { recursive: true });
  writeFileSync(path.join(folder, 'package.json'), '{ "type": "module" }');
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('the example plugin says all of a node in at most 40 lines', () => {
  const lines = ['index.ts', 'worker.ts'].flatMap((name) =>
    readFileSync(path.join(root, 'examples/shout-plugin', name), 'utf8')
      .trim()
      .split('\n'),
  );
  expect(lines.length).toBeLessThanOrEqual(40);
});

test('one line of temporal.config.ts loads a plugin from its own package', async () => {
  const { stdout } = await exec(process.execPath, [path.join(root, 'cli/trainyard.js'), 'plugins', '--json'], {
    cwd: folder,
    maxBuffer: 1 << 24,
  });
  expect(stdout).toContain('"text.shout"');
  expect(stdout).toContain('"split.stratified"');
});

test('its node runs as a worker would run it, and refuses in words', async () => {
  const program = `
    import { runNode } from 'trainyard/testing';
    import { shoutNode } from 'trainyard-plugin-shout/worker';
    const run = await runNode(shoutNode, { params: { text: 'hello yard', marks: 3 } });
    const refused = await runNode(shoutNode, { params: { text: '42' } }).catch((error) => error);
    console.log(JSON.stringify([await run.output.text('shout.txt'), refused.what, refused.remedy]));
  `;
  writeFileSync(path.join(folder, 'try.js'), program);
  const { stdout } = await exec(process.execPath, ['try.js'], { cwd: folder });
  expect(JSON.parse(stdout)).toEqual(['HELLO YARD!!!', '"42" has no letters', 'give text.shout a text with letters']);
});
