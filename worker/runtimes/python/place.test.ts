import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { pythonRuntime, type PythonProgram } from './index.js';
import { lockedRequirements } from './requirements.js';

const root = mkdtempSync(path.join(tmpdir(), 'trainyard-place-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const HASH = `--hash=sha256:${'a'.repeat(64)}`;
const into = path.join(root, 'build');
const folder = path.join(root, 'nodes', 'fit');
const write = (file: string, text: string): void => {
  mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
  writeFileSync(path.join(folder, file), text);
};
const program = (more: Partial<PythonProgram> = {}): PythonProgram => ({
  module: path.join(folder, 'fit.py'),
  function: 'run',
  python: '3.11',
  ...more,
});
const place = (more?: Partial<PythonProgram>) => pythonRuntime.place!(program(more), { into, root });
const hashOf = async (more?: Partial<PythonProgram>): Promise<string> => (await place(more)).hash;

beforeEach(() => {
  rmSync(folder, { recursive: true, force: true });
  write('fit.py', 'from helper import two\ndef run(params, inputs, ctx): return two\n');
  write('helper.py', 'two = 2\n');
  write('index.ts', 'export {};\n');
  write('requirements.txt', `six==1.17.0 ${HASH}\n`);
});

describe('a program’s hash', () => {
  test('is of every Python file of the folder, of the function and of the version', async () => {
    const first = await hashOf();
    expect(await hashOf()).toBe(first);
    expect(await hashOf({ function: 'other' })).not.toBe(first);
    expect(await hashOf({ python: '3.12' })).not.toBe(first);
    write('index.ts', 'export const more = 1;\n');
    write('.venv/lib/module.py', 'x = 1\n');
    write('env/pyvenv.cfg', 'home = /usr/bin\n');
    write('env/lib/module.py', 'x = 1\n');
    write('__pycache__/fit.py', 'x = 1\n');
    expect(await hashOf()).toBe(first);
    write('helper.py', 'two = 3\n');
    expect(await hashOf()).not.toBe(first);
    write('helper.py', 'two = 2\n');
    write('inner/deep.py', '');
    expect(await hashOf()).not.toBe(first);
  });

  test('is of the requirements, without their comments and layout', async () => {
    const requirements = path.join(folder, 'requirements.txt');
    const first = await hashOf({ requirements });
    expect(first).not.toBe(await hashOf());
    write('requirements.txt', `# made by hand\n\nsix==1.17.0 \\\n    ${HASH}  # via -r requirements.in\n`);
    expect(await hashOf({ requirements })).toBe(first);
    write('requirements.txt', `six==1.16.0 ${HASH}\n`);
    expect(await hashOf({ requirements })).not.toBe(first);
  });

  test('is of what links lead to, but not in circles, and of no folder that cannot be read', async () => {
    const first = await hashOf();
    const shared = path.join(root, 'shared');
    mkdirSync(shared, { recursive: true });
    writeFileSync(path.join(shared, 'deep.py'), 'x = 1\n');
    symlinkSync(shared, path.join(folder, 'shared'));
    symlinkSync(folder, path.join(folder, 'around'));
    const { hash, files } = await place();
    expect(hash).not.toBe(first);
    expect(files.map(([file]) => file)).toEqual([
      'nodes/fit/fit.py',
      'nodes/fit/helper.py',
      'nodes/fit/shared/deep.py',
    ]);
    if (process.getuid?.() === 0) return;
    mkdirSync(path.join(folder, 'closed'), { mode: 0 });
    await expect(hashOf()).rejects.toMatchObject({ code: 'TY-CODE', where: { file: 'nodes/fit/closed' } });
  });

  test('does not tell on which machine the project lies', async () => {
    const other = path.join(root, 'elsewhere');
    cpSync(path.join(root, 'nodes'), path.join(other, 'nodes'), { recursive: true });
    const moved = { module: path.join(other, 'nodes', 'fit', 'fit.py') };
    const there = await pythonRuntime.place!(program(moved), { into, root: other });
    const here = await place();
    expect([there.hash, there.folder, there.files]).toEqual([here.hash, here.folder, here.files]);
    expect(here.files.map(([file]) => file)).toEqual(['nodes/fit/fit.py', 'nodes/fit/helper.py']);
  });
});

test('code is placed as it was: a later edit makes another folder, and the first stays', async () => {
  const first = await place();
  write('helper.py', 'two = 3\n');
  const second = await place();
  expect(second.folder).not.toBe(first.folder);
  expect(readdirSync(path.join(first.folder, 'code')).sort()).toEqual(['fit.py', 'helper.py']);
  expect(readdirSync(into).filter((name) => name.endsWith('.tmp'))).toEqual([]);
});

test('a module of a package is imported by its whole name, and its package is all that counts', async () => {
  write('pack/__init__.py', '');
  write('pack/sub/__init__.py', '');
  write('pack/sub/work.py', 'def run(params, inputs, ctx): return 1\n');
  const { folder: placed, program: said } = await place({ module: path.join(folder, 'pack', 'sub', 'work.py') });
  expect(said).toMatchObject({ module: 'pack.sub.work', sources: 'nodes/fit' });
  expect(readdirSync(path.join(placed, 'code'))).toEqual(['pack']);
});

test('a module that is not there is named with its file', async () => {
  await expect(place({ module: path.join(folder, 'fitt.py') })).rejects.toMatchObject({
    code: 'TY-CODE',
    where: { file: 'nodes/fit/fitt.py' },
  });
});

describe('requirements', () => {
  test('are one line for each package', () => {
    const text = `--index-url https://index.example/simple\nsix==1.17.0 ; python_version < '4' \\\n  ${HASH} \\\n  ${HASH}\nnumpy[a,b]==2.4.6 ${HASH}`;
    expect(lockedRequirements(text, 'r.txt').split('\n')).toEqual([
      '--index-url https://index.example/simple',
      `six==1.17.0 ; python_version < '4' ${HASH} ${HASH}`,
      `numpy[a,b]==2.4.6 ${HASH}`,
    ]);
    expect(lockedRequirements('\n# nothing\n', 'r.txt')).toBe('');
  });

  test.each(['--find-links=../wheels', '-f wheels', '--find-links file:wheels', `six @ ../six.whl ${HASH}`])(
    'that lead elsewhere once they are copied are refused: %s',
    (line) => {
      expect(() => lockedRequirements(`\n${line}\n`, 'r.txt')).toThrow(
        expect.objectContaining({ code: 'TY-CODE', where: { file: 'r.txt:2' } }) as Error,
      );
    },
  );

  test.each([
    '--index-url https://user:SECRET@index.example/simple',
    '-i https://SECRET@index.example/simple',
    '-r https://user:SECRET@index.example/r.txt',
    `six @ https://user:SECRET@index.example/six.whl ${HASH}`,
  ])('that hold a password are refused, and it is not said again: %s', (line) => {
    const refuse = (): unknown => lockedRequirements(line, 'r.txt');
    expect(refuse).toThrow(/a name or a password/);
    expect(refuse).not.toThrow(/SECRET/);
  });

  test('may name full paths, addresses, and passwords by variables', () => {
    const text = [
      '--find-links /wheels',
      '--find-links=file:///wheels',
      '--index-url https://${NAME}:${TOKEN}@index.example/simple',
      `six @ https://index.example/six.whl ${HASH}`,
      `toy @ file:///wheels/toy.whl ${HASH}`,
    ].join('\n');
    expect(lockedRequirements(text, 'r.txt')).toBe(text);
  });

  test.each([
    ['numpy', 'r.txt:3', '"numpy" is not locked: it is not pinned to one version with its hashes'],
    ['numpy==2.4.6', 'r.txt:3', '"numpy" is not locked: it has no hash'],
    [`numpy>=2 ${HASH}`, 'r.txt:3', '"numpy" is not locked: it is not pinned to one version with its hashes'],
    [`numpy==2.* ${HASH}`, 'r.txt:3', '"numpy" is not locked: it is not pinned to one version with its hashes'],
    ['-r other.txt', 'r.txt:3', 'the requirements hold "-r other.txt", which does not say by itself what is installed'],
    ['numpy==2.4.6 --hash=md5:00', 'r.txt:3', '"numpy" is not locked: it has no hash'],
  ])('that do not say what is installed are refused with the command that does: %s', (line, file, what) => {
    expect(() => lockedRequirements(`# ours\nsix==1.17.0 ${HASH}\n${line}\n`, 'r.txt')).toThrow(
      expect.objectContaining({
        code: 'TY-CODE',
        what,
        where: { file },
        remedy: expect.stringContaining('npx trainyard python lock requirements.in -o r.txt') as string,
      }) as Error,
    );
  });
});
