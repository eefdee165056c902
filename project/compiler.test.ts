import { execFileSync } from 'node:child_process';
import { expect, test, vi } from 'vitest';
import { build, transform } from './compiler.js';

/** Processes that this one has started and that live, by their command lines. */
function children(): string[] {
  const list = execFileSync('ps', ['-A', '-o', 'ppid=,stat=,args='], { encoding: 'utf8' });
  return list.split('\n').filter((line) => new RegExp(`^\\s*${process.pid}\\s+[^Z]`).test(line));
}

const compilers = (): string[] => children().filter((line) => line.includes('--service='));

// It stayed for as long as its worker, idle, with 40 MB.
test('the compiler’s process ends when it has nothing to do, and comes back for the next work', async () => {
  expect((await transform('let a: number = 1', { loader: 'ts' })).code).toBe('let a = 1;\n');
  expect(compilers()).toHaveLength(1);
  await vi.waitFor(() => expect(compilers()).toEqual([]), { timeout: 30_000, interval: 200 });
  expect((await transform('let b: number = 2', { loader: 'ts' })).code).toBe('let b = 2;\n');
});

test('the compiler’s process is not ended in the middle of a long work', async () => {
  const slow = {
    name: 'slow',
    setup(on: { onLoad(options: { filter: RegExp }, load: () => Promise<{ contents: string }>): void }) {
      on.onLoad({ filter: /.*/ }, async () => {
        await transform('short', {});
        // Longer than an idle compiler stays.
        await new Promise((later) => setTimeout(later, 4_000));
        return { contents: 'export default 1' };
      });
    },
  };
  const entryPoints = [new URL(import.meta.url).pathname];
  const { outputFiles } = await build({ entryPoints, write: false, plugins: [slow] });
  expect(outputFiles[0]?.text).toContain('default 1');
});
