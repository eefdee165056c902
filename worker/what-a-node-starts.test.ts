import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { compiled } from '../project/package-root.js';
import { Told, ToyNode } from './toy-executor.test-part.js';

/** Starts three processes and says who they are: a child, one with a session of its own, and one whose parent has gone. */
const START = `
  const child = spawn('sleep', ['1060'], { stdio: 'ignore' });
  const own = spawn('sleep', ['1061'], { stdio: 'ignore', detached: true });
  const left = execFileSync('/bin/sh', ['-c', 'setsid sleep 1062 >/dev/null 2>&1 & echo $!'], { encoding: 'utf8' });
  ctx.log('started ' + [process.pid, child.pid, own.pid, Number(left)].join(' '));
`;
const toy = new ToyNode(
  `
  if (how !== 'none' && how !== 'short' && how !== 'fat') { ${START} }
  if (how === 'short') execFileSync('true');
  if (how === 'fat') {
    const eat = 'const held = []; setInterval(() => held.push(Buffer.alloc(20_000_000, 1)), 5)';
    const eater = spawn(process.execPath, ['-e', eat], { stdio: 'ignore' });
    ctx.log('started ' + [process.pid, eater.pid].join(' '));
    await new Promise((late) => setTimeout(late, 60_000));
  }
  if (how === 'deaf') await new Promise((late) => setTimeout(late, 60_000));
  if (how === 'polite') await wait(60_000, undefined, { signal: ctx.signal });
  if (how === 'busy') for (const end = Date.now() + 60_000; Date.now() < end; );
  if (how === 'crash') process.kill(process.pid, 'SIGSEGV');
  if (how === 'throw') throw new Error('no');
  return { value: process.pid };
`,
  `import { execFileSync, spawn } from 'node:child_process'; import { setTimeout as wait } from 'node:timers/promises';`,
);
afterAll(() => toy.close());

/** Those that are alive: one that is dead and not collected is not. */
const alive = (pids: readonly number[]): number[] =>
  pids.filter((pid) => {
    try {
      return !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, 'latin1'));
    } catch {
      return false;
    }
  });
const pidsOf = (line: string): number[] => line.split(' ').slice(1).map(Number);

// They mostly wait, each for its own processes.
describe.runIf(process.platform === 'linux').concurrent('what a node starts ends with it', () => {
  it.each(['deaf', 'polite', 'busy'])(
    'a cancelled node that is %s leaves no process that it started',
    async (how) => {
      const told = new Told();
      told.onLine = () => told.stop.abort();
      await expect(told.run(toy.executor(), toy.message(how))).rejects.toMatchObject({ name: 'Cancelled' });
      const started = pidsOf(told.lines[0] ?? '');
      expect(started).toHaveLength(4);
      expect(alive(how === 'polite' ? started.slice(1) : started)).toEqual([]);
    },
    20_000,
  );

  it.each([
    ['that crashed', 'crash', 'TY-NODE-CRASHED'],
    ['that failed', 'throw', 'TY-NODE-FAILED'],
  ])('a node %s leaves no process that it started', async (_, how, code) => {
    const told = new Told();
    await expect(told.run(toy.executor(), toy.message(how))).rejects.toMatchObject({ code });
    expect(alive(pidsOf(told.lines.find((line) => line.startsWith('started')) ?? '').slice(1))).toEqual([]);
  });

  it('a node that is done leaves nothing to the next, which gets a process of its own', async () => {
    const executor = toy.executor();
    const told = new Told();
    const first = (await told.run(executor, toy.message('go on')))?.outputs['out']?.value;
    expect(alive(pidsOf(told.lines[0] ?? ''))).toEqual([]);
    const second = (await new Told().run(executor, toy.message('none')))?.outputs['out']?.value;
    expect(second).not.toBe(first);
    // One whose children have ended keeps its process warm.
    const third = (await new Told().run(executor, toy.message('short')))?.outputs['out']?.value;
    expect(third).toBe(second);
  });

  it('the memory of what a node started counts as its own', async () => {
    const told = new Told();
    const run = told.run(toy.executor(), toy.message('fat'), 500_000_000);
    await expect(run).rejects.toMatchObject({ code: 'TY-NODE-MEMORY', expected: 'at most 500 MB' });
    expect(alive(pidsOf(told.lines[0] ?? ''))).toEqual([]);
  });

  it.each(['deaf', 'busy'])(
    'a killed worker leaves neither a %s executor nor what it started',
    async (how) => {
      const script = path.join(toy.folder, `worker-${how}.mjs`);
      writeFileSync(
        script,
        `import { Executor } from ${JSON.stringify(pathToFileURL(compiled('worker', 'executor.js')).href)};
const executor = new Executor({ ...${JSON.stringify(toy.setup())}, worker: process.pid });
const hooks = { signal: new AbortController().signal, onProgress() {}, onReport() {}, onBegin() {}, onLog: (line) => console.log(line) };
await executor.run(${JSON.stringify(toy.message(how))}, hooks);
`,
      );
      const worker = spawn(process.execPath, [script], { stdio: ['ignore', 'pipe', 'inherit'] });
      const [line] = (await once(worker.stdout, 'data')) as [Buffer];
      const started = pidsOf(line.toString().trim());
      expect(alive(started)).toHaveLength(4);
      worker.kill('SIGKILL');
      await vi.waitFor(() => expect(alive(started)).toEqual([]), { timeout: 10_000 });
    },
    20_000,
  );
});
