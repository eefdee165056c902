import type { Client } from '@temporalio/client';
import { vi } from 'vitest';
import { moveAlias, registerVersion } from '../client/registry/models.js';
import type { Digest } from '../core/digest.js';
import { provideParts } from '../core/provided-parts.js';
import { builtInParts } from '../project/brought-parts.js';
import type { JsonKind, Ref } from '../core/kinds.js';
import { writeMassModel } from '../models/mass-model.test-part.js';
import { Artifacts, startRun, type Store } from '../store/index.js';

/**
 * An open run (`penguins-2`; -3 to -5 as well, to be decided about), a closed one (`penguins-1`), one that only the store
 * knows (`forgotten`), a review, a model with an endpoint. Gives the digest of the model.
 */
export async function oneOfEachKind(client: Client, taskQueue: string, store: Store): Promise<Digest> {
  const artifacts = new Artifacts(store);
  provideParts(builtInParts);
  const model = await writeMassModel(artifacts);
  const by = { by: 'test', why: 'for the test' };
  const facts = { run: 'r', lineage: 'r', pipeline: 'p', metrics: {}, signature: null, evidence: null };
  const registry = { temporal: client, taskQueue };
  await registerVersion(registry, 'penguins', { model, ...facts, ...by });
  await moveAlias(registry, 'penguins', { alias: 'champion', to: 1, ...by });
  const start = { taskQueue, args: [{ params: {} }] };
  const closed = await client.workflow.start('ask', { workflowId: 'penguins-1', ...start });
  // Until the run asks for it.
  await vi.waitFor(
    () => closed.executeUpdate('approve', { args: [{ name: 'release', approved: true, ...by }] }),
    10_000,
  );
  await closed.result();
  for (const id of ['penguins-2', 'penguins-3', 'penguins-4', 'penguins-5'])
    await client.workflow.start('ask', { workflowId: id, ...start });
  const columns = [{ name: 'mass', type: 'number' }];
  const labels = ['adelie', 'gentoo'];
  const items = [0, 1, 2].map((row) => ({
    row: `row ${row}`,
    given: 'adelie',
    why: [],
    suggested: 'gentoo',
    suggestedProbability: 0.9,
    givenProbability: 0.1,
    cells: { mass: 4.2 },
  }));
  const queue = (await artifacts.write('json', {
    value: {},
    files: { 'queue.json': JSON.stringify({ format: 1, label: 'species', labels, columns, items }) },
  })) as Ref<JsonKind>;
  const spec = { queue, items: 3, label: 'species', labels, reviewers: 2, guideline: '', byDefault: 'keep' };
  const run = { id: 'penguins-2', lineage: 'penguins-2', pipeline: 'ask', seed: 0, cause: null };
  await client.workflow.start('label-review', {
    workflowId: 'penguins-2/labels',
    taskQueue,
    args: [{ args: { ...spec, leaseMs: 60_000, askAgain: false }, run, name: 'labels', scope: 'labels' }],
  });
  for (const id of ['penguins-2', 'forgotten'])
    await startRun(store, {
      format: 1,
      id,
      lineage: id,
      pipeline: 'ask',
      params: {},
      seed: 0,
      cause: { kind: 'person' },
      startedAt: new Date(0).toISOString(),
    });
  return model.digest;
}
