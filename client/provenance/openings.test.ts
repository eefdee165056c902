import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { digestText } from '../../core/digest.js';
import type { GraphNode, GraphRecord } from '../../core/graph.js';
import { FileStore, openingsOf, recordOpening, type SealedOpening } from '../../store/index.js';
import { copyOpenings } from './openings.js';

test('a repetition knows who opened the sealed artifacts of its run, in the order of then, and of no others', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'trainyard-openings-'));
  try {
    const [from, to] = ['from', 'to'].map((name) => new FileStore(path.join(folder, name)));
    const [sealed, other] = [digestText('sealed'), digestText('other')];
    const opening = (artifact: typeof sealed, run: string, openedAt: string): SealedOpening => ({
      ...{ artifact, key: digestText(run), run, node: 'evaluate.final', purpose: 'birds', by: null, openedAt },
    });
    const both = [opening(sealed, 'b', '2026-01-01T00:00:00.000Z'), opening(sealed, 'a', '2026-01-02T00:00:00.000Z')];
    for (const one of [...both, opening(other, 'a', '2026-01-03T00:00:00.000Z')]) await recordOpening(from!, one);
    const ref = (kind: string, digest: typeof sealed) => ({ kind, digest, size: 1 });
    const split: Partial<GraphNode> = {
      ...{ call: 'n1', node: 'split.random', kind: 'node', scope: '', state: 'done', inputs: [] },
      outputs: { train: ref('table', other), test: ref('sealed table', sealed) },
    };
    await copyOpenings(from!, to!, { run: 'a', nodes: [split as GraphNode] } as GraphRecord);
    expect(await openingsOf(to!, sealed)).toEqual(both);
    expect(await openingsOf(to!, other)).toEqual([]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
