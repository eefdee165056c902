import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { Duplex } from 'node:stream';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { json, node } from '../../../core/index.js';
import { runNode } from '../../testing/index.js';
import { pythonHere } from './here.test-part.js';
import { python } from './index.js';
import { launcherFolder } from './launcher.js';

const root = mkdtempSync(path.join(tmpdir(), 'trainyard-launcher-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const named = node({ name: 'named.node', version: '1', params: z.object({}), inputs: {}, outputs: json(z.unknown()) });

/** Runs a file of a folder that holds these files. */
async function run(files: Readonly<Record<string, string>>, file: string, name = 'run'): Promise<unknown> {
  const folder = mkdtempSync(path.join(root, 'node-'));
  for (const [at, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(folder, at)), { recursive: true });
    writeFileSync(path.join(folder, at), text);
  }
  const module = pathToFileURL(path.join(folder, file));
  await using done = await runNode(python(named, { module, function: name, python: pythonHere }), { params: {} });
  return done.output.value;
}

const GIVES = 'def run(params, inputs, ctx):\n    return {"value": "mine"}\n';

describe.concurrent('the module that runs is the node’s own', () => {
  test('whatever files of the launcher are called', async () => {
    expect(await run({ 'main.py': GIVES }, 'main.py')).toBe('mine');
    expect(await run({ 'path.py': GIVES }, 'path.py')).toBe('mine');
    expect(await run({ 'main.py': GIVES, 'fit.py': 'from main import run\n' }, 'fit.py')).toBe('mine');
    expect(await run({ 'main.py': GIVES.replace('run', 'write') }, 'main.py', 'write')).toBe('mine');
  });

  test.each([
    ['select.py', 'select.py'],
    ['trainyard.py', 'trainyard.py'],
    ['json/__init__.py', 'fit.py'],
    ['random.py', 'fit.py'],
    ['__main__.py', '__main__.py'],
  ])('or is refused by its name, where Python has another one: %s', async (taken, file) => {
    const text = taken === file ? GIVES : '';
    const name = taken.split('/')[0]!;
    await expect(run({ 'fit.py': GIVES, [taken]: text }, file)).rejects.toMatchObject({
      code: 'TY-CODE',
      what: expect.stringContaining(`/${name} has the name of a module that Python has loaded before it`) as string,
    });
  });

  test('and names that clash with nothing stay free', async () => {
    expect(await run({ 'fit.py': GIVES, '__main__.py': '', 'json/data.txt': '', 'test/a.py': '' }, 'fit.py')).toBe(
      'mine',
    );
  });
});

test('Python whose engine is gone ends by itself, however busy it is', async () => {
  const folder = mkdtempSync(path.join(root, 'task-'));
  const code = path.join(folder, 'code');
  mkdirSync(code);
  cpSync(path.join(import.meta.dirname, 'fixtures', 'rough.py'), path.join(code, 'rough.py'));
  const ctx = {
    node: 'n',
    seed: 7,
    threads: 1,
    device: 'cpu',
    scratch: folder,
    run: {},
    scope: '',
    attempt: 1,
    key: 'k',
  };
  const task = { node: 'n', module: 'rough', function: 'run', file: 'rough.py', code, sources: '', inputs: {} };
  const more = { params: { how: { do: 'stubborn' } }, outputs: { out: 'json' }, single: true };
  writeFileSync(path.join(folder, 'task.json'), JSON.stringify({ ...task, ...more, ctx: { ...ctx, goesOn: false } }));
  const child = spawn('python3', ['-s', '-B', path.join(launcherFolder(), 'main.py'), folder], {
    stdio: ['ignore', 'inherit', 'inherit', 'pipe'],
  });
  const ended = once(child, 'exit');
  const socket = child.stdio[3] as Duplex;
  await once(socket, 'data');
  socket.destroy();
  expect(await ended).toEqual([1, null]);
}, 10_000);
