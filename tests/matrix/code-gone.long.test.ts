import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { PendingNode } from '../../client/run/pending-node.js';
import { decide } from '../../client/run/runs.js';
import { describeRun, queryGraph } from '../../client/run/run-view.js';
import { isTrainyardError } from '@trainyard/errors';
import type { TemporalService } from '../../setup/index.js';
import { Probe, startServer } from './harness.js';

const root = fileURLToPath(new URL('../..', import.meta.url));

const PIPELINES = `
import { z } from 'zod';
import { approval, pipeline, tune } from 'trainyard';
import { float } from 'trainyard/search';
import { snapshot } from 'trainyard/plugins/ingest';
import { make, score } from '../nodes/probe/index.js';

const params = z.object({ salt: z.string(), source: z.string() });
const go = () => approval({ name: 'go on', question: 'Shall it go on?' });

/** A built-in node after a pause, and another way for when it fails. */
export const later = pipeline('later', { params }, async ({ salt, source }) => {
  await go();
  try {
    await snapshot({ source });
    return make({ label: 'after', n: 2, salt });
  } catch {
    return make({ label: 'instead', n: 3, salt });
  }
});

export const searchedLater = pipeline('searched-later', { params }, async ({ salt }) => {
  const from = make({ label: 'first', n: 1, salt });
  await go();
  try {
    const { best } = tune(score, { from }, {
      space: { x: float(0, 1) }, sampler: { name: 'random' }, trials: 3, parallel: 1, objective: 'out.n',
      params: { label: 'trial', salt },
    });
    return await best;
  } catch {
    return make({ label: 'instead', n: 3, salt });
  }
});
`;

let server: TemporalService;
let installed: string;
let probe: Probe;
beforeAll(async () => {
  server = await startServer();
  // A package of its own, whose code can change under the worker.
  installed = mkdtempSync(path.join(tmpdir(), 'trainyard-installed-'));
  for (const part of ['dist', 'package.json', 'setup'])
    cpSync(path.join(root, part), path.join(installed, part), { recursive: true });
  symlinkSync(path.join(root, 'node_modules'), path.join(installed, 'node_modules'));
  probe = await Probe.start(server, { package: installed });
  probe.write('pipelines/later.ts', PIPELINES);
  probe.write('data.csv', 'a,b\n1,2\n');
  await probe.reload();
}, 120_000);
afterAll(async () => {
  await probe?.close();
  await server?.stop();
  rmSync(installed, { recursive: true, force: true });
});

const labels = (run: string): string[] =>
  probe
    .events(run)
    .filter(({ what }) => what === 'start')
    .map(({ label }) => label);

const params = (salt: string) => ({ salt, source: probe.path('data.csv') });

/** Lets a run go on that waits to be told; asked until it is there. */
async function goOn(run: string): Promise<void> {
  const answer = { name: 'go on', approved: true, by: 'test', why: '' };
  for (let told = false; !told; await wait(100)) {
    told = await decide(probe.client, run, answer).then(
      () => true,
      (error: unknown) => {
        if (isTrainyardError(error) && ['TY-DECISION', 'TY-RUN-UNKNOWN'].includes(error.code)) return false;
        throw error;
      },
    );
  }
}

async function begin(pipeline: string, run: string): ReturnType<Probe['start']> {
  const handle = await probe.start(pipeline, params(run), { id: run });
  // It has begun, with its code, when it asks.
  while (!(await queryGraph(probe.client.temporal, run))?.nodes.some(({ kind }) => kind === 'approval'))
    await wait(100);
  return handle;
}

/** Changes what the installed \`ingest.snapshot\` does; gives what it was. */
function changeInstalled(): () => void {
  const file = path.join(installed, 'dist', 'plugins', 'ingest', 'worker.js');
  const before = readFileSync(file, 'utf8');
  const text = before.replace(/implement\(snapshot, (async )?\(/, (found) =>
    found.replace('snapshot, ', 'snapshot, async () => { throw new Error("other code"); }, '),
  );
  if (text === before) throw new Error('the implementation is not written as this test expects');
  writeFileSync(file, text);
  return () => writeFileSync(file, before);
}

/** Forgets code that was kept of earlier states. */
function forget(node: string): void {
  for (const name of readdirSync(probe.path('.trainyard/build')))
    if (name.startsWith(`code-${node}-`)) rmSync(probe.path(`.trainyard/build/${name}`));
}

async function handedBack(run: string): Promise<PendingNode> {
  for (const end = performance.now() + 60_000; performance.now() < end; await wait(100)) {
    const pending = (await describeRun(probe.client.temporal, run))?.pending ?? [];
    const found = pending.find(({ lastFailure }) => lastFailure !== undefined);
    if (found) return found;
  }
  throw new Error(`nothing was handed back\n${probe.said}`);
}

/** Has Temporal give up an Activity at its next failure, as it does after some twenty minutes. */
async function giveUpNext(run: string, type: string): Promise<void> {
  await probe.client.temporal.workflowService.updateActivityOptions({
    namespace: 'default',
    execution: { workflowId: run },
    type,
    activityOptions: { retryPolicy: { maximumAttempts: 1 } },
    updateMask: { paths: ['retryPolicy.maximumAttempts'] },
  });
}

it('a run keeps the built-in nodes that it began with when the installed package changes', async () => {
  const open = await begin('later', 'kept');
  const back = changeInstalled();
  await probe.reload();
  await goOn('kept');
  expect((await probe.outcome(open)).state).toBe('done');
  expect(labels('kept')).toEqual(['after']);
  // A new run has the new code: the change was one.
  const other = await begin('later', 'new');
  await goOn('new');
  await probe.outcome(other);
  expect(labels('new')).toEqual(['instead']);
  back();
  await probe.reload();
}, 180_000);

it('where its code is gone a node waits, unburnt, and goes on when the code is back', async () => {
  const open = await begin('later', 'gone');
  const back = changeInstalled();
  await probe.reload();
  forget('ingest.snapshot');
  await goOn('gone');
  const { lastFailure } = await handedBack('gone');
  expect(lastFailure).toMatch(/cannot run ingest.snapshot with the code that the run was started with/);
  back();
  await probe.reload();
  expect((await probe.outcome(open)).state).toBe('done');
  expect(labels('gone')).toEqual(['after']);
}, 180_000);

it('where it does not come back the run fails as a whole: no catch and no study takes it for a result', async () => {
  for (const pipeline of ['later', 'searched-later']) {
    const open = await begin(pipeline, pipeline);
    const source = probe.read('nodes/probe/worker.ts');
    const back = changeInstalled();
    probe.write('nodes/probe/worker.ts', source.replace('(x - 0.7) ** 2', '(x - 0.8) ** 2'));
    await probe.reload();
    forget('ingest.snapshot');
    forget('probe.score');
    await goOn(pipeline);
    const child = pipeline === 'later' ? pipeline : `${pipeline}/tune`;
    const { node } = await handedBack(child);
    await giveUpNext(child, node);
    expect(await probe.outcome(open)).toMatchObject({ state: 'failed', error: { code: 'TY-CODE-GONE' } });
    expect(labels(pipeline)).not.toContain('instead');
    back();
    probe.write('nodes/probe/worker.ts', source);
    await probe.reload();
    const resumed = probe.run(pipeline, params(pipeline), {
      id: `${pipeline}-again`,
      lineage: pipeline,
      using: pipeline,
    });
    await goOn(`${pipeline}-again`);
    expect((await resumed).state).toBe('done');
    expect(labels(`${pipeline}-again`)).not.toContain('instead');
  }
}, 300_000);
