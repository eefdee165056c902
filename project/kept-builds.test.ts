import { mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { dropOldBuilds, noteBuild } from './kept-builds.js';

let build: string;
beforeEach(() => (build = mkdtempSync(path.join(tmpdir(), 'trainyard-builds-'))));
afterEach(() => rmSync(build, { recursive: true, force: true }));

const idOf = (edit: number): string => edit.toString(16).padStart(24, '0');
const write = (name: string): void => writeFileSync(path.join(build, name), name);

/** An edit as a worker takes it up, so many minutes ago: a bundle, its entry, the node's module and the record of it. */
async function edit(number: number, minutesAgo: number): Promise<void> {
  const id = idOf(number);
  const module = `worker-${id}.mjs`;
  for (const name of [`workflows-${id}.js`, `entry-${id}.ts`, module, `edited-${id}.mjs`, `code-toy.make-${id}.json`])
    write(name);
  const code = { node: 'toy.make', hash: id, module: path.join(build, module) };
  await noteBuild({ build }, id, [code as never]);
  const at = Date.now() / 1000 - minutesAgo * 60;
  for (const name of readdirSync(build).filter((one) => one.includes(id))) utimesSync(path.join(build, name), at, at);
}

const left = (what: string): string[] =>
  readdirSync(build)
    .filter((name) => name.startsWith(what))
    .sort();

test('a hundred edits leave the builds that were used last, and those that are needed, with all their files', async () => {
  for (let number = 1; number <= 100; number++) await edit(number, 200 - number);
  write('owner');
  await dropOldBuilds({ build }, new Set([idOf(3)]), { keep: 20 });
  const kept = [3, ...Array.from({ length: 20 }, (_, at) => 81 + at)].map(idOf);
  expect(left('workflows-')).toEqual(kept.map((id) => `workflows-${id}.js`).sort());
  expect(left('worker-')).toEqual(kept.map((id) => `worker-${id}.mjs`).sort());
  expect(left('code-')).toEqual(kept.map((id) => `code-toy.make-${id}.json`).sort());
  // Modules that were only loaded: nobody needs them again.
  expect(left('edited-')).toEqual([]);
  expect(left('owner')).toEqual(['owner']);
});

test('files of the last minutes stay: somebody may be about to use them', async () => {
  await edit(1, 60);
  await edit(2, 50);
  write(`loaded-${idOf(9)}.mjs`);
  await dropOldBuilds({ build }, new Set(), { keep: 1 });
  expect(left('workflows-')).toEqual([`workflows-${idOf(2)}.js`]);
  expect(left('loaded-')).toHaveLength(1);
});

test('a folder of a program goes with the last node that needs it', async () => {
  const folders = [1, 2, 3].map((number) => path.join(build, `python-${idOf(number)}`));
  for (const [at, folder] of folders.entries()) {
    mkdirSync(path.join(folder, 'code'), { recursive: true });
    await edit(at + 1, 60 - at);
    // The second edit is of something else: its program is that of the first.
    const record = path.join(build, `code-toy.make-${idOf(at + 1)}.json`);
    writeFileSync(record, JSON.stringify({ placed: { folder: at === 1 ? folders[0] : folder } }));
    for (const one of [record, folder]) utimesSync(one, 1_000, 1_000);
  }
  await dropOldBuilds({ build }, new Set(), { keep: 2 });
  expect(left('python-')).toEqual([1, 2, 3].map((number) => `python-${idOf(number)}`));
  await dropOldBuilds({ build }, new Set(), { keep: 1 });
  // Nobody has named the second one: another may be placing it.
  expect(left('python-')).toEqual([2, 3].map((number) => `python-${idOf(number)}`));
});

test('where an open run needs a build of which nothing is written down, nothing goes', async () => {
  await edit(1, 60);
  await edit(2, 50);
  rmSync(path.join(build, `files-${idOf(1)}.json`));
  const before = readdirSync(build);
  await dropOldBuilds({ build }, new Set([idOf(1)]), { keep: 0 });
  expect(readdirSync(build)).toEqual(before);
});
