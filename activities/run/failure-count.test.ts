import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { digestText } from '../../core/digest.js';
import { TrainyardError } from '@trainyard/errors';
import type { NodeTask } from '../../core/task.js';
import { collect, endRun, FileStore, startRun, type Store } from '../../store/index.js';
import { countFailure } from './failure-count.js';

let store: Store;
beforeAll(() => {
  store = new FileStore(mkdtempSync(path.join(tmpdir(), 'trainyard-attempts-')));
});
afterAll(() => rmSync(store.name, { recursive: true, force: true }));

it('two runs of a pipeline with a long name do not share the failures of a task, and collecting one leaves those of the other', async () => {
  const key = digestText('a task');
  const error = new TrainyardError('TY-NODE-FAILED', { what: 'it failed' });
  const runs = ['a', 'b'].map((id) => `predict-customer-churn-by-region-20261124-231502-${id}`);
  const count = (id: string): Promise<number> =>
    countFailure(store, { key, run: { id } } as unknown as NodeTask, error);
  const [old = '', young = ''] = runs;
  expect(old.slice(0, 40)).toBe(young.slice(0, 40));
  expect([await count(old), await count(old), await count(young)]).toEqual([1, 2, 1]);
  for (const [id, at] of [
    [old, '2026-01-01T00:00:00Z'],
    [young, '2026-05-31T00:00:00Z'],
  ] as const) {
    const facts = { format: 1, id, lineage: id, pipeline: 'p', params: {}, seed: 0, cause: null } as const;
    await startRun(store, { ...facts, startedAt: at });
    await endRun(store, id, { status: 'failed', endedAt: at });
  }
  await collect(store, {
    ...{ olderThanMs: 30 * 86_400_000, graceMs: 0, now: Date.parse('2026-06-01') },
    ...{ isOpen: async () => false, isKnown: async () => false, others: async () => ({ named: null, runs: [] }) },
  });
  expect([await count(old), await count(young)]).toEqual([1, 2]);
});
