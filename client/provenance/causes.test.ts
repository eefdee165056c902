import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { digestText } from '../../core/digest.js';
import { FileStore, type NodeRecord } from '../../store/index.js';
import { alike, causesOf } from './causes.js';
import { noteCodes } from './codes.js';

const store = new FileStore(mkdtempSync(path.join(tmpdir(), 'trainyard-causes-')));
afterAll(() => rmSync(store.name, { recursive: true, force: true }));

const [CODE, OTHER] = ['a'.repeat(32), 'b'.repeat(32)];
const was: NodeRecord = {
  format: 1,
  run: 'r',
  lineage: 'r',
  pipeline: 'p',
  scope: '',
  node: 'train.net',
  version: '1',
  code: CODE,
  key: digestText('key'),
  params: { units: 4 },
  inputs: { train: { kind: 'table', digest: digestText('rows'), size: 1 } },
  outputs: {},
  seed: 7,
  threads: 1,
  keyed: { seed: 0, backend: 'native' },
  worker: 'w',
  device: 'cpu',
  pid: 1,
  attempt: 1,
  startedAt: '2026-01-01T00:00:00Z',
  endedAt: '2026-01-01T00:00:01Z',
  libraries: { tensorflow: '2.21.0', node: '22.1.0' },
};

/** One thing that is not as it was, and the words for it. */
const CASES: readonly (readonly [Partial<NodeRecord>, string])[] = [
  [{ keyed: { seed: 0, backend: 'wasm' } }, 'TensorFlow on native → wasm'],
  [{ keyed: { seed: 1, backend: 'native' }, seed: 8 }, "the run's seed 0 → 1"],
  [{ threads: 2 }, 'threads 1 → 2'],
  [{ seed: 8 }, 'its own seed 7 → 8: another release of Trainyard drew it'],
  [{ device: 'gpu:0' }, 'device cpu → gpu:0'],
  [{ libraries: { tensorflow: '2.22.0', node: '22.1.0' } }, 'tensorflow 2.21.0 → 2.22.0'],
  [{ libraries: { node: '22.1.0' } }, 'tensorflow 2.21.0 → none'],
  [{ code: OTHER }, 'its code: nodes/rate.ts changed'],
];

test.each(CASES)('verify said "not equal" without a cause: %j is told', async (change, words) => {
  await noteCodes(store, [
    { node: 'train.net', hash: CODE, parts: { files: [['nodes/rate.ts', '1']], packages: [] } },
    { node: 'train.net', hash: OTHER, parts: { files: [['nodes/rate.ts', '2']], packages: [] } },
  ]);
  expect(await causesOf(store, was, { ...was, ...change })).toEqual([words]);
});

test('where nothing on record is other, the node itself is named; where there is no record, that', async () => {
  expect(await causesOf(store, was, { ...was, lineage: 'other', worker: 'x', pid: 2 })).toEqual([
    expect.stringMatching(/^nothing on record is other: its code gives something else each time/),
  ]);
  expect(await causesOf(store, was, undefined)).toEqual(['it is not known why: there is no record of the repetition']);
});

test('a call follows from another where its inputs or parameters are others, not where only its key is', () => {
  expect(alike(was, { ...was, key: digestText('other'), code: OTHER })).toBe(true);
  expect(alike(was, { ...was, params: { units: 5 } })).toBe(false);
  expect(alike(was, { ...was, inputs: { train: { kind: 'table', digest: digestText('more'), size: 1 } } })).toBe(false);
});
