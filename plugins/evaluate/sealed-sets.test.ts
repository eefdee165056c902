import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { digestText } from '../../core/digest.js';
import type { GraphRecord } from '../../core/graph.js';
import { FileStore, recordOpening } from '../../store/index.js';
import { sealedSection } from './sealed-section.js';
import { sealedSets } from '../../client/index.js';

const folder = mkdtempSync(path.join(tmpdir(), 'trainyard-sealed-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('who opened the test set of a run, how often and because of what, was shown nowhere', async () => {
  const store = new FileStore(folder);
  const ref = { kind: 'sealed table', digest: digestText('test'), size: 1 };
  const node = (name: string, outputs: object) => ({ node: name, outputs }) as unknown as GraphRecord['nodes'][number];
  const graph = {
    nodes: [
      node('split.random', { train: { ...ref, kind: 'table' }, test: ref }),
      node('again', { test: ref }),
      node('x', {}),
    ],
  } as unknown as GraphRecord;
  const page = async (): Promise<string> => String(sealedSection(await sealedSets(store, graph)));
  expect(await page()).toContain('not opened yet');
  for (const [round, by] of ['person', '<b>drift</b>'].entries())
    await recordOpening(store, {
      artifact: ref.digest,
      key: digestText(by),
      run: `birds/${round}`,
      node: 'evaluate.final',
      purpose: 'birds',
      by: { kind: by },
      ...(round === 1 ? { models: [digestText('a model')], reason: 'the <first> had a bug', allowedBy: 'ada' } : {}),
      openedAt: `2026-01-0${round + 1}T00:00:00.000Z`,
    });
  const sets = await sealedSets(store, graph);
  expect(sets.map(({ from, openings }) => [from, openings.length])).toEqual([['split.random test', 2]]);
  const shown = await page();
  expect(shown).toContain('opened 2 times');
  expect(shown).toContain('href="/runs/birds%2F0"');
  expect(shown).toContain('&lt;b&gt;drift');
  expect(shown).toContain('the &lt;first&gt; had a bug (ada)');
  expect(shown).toContain(`/artifacts/${digestText('a model')}`);
  expect(shown).not.toContain('<b>drift');
});

test('a run without a sealed test set has no such section', async () => {
  const none = await sealedSets(new FileStore(folder), { nodes: [] } as unknown as GraphRecord);
  expect(sealedSection(none)).toBeUndefined();
});
