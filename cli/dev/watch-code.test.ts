import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { CodeWatch } from './watch-code.js';

let folder: string;
let changes: number;
let watch: CodeWatch;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'trainyard-watch-'));
  changes = 0;
  watch = new CodeWatch(() => changes++);
  write('fit.py');
});
afterEach(() => {
  watch.close();
  rmSync(folder, { recursive: true, force: true });
});
const write = (file: string): void => writeFileSync(path.join(folder, file), 'x = 1\n');
const changed = (): Promise<unknown> => expect.poll(() => changes, { timeout: 3_000, interval: 20 }).toBeGreaterThan(0);

test('new code beside a file of the project is a change, in whatever language, and other files are none', async () => {
  watch.add([path.join(folder, 'fit.py')]);
  for (const file of ['notes.txt', '.fit.py.swp']) write(file);
  await wait(300);
  expect(changes).toBe(0);
  write('helper.py');
  await changed();
});

test('a new folder in one that belongs to a program is a change, and so is what comes into it', async () => {
  watch.add([folder, path.join(folder, 'fit.py')]);
  const inner = path.join(folder, 'inner');
  mkdirSync(inner);
  await changed();
  // Whoever heard of it reads the sources anew, and names the folder.
  changes = 0;
  watch.add([inner]);
  await changed();
  changes = 0;
  watch.add([inner]);
  await wait(300);
  expect(changes).toBe(0);
  write('inner/deep.py');
  await changed();
});
