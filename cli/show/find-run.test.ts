import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findRun } from './find-run.js';
import type { RunMetric } from '../../core/graph.js';
import { endRun, FileStore, putGraph, startRun } from '../../store/index.js';
import { listRunListings } from '../../client/run/run-list.js';

const folder = mkdtempSync(path.join(tmpdir(), 'trainyard-run-list-'));
const store = new FileStore(folder);
const reader = { store, temporal: undefined, taskQueue: 'trainyard-zoo' };
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function record(id: string, startedAt: string, metric?: RunMetric): Promise<void> {
  const about = { format: 1, pipeline: 'penguins', lineage: id, params: {}, seed: 0, cause: null } as const;
  await startRun(store, { ...about, id, startedAt });
  const state = 'done';
  const nodes: [] = [];
  const told = metric === undefined ? {} : { metric: { ...metric } };
  await putGraph(store, id, { ...about, run: id, state, startedAt: 0, nodes, ...told });
  await endRun(store, id, { status: 'completed', endedAt: startedAt, ...told });
}

describe('runs in a list', () => {
  beforeAll(async () => {
    await record('first', '2026-11-29T06:00:00.000Z', { name: 'f1.macro', value: 0.75 });
    await record('first/tune', '2026-11-29T06:01:00.000Z');
    await record('first/review-species.answers', '2026-11-29T06:02:00.000Z');
  });

  it('studies and reviews, which start after their runs, do not stand among them', async () => {
    expect((await listRunListings(reader)).runs.map(({ id }) => id)).toEqual(['first']);
    expect((await findRun(reader, undefined)).graph.run).toBe('first');
    // By its name a study is found as before, and offered when it is mistyped.
    expect((await findRun(reader, 'first/tune')).graph.run).toBe('first/tune');
    await expect(findRun(reader, 'first/tine')).rejects.toThrow('did you mean "first/tune"?');
  });

  it('the figure that stands for a run stands beside it', async () => {
    expect((await listRunListings(reader)).runs[0]?.metric).toEqual({ name: 'f1.macro', value: 0.75 });
  });
});
