import { mkdtempSync, rmSync } from 'node:fs';
import { mkdir, rename, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { expandPattern, filesOf } from '../../../../activities/sources/index.js';
import { filesState, type FilesState } from './digest.js';

const folder = mkdtempSync(path.join(tmpdir(), 'trainyard-source-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let roots = 0;

const stateOf = async (
  pattern: string,
  root: string,
  former?: Parameters<typeof filesState>[2],
  onFile?: () => void,
): Promise<FilesState> => filesState(await filesOf(pattern, root), root, former, onFile);

async function put(root: string, name: string, text: string, seconds = 1_700_000_000): Promise<void> {
  const file = path.join(root, name);
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, text);
  await utimes(file, seconds, seconds);
}

const files = fc.dictionary(fc.constantFrom('a.csv', 'b.csv', 'in/c.csv', 'in/deep/d.csv', 'e.txt'), fc.string(), {
  minKeys: 1,
});

test('a source is known by names and contents alone: when, and in what order, its files were written changes nothing', async () => {
  await fc.assert(
    fc.asyncProperty(files, fc.nat(1000), async (contents, later) => {
      const [one, other] = [0, 1].map(() => path.join(folder, `root-${roots++}`)) as [string, string];
      const names = Object.keys(contents);
      for (const name of names) await put(one, name, contents[name]!);
      for (const name of names.toReversed()) await put(other, name, contents[name]!, 1_700_000_000 + later);
      const states = await Promise.all([one, other].map((root) => stateOf('**/*.csv', root)));
      expect(states[0]!.digest).toBe(states[1]!.digest);
      const meant = names.filter((name) => name.endsWith('.csv'));
      expect(states[0]!.files).toBe(meant.length);
      expect(states[0]!.digest === null).toBe(meant.length === 0);
      const [changed] = meant;
      if (changed === undefined) return;
      // Another content, another name, and one file less are each a change.
      const before = states[0]!.digest;
      await put(one, changed, `${contents[changed]}!`);
      expect((await stateOf('**/*.csv', one)).digest).not.toBe(before);
      await put(one, changed, contents[changed]!);
      expect((await stateOf('**/*.csv', one)).digest).toBe(before);
      await rename(path.join(one, changed), path.join(one, 'z.csv'));
      expect((await stateOf('**/*.csv', one)).digest).not.toBe(before);
      await rm(path.join(one, 'z.csv'));
      expect((await stateOf('**/*.csv', one)).digest).not.toBe(before);
    }),
    { numRuns: 20 },
  );
});

test('files that stand as they did are not read again, and one that is being written is waited for', async () => {
  const root = path.join(folder, `root-${roots++}`);
  await put(root, 'a.csv', 'a');
  let read = 0;
  const first = await stateOf('*.csv', root, undefined, () => read++);
  expect([first.files, read]).toEqual([1, 1]);
  const former = { digest: first.digest!, stamp: first.stamp };
  expect(await stateOf('*.csv', root, former, () => read++)).toEqual(first);
  expect(read).toBe(1);
  // In the future: no test is slow enough for it to have settled meanwhile.
  await put(root, 'b.csv', 'b', Math.floor(Date.now() / 1000) + 600);
  expect((await stateOf('*.csv', root, former)).digest).toBeNull();
});

test('a pattern means what it means in a shell: nothing hidden, no folder but by **', async () => {
  const root = path.join(folder, `root-${roots++}`);
  for (const name of ['a.csv', 'ab.csv', '.c.csv', 'in/a.csv', 'in/deep/a.csv', '.git/a.csv', 'a(1).csv'])
    await put(root, name, name);
  const meant = async (pattern: string): Promise<string[]> =>
    (await expandPattern(pattern, root)).map((file) => path.relative(root, file).split(path.sep).join('/'));
  expect(await meant('*.csv')).toEqual(['a(1).csv', 'a.csv', 'ab.csv']);
  expect(await meant('?.csv')).toEqual(['a.csv']);
  expect(await meant('.*.csv')).toEqual(['.c.csv']);
  expect(await meant('**/a.csv')).toEqual(['a.csv', 'in/a.csv', 'in/deep/a.csv']);
  expect(await meant('in/*/a.csv')).toEqual(['in/deep/a.csv']);
  expect(await meant('a(1).csv')).toEqual(['a(1).csv']);
  expect(await meant('nothing/*.csv')).toEqual([]);
});
