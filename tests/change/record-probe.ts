import { mkdirSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { showBackfill, startBackfill } from '../../client/backfill/backfill.js';
import { moveAlias, registerVersion, rollback } from '../../client/registry/models.js';
import { resumeRun } from '../../client/run/resume.js';
import { recoverNode } from '../../client/run/runs.js';
import { queryGraph } from '../../client/run/run-view.js';
import { listTriggers } from '../../client/trigger/triggers.js';
import { digestText } from '../../core/digest.js';
import { Probe, startServer } from '../matrix/harness.js';
import { SHAPES } from '../matrix/shapes.js';
import { keep } from './keep.js';

const WATCHING = `import { z } from 'zod';
import { pipeline } from 'trainyard';
import { make } from '../nodes/probe/index.js';

export const watching = pipeline(
  'watching',
  { params: z.object({ salt: z.string().default('w') }), trigger: { source: 'data/*.csv', every: '1 second' } },
  ({ salt }) => make({ label: 'seen', n: 1, salt }),
);
`;

/** Every shape of the matrix, what people decide in runs, and what starts runs by itself. */
export async function recordProbe(to: string): Promise<number> {
  const server = await startServer();
  const probe = await Probe.start(server, { respawn: true });
  try {
    mkdirSync(probe.path('data'));
    probe.write('data/one.csv', 'a\n1\n');
    probe.write('pipelines/watching.ts', WATCHING);
    await probe.reload();
    for (const { pipeline } of SHAPES) await probe.run(pipeline, { salt: 'first' }, { id: `${pipeline}-first` });
    // Once more, when everything is found.
    for (const pipeline of ['mapped', 'searched'])
      await probe.run(pipeline, { salt: 'first' }, { id: `${pipeline}-found` });
    await failures(probe);
    await decisions(probe);
    await processes(probe);
    await probe.run('long', { salt: 'long', chains: 10, length: 80 }, { id: 'long' });
    return await keep(probe.client.temporal, probe.folder, ['pipelines', 'nodes'], to);
  } finally {
    await probe.close();
    await server.stop();
  }
}

/** A failure beside work that goes on, a cancellation, and their resumes. */
async function failures(probe: Probe): Promise<void> {
  probe.planFault('failed', { label: 'step 2', moment: 'during', kind: 'user', times: 1 });
  await probe.run('mapped', { salt: 'failed' }, { id: 'failed' });
  await probe.outcome(await resumeRun(probe.client, 'failed'));
  probe.planFault('cancelled', { label: 'b', moment: 'during', kind: 'cancel', times: 1 });
  const run = await probe.start('diamond', { salt: 'cancelled' }, { id: 'cancelled' });
  await probe.until(({ what, run: of }) => what === 'fault' && of === 'cancelled');
  await run.cancel();
  await probe.outcome(run);
  await probe.outcome(await resumeRun(probe.client, 'cancelled'));
}

/** A node that fails and waits for each kind of decision. */
async function decisions(probe: Probe): Promise<void> {
  for (const action of ['retry', 'skip', 'fail'] as const) {
    const id = `paused-${action}`;
    probe.planFault(id, { label: 'b', moment: 'before', kind: 'user', times: 1 });
    const run = await probe.start('diamond', { salt: id }, { id, onFailure: 'pause' });
    const call = await paused(probe, id);
    const more = action === 'skip' ? { outputs: { out: { n: 2 } } } : action === 'retry' ? { params: { add: 2 } } : {};
    await recoverNode(probe.client, id, { call, action, by: 'recorder', why: 'for the record', ...more });
    await probe.outcome(run);
  }
}

async function paused(probe: Probe, run: string): Promise<string> {
  for (;;) {
    const waiting = (await queryGraph(probe.client.temporal, run))?.nodes.find(({ state }) => state === 'paused');
    if (waiting) return waiting.call;
    await wait(100);
  }
}

/** A registry, a backfill, a trigger. */
async function processes(probe: Probe): Promise<void> {
  const by = { by: 'recorder', why: 'for the record' };
  for (const [index, text] of ['one', 'two'].entries()) {
    const model = { kind: 'model', digest: digestText(text), size: 1 } as const;
    const facts = { run: text, lineage: text, pipeline: 'p', metrics: { f1: 0.5 }, signature: null, evidence: null };
    await registerVersion(probe.client, 'recorded', { model, ...facts, ...by });
    await moveAlias(probe.client, 'recorded', { alias: 'champion', to: index + 1, ...by });
  }
  await rollback(probe.client, 'recorded', { alias: 'champion', ...by });
  // Longer than what a registry carries.
  for (let n = 1; n <= 30; n++) {
    const text = `long ${n}`;
    const model = { kind: 'model', digest: digestText(text), size: 1 } as const;
    const facts = {
      run: text,
      lineage: text,
      pipeline: 'p',
      metrics: {},
      signature: null,
      evidence: text.padEnd(3_500),
    };
    await registerVersion(probe.client, 'long', { model, ...facts, ...by });
  }
  const plan = await startBackfill(probe.client, {
    pipeline: 'linear',
    param: 'salt',
    values: ['monday', 'tuesday', 'wednesday'],
  });
  const isDone = async (): Promise<boolean> => (await showBackfill(probe.client, plan.id)).open === false;
  while (!(await isDone())) await wait(200);
  probe.write('data/two.csv', 'a\n2\n');
  while (((await listTriggers(probe.client))[0]?.changes ?? 0) < 2) await wait(200);
}
