import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { TRIAL_STOPPED } from '../activities/reporter.js';
import { digestText } from '../core/digest.js';
import { Executor } from './executor.js';
import type { RunMessage } from './protocol.js';

const root = path.resolve(import.meta.dirname, '..');
const folder = mkdtempSync(path.join(tmpdir(), 'trainyard-executor-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

mkdirSync(path.join(folder, 'node_modules'));
symlinkSync(root, path.join(folder, 'node_modules', 'trainyard'));
symlinkSync(path.join(root, 'node_modules', 'zod'), path.join(folder, 'node_modules', 'zod'));
const module = path.join(folder, 'node.mjs');
writeFileSync(
  module,
  `import { json, node } from 'trainyard';
import { implement } from 'trainyard/worker';
import { z } from 'zod';
const which = node({
  name: 'toy.which', version: '1', params: z.object({ deaf: z.boolean() }), inputs: {},
  outputs: json(z.object({ pid: z.number() })),
});
export const whichNode = implement(which, async ({ params, ctx }) => {
  if (params.deaf) {
    await ctx.report(process.pid, 0);
    await new Promise((done) => setTimeout(done, 60_000));
  }
  return { value: { pid: process.pid } };
});
`,
);

const message = (deaf: boolean): RunMessage => ({
  type: 'run',
  module: pathToFileURL(module).href.replace('file://', ''),
  exportName: 'whichNode',
  packages: [],
  attempt: 1,
  task: {
    run: { id: 'r', lineage: 'r', pipeline: 'p', cause: null },
    node: 'toy.which',
    version: '1',
    code: 'c',
    key: digestText(String(deaf)),
    params: { deaf },
    inputs: {},
    threads: 1,
    scope: '',
    call: 'n1',
    pool: 'default',
    settings: { attempts: 1, light: false },
  },
});

const hooks = {
  onProgress: () => undefined,
  onLog: () => undefined,
  onBegin: () => undefined,
  memory: undefined,
};

/** When a process was started, or now: seconds since the machine was (Linux). */
const startOf = (pid: number): number =>
  Number(readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ')[19]) / 100;
const now = (): number => Number(readFileSync('/proc/uptime', 'utf8').split(' ')[0]);

test('a stopped trial that does not listen is killed, and the process of the next was begun before', async () => {
  const store = pathToFileURL(path.join(folder, 'store')).href;
  const executor = new Executor({
    worker: process.pid,
    store,
    scratch: path.join(folder, 'scratch'),
    device: 'cpu',
    threads: 1,
    configFile: '',
    secrets: {},
  });
  try {
    const stop = new AbortController();
    let deaf = 0;
    const onReport = (pid: number): void => {
      deaf = pid;
      stop.abort(TRIAL_STOPPED);
    };
    const run = executor.run(message(true), { ...hooks, onReport, signal: stop.signal });
    await expect(run).rejects.toMatchObject({ name: 'Cancelled' });
    const killed = now();
    expect(() => process.kill(deaf, 0)).toThrow();
    const signal = new AbortController().signal;
    const done = await executor.run(message(false), { ...hooks, onReport, signal });
    const next = done?.outputs['out']?.value as { pid: number } | undefined;
    const pid = next?.pid ?? NaN;
    expect(pid).not.toBe(deaf);
    expect(startOf(pid)).toBeLessThan(killed);
  } finally {
    executor.kill();
  }
});
