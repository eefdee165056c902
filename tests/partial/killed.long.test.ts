import { mkdirSync, renameSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { planBackfill, recordBackfill } from '../../client/backfill/plan.js';
import { showBackfill, startBackfill } from '../../client/backfill/backfill.js';
import { backfillId, triggerId } from '../../core/ids.js';
import { projectOfQueue } from '../../core/queues.js';
import { listTriggers } from '../../client/trigger/triggers.js';
import { listRuns } from '../../store/index.js';
import { BACKFILL_TYPE, type BackfillInput } from '../../workflows/backfill/contract.js';
import { TRIGGER, TRIGGER_TYPE, type TriggerInput } from '../../workflows/trigger/contract.js';
import { instantText, mostAtOnce, Stage } from './stage.js';

let stage: Stage;
beforeAll(async () => {
  stage = await Stage.start({ slots: 1 });
  mkdirSync(stage.probe.path('data'));
  stage.probe.write('pipelines/watching.ts', instantText('watching', `trigger: { source: 'data', every: '1 second' }`));
  stage.probe.write('pipelines/daily.ts', instantText('daily', ''));
  await stage.probe.reload();
});
afterAll(() => stage?.close());

/** Numbers in [0, 1) from a seed (mulberry32), so that a failing course can be run again. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Kills the worker, the server or both with -9, and starts them again. */
async function kill(what: 'worker' | 'server' | 'both'): Promise<void> {
  if (what !== 'worker') await stage.killServer();
  if (what !== 'server') await stage.probe.killWorker();
  if (what !== 'worker') await stage.startServer();
  if (what !== 'server') await stage.probe.startWorker();
}

const VICTIMS = ['worker', 'server', 'both'] as const;

/** How many histories a Workflow id has had: above 1 it has continued as new. */
async function generations(workflowId: string): Promise<number> {
  let count = 0;
  for await (const _ of stage.probe.client.temporal.workflow.list({ query: `WorkflowId = '${workflowId}'` })) count++;
  return count;
}

it('a trigger starts one run for each change, whatever is killed, asked twice and continued as new', async () => {
  const { probe } = stage;
  const id = triggerId(projectOfQueue(probe.client.taskQueue), 'watching');
  const config = { pipeline: 'watching', source: 'data', everyMs: 1_000, params: {} };
  // The same trigger, with a history that is long after a few looks.
  await probe.client.temporal.workflow.start(TRIGGER_TYPE, {
    workflowId: id,
    taskQueue: probe.client.taskQueue,
    args: [{ config, continueAfter: 40 } satisfies TriggerInput],
    workflowIdConflictPolicy: 'TERMINATE_EXISTING',
  });
  const random = seeded(12);
  const CHANGES = 12;
  for (let change = 1; change <= CHANGES; change++) {
    // Three contents, in turn: each comes back several times.
    // Put in place whole: a look between its beginning and its end would see a content of its own.
    probe.write('rows.csv', `x\n${change % 3}\n`);
    renameSync(probe.path('rows.csv'), probe.path('data/rows.csv'));
    await wait(900 + random() * 1_600);
    if (random() < 0.7) await kill(VICTIMS[Math.floor(random() * 3)] ?? 'worker');
    const handle = probe.client.temporal.workflow.getHandle(id);
    for (let time = 0; time < 2; time++) await handle.signal(TRIGGER.configure, config).catch(() => undefined);
    await stage.until(
      async () => ((await listTriggers(probe.client))[0]?.changes ?? 0) >= change,
      `change ${change} is seen`,
    );
  }
  await wait(4_000);
  expect((await listTriggers(probe.client))[0]?.changes).toBe(CHANGES);
  // Every run once in Temporal and once on our record, each for another change.
  await stage.until(
    async () => (await stage.executions('watching')).every(({ status }) => status === 'COMPLETED'),
    'all runs are done',
  );
  const ids = (await stage.executions('watching')).map((one) => one.id);
  expect(new Set(ids).size).toBe(ids.length);
  const records = (await listRuns(probe.client.store)).filter(({ start }) => start.pipeline === 'watching');
  const causes = records.map(({ start }) => start.cause as { sequence: number; digest: string });
  const sequences = causes.map(({ sequence }) => sequence).sort((a, b) => a - b);
  expect(sequences).toEqual(Array.from({ length: CHANGES }, (_, index) => index + 1));
  expect(ids).toHaveLength(CHANGES);
  expect(new Set(causes.map(({ digest }) => digest)).size).toBe(3);
  expect(await generations(id)).toBeGreaterThan(2);
});

it('a trigger that was removed and comes back knows what it has seen', async () => {
  const { probe } = stage;
  const before = (await listTriggers(probe.client))[0]?.changes ?? 0;
  probe.write('pipelines/watching.ts', instantText('watching', ''));
  await probe.reload();
  await stage.until(async () => (await listTriggers(probe.client)).length === 0, 'no trigger');
  probe.write('pipelines/watching.ts', instantText('watching', `trigger: { source: 'data', every: '1 second' }`));
  await probe.reload();
  await stage.until(async () => (await listTriggers(probe.client))[0]?.changes === before, 'what it has seen');
  await wait(3_000);
  expect((await listTriggers(probe.client))[0]?.changes).toBe(before);
  probe.write('data/rows.csv', 'x\nnews\n');
  await stage.until(async () => (await listTriggers(probe.client))[0]?.changes === before + 1, 'the next change');
});

it('a backfill of many partitions continues as new, is killed, asked for twice, and runs none of them twice', async () => {
  const { client } = stage.probe;
  const PARTITIONS = 80;
  const PARALLEL = 3;
  const values = Array.from({ length: PARTITIONS }, (_, index) => `part ${index}`);
  const ask = { pipeline: 'daily', param: 'day', values, id: 'many' };
  await recordBackfill(client.store, planBackfill(ask, projectOfQueue(client.taskQueue)));
  const id = backfillId(projectOfQueue(client.taskQueue), 'many').id;
  await client.temporal.workflow.start(BACKFILL_TYPE, {
    workflowId: id,
    taskQueue: client.taskQueue,
    args: [{ id: 'many', pipeline: 'daily', parallel: PARALLEL, continueAfter: 150 } satisfies BackfillInput],
  });
  await expect(startBackfill(client, ask)).rejects.toThrow(/goes on already/);
  const random = seeded(34);
  const done = async () => (await stage.executions('daily')).filter(({ status }) => status === 'COMPLETED').length;
  for (const [index, victim] of VICTIMS.entries()) {
    await stage.until(async () => (await done()) >= (index + 1) * 12, `${(index + 1) * 12} are done`);
    await wait(random() * 1_000);
    await kill(victim);
  }
  await stage.until(async () => (await done()) === PARTITIONS, 'all are done', 300_000);
  const executions = await stage.executions('daily');
  expect(new Set(executions.map((one) => one.id)).size).toBe(PARTITIONS);
  expect(executions).toHaveLength(PARTITIONS);
  expect(mostAtOnce(executions)).toBeLessThanOrEqual(PARALLEL);
  await stage.until(async () => (await showBackfill(client, 'many')).open === false, 'it has ended');
  const { partitions } = await showBackfill(client, 'many');
  expect(new Set(partitions.map(({ state }) => state))).toEqual(new Set(['done']));
  expect(await generations(id)).toBeGreaterThan(2);

  // Temporal forgets closed runs after a while: what has ended is not run again then either.
  for (const { id: workflowId } of executions.slice(0, 40))
    await client.temporal.workflowService.deleteWorkflowExecution({
      namespace: client.namespace,
      workflowExecution: { workflowId },
    });
  await stage.until(async () => (await stage.executions('daily')).length === PARTITIONS - 40, 'they are forgotten');
  const both = await Promise.allSettled([startBackfill(client, ask), startBackfill(client, ask)]);
  expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  expect(await client.temporal.workflow.getHandle(id).result()).toEqual({ outcome: 'done', reached: PARTITIONS });
  await wait(3_000);
  expect(await stage.executions('daily')).toHaveLength(PARTITIONS - 40);
});
