import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { digestText } from '../../core/digest.js';
import { nodeKey, type NodeIdentity } from '../../core/key.js';
import { FileStore } from '../../store/index.js';
import { noteCodes } from './codes.js';
import { changesSince } from './compare.js';

const store = new FileStore(mkdtempSync(path.join(tmpdir(), 'trainyard-compare-')));
afterAll(() => rmSync(store.name, { recursive: true, force: true }));

const CODE = 'a'.repeat(32);
const OTHER = 'b'.repeat(32);
const before: NodeIdentity = {
  node: 'toy.train',
  version: '1',
  code: CODE,
  params: { rate: 0.1, layers: [8, 4], space: { low: 1 } },
  inputs: { train: digestText('train'), all: [digestText('one'), digestText('two')] },
  seed: 1,
  threads: 2,
  backend: 'native',
  id: 'first',
  lineage: 'run-1',
};

/** One edit for each part of an identity, with what it must be explained as: part, name, before, after, details. */
const EDITS: readonly (readonly [Partial<NodeIdentity>, readonly unknown[]])[] = [
  [{ backend: 'wasm' }, ['backend', undefined, 'native', 'wasm']],
  [{ version: '2' }, ['version', undefined, '1', '2']],
  [
    { code: OTHER },
    [
      'code',
      undefined,
      CODE,
      OTHER,
      'nodes/rate.ts changed',
      'package some-package 1.0.0 → 1.0.1',
      'package new-package is new',
    ],
  ],
  [{ params: { rate: 0.2, layers: [8, 4], space: { low: 1 } } }, ['params', 'rate', '0.1', '0.2']],
  [{ params: { rate: 0.1, layers: [8, 6], space: { low: 1 } } }, ['params', 'layers[1]', '4', '6']],
  [{ params: { rate: 0.1, layers: [8, 4], space: { low: 2 } } }, ['params', 'space.low', '1', '2']],
  [
    { inputs: { ...before.inputs, train: digestText('other') } },
    ['inputs', 'train', digestText('train'), digestText('other')],
  ],
  [
    { inputs: { ...before.inputs, all: [digestText('one'), digestText('three')] } },
    ['inputs', 'all[1]', digestText('two'), digestText('three')],
  ],
  [{ seed: 7 }, ['seed', undefined, '1', '7']],
  [{ seed: undefined }, ['seed', undefined, '1', 'none']],
  [{ threads: 4 }, ['threads', undefined, '2', '4']],
  [{ id: 'second' }, ['id', undefined, 'first', 'second']],
  [{ lineage: 'run-2' }, ['lineage', undefined, 'run-1', 'run-2']],
];

it.each(EDITS)('%o: the part that changed is named, with before and after', async (edit, expected) => {
  const parts = (rate: string, packages: [string, string][]) => ({
    files: [['nodes/rate.ts', rate] as const],
    packages,
  });
  await noteCodes(store, [
    { node: 'toy.train', hash: CODE, parts: parts('1', [['some-package', '1.0.0']]) },
    {
      node: 'toy.train',
      hash: OTHER,
      parts: parts('2', [
        ['some-package', '1.0.1'],
        ['new-package', '1.0.0'],
      ]),
    },
  ]);
  const after = { ...before, ...edit };
  // Whatever is explained is part of the key, or it would not have been computed again.
  expect(nodeKey(after)).not.toBe(nodeKey(before));
  const changes = await changesSince(store, before, after);
  const said = changes.map(({ part, name, details, ...values }) => [
    part,
    name,
    values.before,
    values.after,
    ...details,
  ]);
  expect(said.map((one) => one.slice(0, 4))).toEqual([expected.slice(0, 4)]);
  expect([...(said[0]?.slice(4) ?? [])].sort()).toEqual([...expected.slice(4)].sort());
});
