import { writeFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { identify } from '../../../setup/process-identity.js';
import { Told, ToyNode } from '../../toy-executor.test-part.js';
import { pythonHere } from './here.test-part.js';

const toy = new ToyNode('');
afterAll(() => toy.close());
const module = pathToFileURL(path.join(import.meta.dirname, 'fixtures', 'rough.py')).href;
writeFileSync(
  toy.module,
  `import { json, node } from 'trainyard';
import { python } from 'trainyard/python';
import { z } from 'zod';
const toy = node({ name: 'toy.node', version: '1', params: z.object({ how: z.any() }), inputs: {}, outputs: json(z.any()), seeded: true });
export const toyNode = python(toy, { module: new URL(${JSON.stringify(module)}), python: ${JSON.stringify(pythonHere)} });
`,
);
const message = (how: string) => {
  const plain = toy.message({ do: how });
  return { ...plain, task: { ...plain.task, seed: 7 } };
};

/** A process that has ended and that nobody has waited for is not alive. */
const isAlive = (pid: number): boolean => identify(pid) !== undefined;

/** Whether a process has ended, or does within two seconds: a signal takes a moment to arrive. */
async function ends(pid: number): Promise<boolean> {
  for (let left = 100; left > 0 && isAlive(pid); left--) await wait(20);
  return !isAlive(pid);
}

/** Tells the process id that a node logs, as soon as it does. */
function pidOf(told: Told): Promise<number> {
  return new Promise((resolve) => {
    told.onLine = (line) => {
      const pid = /^pid (\d+)$/.exec(line)?.[1];
      if (pid) resolve(Number(pid));
    };
  });
}

test('a process of Python that is killed is its node’s failure, and the next node runs in the same executor', async () => {
  const executor = toy.executor();
  const told = new Told();
  const pid = pidOf(told);
  const failed = told.run(executor, message('killed')).then(
    () => undefined,
    (error: unknown) => error,
  );
  process.kill(await pid, 'SIGKILL');
  expect(await failed).toMatchObject({
    code: 'TY-NODE-CRASHED',
    what: 'the Python process of toy.node ended by signal SIGKILL before it answered',
    permanent: false,
  });
  expect(await new Told().run(executor, message('nothing'))).toMatchObject({ type: 'done' });
});

test('what a node holds in Python counts for its memory', async () => {
  const executor = toy.executor();
  await expect(new Told().run(executor, message('eat'), 400_000_000)).rejects.toMatchObject({
    code: 'TY-NODE-MEMORY',
    expected: 'at most 400 MB',
  });
  executor.kill();
});

test('what Python prints is the node’s log, without the values of secrets, and so is its error', async () => {
  process.env['TRAINYARD_PYTHON_TEST_TOKEN'] = 'nobody-may-see-this-value';
  const told = new Told();
  const executor = toy.executor({ token: { env: 'TRAINYARD_PYTHON_TEST_TOKEN' } });
  const error: unknown = await told.run(executor, message('prints')).catch((thrown: unknown) => thrown);
  const all = `${told.lines.join('\n')}\n${String(error)}`;
  expect(all).toMatch(/^printed /m);
  expect(all).toMatch(/^to the error stream /m);
  expect(all).toMatch(/ValueError: wrong: /);
  expect(all).not.toContain('nobody-may-see');
  executor.kill();
});

test('what a node starts from Python ends with the node, and Python ends with its executor', async () => {
  const executor = toy.executor();
  const told = new Told();
  const child = pidOf(told);
  await told.run(executor, message('parent'));
  expect(await ends(await child)).toBe(true);

  const stubborn = new Told();
  const pid = pidOf(stubborn);
  const failed = stubborn.run(executor, message('stubborn')).catch((error: unknown) => error);
  const python = await pid;
  executor.kill();
  await failed;
  expect(await ends(python)).toBe(true);
});
