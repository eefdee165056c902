import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, utimesSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { findBinary } from '../../../setup/index.js';
import { findInterpreter } from '../../../setup/interpreter.js';
import { pythonHere } from './here.test-part.js';
import { collectEnvironments, ensureEnvironment, holdEnvironment } from './index.js';
import { sayUvFailure } from './uv-failure.js';

const tools = mkdtempSync(path.join(tmpdir(), 'trainyard-environment-'));
afterAll(() => rmSync(tools, { recursive: true, force: true }));

describe('an environment', () => {
  const options = { python: pythonHere, tools, onProgress: () => undefined };

  test('is built once, whoever asks at the same time, and is whole when it is there', async () => {
    const all = await Promise.all([1, 2, 3].map(() => ensureEnvironment(options)));
    expect(new Set(all.map(({ folder }) => folder)).size).toBe(1);
    expect(readdirSync(tools)).toEqual([path.basename(all[0]!.folder)]);
    expect(existsSync(all[0]!.python)).toBe(true);
    expect(all[0]!.version.startsWith(`${pythonHere}.`)).toBe(true);
  });

  test('goes when nobody has used it for long, and not before', async () => {
    const { folder } = await ensureEnvironment(options);
    const month = 30 * 24 * 3_600_000;
    expect(collectEnvironments({ tools, olderThanMs: month })).toEqual([]);
    const before = new Date(Date.now() - month - 60_000);
    utimesSync(path.join(folder, 'used'), before, before);
    expect(collectEnvironments({ tools, olderThanMs: month, dryRun: true })).toEqual([folder]);
    expect(existsSync(folder)).toBe(true);
    await ensureEnvironment(options);
    expect(collectEnvironments({ tools, olderThanMs: month })).toEqual([]);
    utimesSync(path.join(folder, 'used'), before, before);
    expect(collectEnvironments({ tools, olderThanMs: month })).toEqual([folder]);
    expect(existsSync(folder)).toBe(false);
    expect(readdirSync(tools)).toEqual([]);
  });

  test('stays while a process works in it, however short the time that is asked for', async () => {
    const environment = await ensureEnvironment(options);
    const used = path.join(environment.folder, 'used');
    expect(collectEnvironments({ tools, olderThanMs: 0 })).toEqual([]);
    const before = new Date(Date.now() - 30 * 3_600_000);
    utimesSync(used, before, before);
    const release = holdEnvironment(environment, 10);
    await wait(200);
    release();
    expect(Date.now() - statSync(used).mtimeMs).toBeLessThan(60_000);
    expect(collectEnvironments({ tools, olderThanMs: 0 })).toEqual([]);
  });

  test('is built again where a part of it is gone', async () => {
    const { folder, python } = await ensureEnvironment(options);
    for (const part of ['used', 'bin']) {
      rmSync(path.join(folder, part), { recursive: true });
      await ensureEnvironment(options);
      expect([existsSync(python), existsSync(path.join(folder, 'used'))]).toEqual([true, true]);
    }
    expect(readdirSync(tools)).toEqual([path.basename(folder)]);
  });

  test('of a Python that is not yet published, or was built by hand, goes too', async () => {
    const { folder } = await ensureEnvironment(options);
    const odd = ['3.13.0rc1', '3.11.7+'].map((version) => path.join(tools, `python-${version}-${'0'.repeat(16)}`));
    const others = ['python-3.11.7', `python-3.11.7-${'0'.repeat(16)}.lock`].map((name) => path.join(tools, name));
    for (const one of [...odd, ...others]) mkdirSync(one);
    expect(collectEnvironments({ tools, olderThanMs: 0 }).sort()).toEqual(odd.sort());
    expect([...others, folder].every((one) => existsSync(one))).toBe(true);
    for (const one of others) rmSync(one, { recursive: true });
  });

  test('that cannot be removed stays, and the others go', async () => {
    const goes = path.join(tools, `python-3.11.7-${'2'.repeat(16)}`);
    // Its name leaves no room for another: whoever runs the tests may be allowed all else.
    const long = path.join(tools, `python-3.${'1'.repeat(220)}-${'1'.repeat(16)}`);
    for (const one of [long, goes]) mkdirSync(one);
    expect(collectEnvironments({ tools, olderThanMs: 0 })).toEqual([goes]);
    expect(existsSync(long)).toBe(true);
    rmSync(long, { recursive: true });
  });
});

/** Where this machine has uv already: nothing is fetched for a test. */
const uv = await findBinary('uv', { download: false }).catch(() => undefined);

test.skipIf(uv === undefined)('files of an environment are its own: no other environment holds them', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'trainyard-wheel-'));
  try {
    const wheel = path.join(folder, 'toy-1.0-py3-none-any.whl');
    const script = `import sys, zipfile
with zipfile.ZipFile(sys.argv[1], "w") as z:
    z.writestr("toy/__init__.py", "x = 1\\n")
    z.writestr("toy-1.0.dist-info/METADATA", "Metadata-Version: 2.1\\nName: toy\\nVersion: 1.0\\n")
    z.writestr("toy-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\\nGenerator: toy\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
    z.writestr("toy-1.0.dist-info/RECORD", "")`;
    execFileSync('python3', ['-c', script, wheel]);
    const hash = createHash('sha256').update(readFileSync(wheel)).digest('hex');
    const locked = `toy @ file://${wheel} --hash=sha256:${hash}`;
    const built = await ensureEnvironment({
      python: pythonHere,
      tools: path.join(folder, 'tools'),
      requirements: { locked, file: 'r.txt' },
      onProgress: () => undefined,
      env: { ...process.env, TRAINYARD_UV: uv!.path, UV_CACHE_DIR: path.join(folder, 'cache') },
    });
    const site = path.join(built.folder, 'lib', `python${pythonHere}`, 'site-packages', 'toy', '__init__.py');
    expect(statSync(site).nlink).toBe(1);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

describe('a Python that is not there', () => {
  test('is named by its version, with what is there instead', async () => {
    await expect(findInterpreter('3.99')).rejects.toMatchObject({
      code: 'TY-SETUP',
      what: expect.stringMatching(
        /^Python 3\.99 is needed for Python nodes, and was not found \(.*python3? is 3\./,
      ) as string,
      remedy: expect.stringContaining('TRAINYARD_PYTHON') as string,
    });
    await expect(findInterpreter(pythonHere, { PATH: '' })).rejects.toThrow(
      /neither python3\.\d+ nor python3 is on the PATH/,
    );
    await expect(findInterpreter('3.11', { TRAINYARD_PYTHON: '/nowhere/python3' })).rejects.toThrow(/not a program/);
  });

  test('of a version to its last number is that alone', async () => {
    const { version } = await findInterpreter(pythonHere);
    expect((await findInterpreter(version)).version).toBe(version);
    await expect(findInterpreter(`${pythonHere}.99`)).rejects.toThrow(/was not found/);
  });
});

/** What uv 0.13.9 says, with `--require-hashes --no-build`. */
const UV = {
  hash: 'error: Failed to download `six==1.17.0`\n  cause: Hash mismatch for `six==1.17.0`\n\n         Expected:\n           sha256:4721f391\n',
  version:
    'error: No solution found when resolving dependencies\n  cause: Because there is no version of six==9.17.0 and you require six==9.17.0, we can conclude that your requirements are unsatisfiable.\n',
  unhashed:
    'error: In `--require-hashes` mode, all requirements must have a hash, but none were provided for: six==1.17.0\n',
  needed: 'error: Hash-checking is required, but no trusted hash was provided for: `charset-normalizer`\n',
  unknown:
    'error: No solution found when resolving dependencies\n  cause: Because nosuchpackage-xyz was not found in the package registry and you require nosuchpackage-xyz==1.0, we can conclude that your requirements are unsatisfiable.\n',
  source:
    'error: No solution found when resolving dependencies\n  cause: Because numpy==1.19.0 has no usable wheels and you require numpy==1.19.0, we can conclude that your requirements are unsatisfiable.\n\nhint: Wheels are required for `numpy` because building from source is disabled for all packages (i.e., with `--no-build`)\n',
  away: 'error: Request failed after 3 retries in 6.1s\n  cause: Failed to fetch: http://127.0.0.1:9/simple/six/\n  cause: tcp connect error\n',
  other: 'error: something that nobody has seen yet\n',
};

test.each([
  ['hash', 'six==1.17.0 is there, but it is not the file that was locked', 'TY-CODE'],
  ['version', 'there is no six==9.17.0 in the package index', 'TY-CODE'],
  ['unhashed', 'six==1.17.0 is needed, and is not among the requirements with its hash', 'TY-CODE'],
  ['needed', 'charset-normalizer is needed, and is not among the requirements with its hash', 'TY-CODE'],
  ['unknown', 'there is no package nosuchpackage-xyz in the package index', 'TY-CODE'],
  [
    'source',
    'there is no wheel of numpy==1.19.0 for this Python and this kind of machine, and nothing is built from source',
    'TY-CODE',
  ],
  ['away', 'the package index does not answer: Failed to fetch: http://127.0.0.1:9/simple/six/', 'TY-DOWNLOAD'],
  ['other', 'error: something that nobody has seen yet', 'TY-DOWNLOAD'],
] as const)('a package that cannot be had is named: %s', (said, what, code) => {
  const error = sayUvFailure('it failed', UV[said], 'nodes/fit/requirements.txt', '3.11');
  expect([error.code, error.what]).toEqual([code, `it failed: ${what}`]);
  expect(error.where).toEqual({ file: 'nodes/fit/requirements.txt' });
  expect(error.remedy).not.toBe('');
});
