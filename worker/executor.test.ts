import { readFileSync } from 'node:fs';
import { afterAll, expect, test } from 'vitest';
import { TRIAL_STOPPED } from '../activities/study/reporter.js';
import { Told, ToyNode } from './toy-executor.test-part.js';

const toy = new ToyNode(`
  if (how === 'deaf') {
    await ctx.report(process.pid, 0);
    await new Promise((done) => setTimeout(done, 60_000));
  }
  return { value: { pid: process.pid } };
`);
afterAll(() => toy.close());

/** When a process was started, or now: seconds since the machine was (Linux). */
const startOf = (pid: number): number =>
  Number(readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ')[19]) / 100;
const now = (): number => Number(readFileSync('/proc/uptime', 'utf8').split(' ')[0]);

test('a stopped trial that does not listen is killed, and the process of the next was begun before', async () => {
  const executor = toy.executor();
  const told = new Told();
  let deaf = 0;
  told.onReport = (pid) => {
    deaf = pid;
    told.stop.abort(TRIAL_STOPPED);
  };
  await expect(told.run(executor, toy.message('deaf'))).rejects.toMatchObject({ name: 'Cancelled' });
  const killed = now();
  expect(() => process.kill(deaf, 0)).toThrow();
  const done = await new Told().run(executor, toy.message(''));
  const next = done?.outputs['out']?.value as { pid: number } | undefined;
  const pid = next?.pid ?? NaN;
  expect(pid).not.toBe(deaf);
  expect(startOf(pid)).toBeLessThan(killed);
});
