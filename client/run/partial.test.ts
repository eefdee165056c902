import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { digestText } from '../../core/digest.js';
import { callLabel, type PartialRun } from '../../core/task.js';
import { Artifacts, FileStore } from '../../store/index.js';
import { storePart } from './partial.js';

const folder = mkdtempSync(path.join(tmpdir(), 'trainyard-partial-'));
const store = new FileStore(folder);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('what a partial run of 5,000 nodes keeps travels in pages below 64 kB, and they are the whole', async () => {
  const labels = Array.from({ length: 5000 }, (_, i) => callLabel(`map[${i}]`, 'train.forest', { i }));
  const whole: PartialRun = {
    keep: Object.fromEntries(
      labels
        .slice(0, 4000)
        .map((label) => [label, { out: { kind: 'json', digest: digestText(label), size: 60, value: { n: 1 } } }]),
    ),
    children: { study: { params: { x: 'y'.repeat(50_000) } } },
    never: labels.slice(4000),
  };
  const stored = await storePart(store, whole);
  const artifacts = new Artifacts(store);
  const pages = await Promise.all(
    (stored?.pages ?? []).map(async (page) => (await artifacts.open(page)).value as unknown as PartialRun),
  );
  expect(JSON.stringify(stored).length).toBeLessThan(10_000);
  for (const page of pages) expect(JSON.stringify(page).length).toBeLessThan(64_000);
  expect(Object.assign({}, ...pages.map(({ keep }) => keep))).toEqual(whole.keep);
  expect(Object.assign({}, ...pages.map(({ children }) => children))).toEqual(whole.children);
  expect(pages.flatMap(({ never }) => never)).toEqual(whole.never);
  expect(await storePart(store, { keep: {}, never: [] })).toBeUndefined();
});
