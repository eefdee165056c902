import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { isTrainyardError, type TrainyardError } from '@trainyard/errors';
import { json, node } from '../../../core/index.js';
import { Checkpoints, FileStore } from '../../../store/index.js';
import { runNode, type RunNodeOptions } from '../../testing/index.js';
import { pythonHere } from './here.test-part.js';
import { python } from './index.js';

const root = mkdtempSync(path.join(tmpdir(), 'trainyard-python-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const rough = node({
  name: 'rough.node',
  version: '1',
  params: z.object({ how: z.object({ do: z.string() }) }),
  inputs: {},
  outputs: json(z.unknown()),
  seeded: true,
});
const module = new URL('./fixtures/rough.py', import.meta.url);
const roughNode = python(rough, { module, python: pythonHere });

const run = (how: string, options: RunNodeOptions = {}) =>
  runNode(roughNode, { ...options, params: { how: { do: how } } });

async function failure(how: string, options: RunNodeOptions = {}): Promise<TrainyardError> {
  const error: unknown = await run(how, options).then(
    async (ended) => ended.dispose(),
    (thrown: unknown) => thrown,
  );
  if (!isTrainyardError(error)) throw new Error(`expected one of our errors, got ${String(error)}`);
  return error;
}

describe.concurrent('an error in Python is said for people', () => {
  test('by its last line and its place in the user’s own file, without a stack', async () => {
    const log: string[] = [];
    const error = await failure('deep', { host: { log: (line) => log.push(line) } });
    expect(error.what).toBe("rough.node failed: KeyError: 'bill_length_mm'");
    expect(error.where['file']).toMatch(/^worker\/runtimes\/python\/fixtures\/rough\.py:\d+$/);
    expect(log.join('\n')).toContain('runtimes/python/fixtures/rough.py", line');
    expect(log.join('\n')).not.toContain('main.py');
  });

  test('without a message, by its name, and with what caused it in the log', async () => {
    expect((await failure('silent')).what).toBe('rough.node failed: RuntimeError');
    const log: string[] = [];
    expect((await failure('caused', { host: { log: (line) => log.push(line) } })).what).toBe(
      'rough.node failed: RuntimeError: could not read',
    );
    expect(log.join('\n')).toContain("invalid literal for int() with base 10: 'x'");
  });

  test('whatever its author has put beside the message, and with the remedy that it has', async () => {
    const error = await failure('no_number');
    expect(error).toMatchObject({ what: 'the mean is not a number', actual: 'nan', expected: "{('a', 'b'): 3}" });
    expect(error.remedy).toMatch(/whose text cannot be had: ValueError/);
    expect(error.where['column']).toBe(String(2n ** 60n));
    expect((await failure('wordless')).what).toMatch(/Wordless.*whose text cannot be had: ValueError/);
  });

  test('and one that is too long is cut', async () => {
    const error = await failure('long');
    expect([error.code, JSON.stringify(error.toRecord()).length < 500_000]).toEqual(['TY-NODE-INPUT', true]);
  });

  test('memory that Python cannot have is no fault that passes', async () => {
    expect(await failure('hungry')).toMatchObject({ code: 'TY-NODE-MEMORY', permanent: true });
  });

  test('a call that ends its process has not given what it promised', async () => {
    expect((await failure('quit')).what).toBe('rough.node failed: SystemExit: 0');
    expect(await failure('leave')).toMatchObject({
      code: 'TY-NODE-CRASHED',
      what: expect.stringContaining('exit code 3') as string,
    });
    expect(await failure('suicide')).toMatchObject({
      code: 'TY-NODE-CRASHED',
      what: expect.stringContaining('SIGKILL') as string,
    });
    expect(await failure('segfault')).toMatchObject({ what: expect.stringContaining('SIGSEGV') as string });
  });
});

describe.concurrent('what JSON cannot hold is refused by its place', () => {
  test('keys that are no text, whole numbers that a double cannot hold, sets', async () => {
    expect(await failure('keys')).toMatchObject({ code: 'TY-NODE-OUTPUT', actual: 'a dict with the key 1' });
    expect(await failure('large')).toMatchObject({ code: 'TY-NODE-OUTPUT', where: { port: 'out', field: 'value.id' } });
    expect(await failure('lists')).toMatchObject({
      code: 'TY-NODE-OUTPUT',
      actual: 'a set',
      where: { field: 'value.set' },
    });
  });

  test('a value of null is one', async () => {
    await using done = await run('nothing');
    expect(done.output.value).toBe(null);
  });
});

test('how far it is may be no number, and a step may not', async () => {
  expect(await failure('nowhere')).toMatchObject({ code: 'TY-NODE-OUTPUT', expected: 'steps that rise' });
});

describe.concurrent('a process of Python', () => {
  test('has nothing of the user’s own Python, the seed and the threads of its node', async () => {
    await using done = await run('surroundings', { threads: 2 });
    await using again = await run('surroundings', { threads: 2 });
    expect(done.output.value).toMatchObject({
      'user site': false,
      variables: ['PYTHONHASHSEED', 'PYTHONUNBUFFERED', 'PYTHONUTF8'],
      threads: '2',
    });
    expect(again.output.value).toEqual(done.output.value);
    await using other = await run('surroundings', { threads: 2, seed: 5 });
    expect(other.output.value).not.toEqual(done.output.value);
  });

  test('starts others in the same environment', async () => {
    await using done = await run('child_of');
    expect(done.output.value).toBe(true);
  });

  test('is ended when it does not heed a cancellation', async () => {
    const stop = new AbortController();
    let pid = 0;
    const log = (line: string): void => {
      pid = Number(/^pid (\d+)$/.exec(line)?.[1]);
      stop.abort(new Error('told to end'));
    };
    await expect(run('stubborn', { host: { signal: stop.signal, log } })).rejects.toThrow('told to end');
    expect(() => process.kill(pid, 0)).toThrow(/ESRCH/);
  });

  test('ends at the report at which a study says so, whatever exceptions it catches', async () => {
    const stop = new AbortController();
    const log: string[] = [];
    const report = (): void => stop.abort(new Error('enough'));
    const host = { signal: stop.signal, report, log: (line: string) => log.push(line) };
    await expect(run('reports', { host })).rejects.toThrow('enough');
    expect(log).toEqual([]);
  });

  test('may keep the best so far when it is cancelled', async () => {
    const stop = new AbortController();
    const store = new FileStore(path.join(root, 'kept'));
    const host = { signal: stop.signal, log: () => stop.abort(new Error('told to end')) };
    await expect(run('tidy', { store, host })).rejects.toThrow('told to end');
    const keys: string[] = [];
    for await (const { key } of store.list('checkpoints/')) keys.push(key);
    const key = keys[0]?.split('/')[1] as ConstructorParameters<typeof Checkpoints>[1];
    expect(Buffer.from((await new Checkpoints(store, key).load()) ?? []).toString()).toBe('the best so far');
  });
});
