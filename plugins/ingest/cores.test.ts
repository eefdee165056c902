import { expect, test, vi } from 'vitest';
import { runNode } from '../../worker/testing/index.js';
import { file } from './index.js';
import { projectForTests, put } from './read-source.test-part.js';
import { fileSource } from './sources/file/kind.js';
import { parseNode, snapshotNode } from './worker.js';

const machine = vi.hoisted(() => ({ cores: 1 }));
vi.mock('node:os', async (original) => ({
  ...(await original<typeof import('node:os')>()),
  availableParallelism: () => machine.cores,
}));

const folder = projectForTests();
const parts = [fileSource];
/** Of more than two row groups, and so long that the file is read in several pieces. */
const ROWS = 260_000;
const NOTE = 'A note as people write them. '.repeat(6);

test.each([
  ['a table', {}],
  ['a table of which `where` leaves rows out', { where: { kind: ['a', 'b'] } }],
])('%s has the same bytes on a machine of any number of cores', async (_, params) => {
  const lines = Array.from({ length: ROWS }, (__, n) => `${n},${'abc'[(n * 7919) % 3]},${NOTE}`);
  await put(folder, { 'many.csv': `n,kind,note\n${lines.join('\n')}\n` });
  const source = file({ path: 'many.csv' });
  const digest = async (cores: number): Promise<string> => {
    machine.cores = cores;
    await using taken = await runNode(snapshotNode, { params: { source }, parts });
    const inputs = { source: taken.output };
    await using done = await runNode(parseNode, {
      params: { of: source, ...params },
      inputs,
      store: taken.store,
      parts,
    });
    return done.output.ref.digest;
  };
  const one = await digest(1);
  expect(one).toMatch(/^sha256-/);
  expect(await digest(3)).toBe(one);
});
