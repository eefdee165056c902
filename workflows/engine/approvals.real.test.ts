import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Client, Connection } from '@temporalio/client';
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTemporal, type TemporalService } from '../../setup/index.js';
import type { Answer } from './approval-ledger.js';

const taskQueue = 'approvals-test';
let server: TemporalService;
let connection: Connection;
let native: NativeConnection;
let temporal: Client;
const ends: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  server = await startTemporal({ uiPort: false });
  connection = await Connection.connect({ address: server.address });
  native = await NativeConnection.connect({ address: server.address });
  temporal = new Client({ connection });
});

afterAll(async () => {
  for (const end of ends) await end();
  await native?.close();
  await connection?.close();
  await server?.stop();
});

/** Starts a worker, and gives what stops it. */
async function work(): Promise<() => Promise<void>> {
  const workflowsPath = fileURLToPath(new URL('./asking.test-part.ts', import.meta.url));
  // Without a cache the server keeps no queue for this very worker.
  const worker = await Worker.create({ connection: native, taskQueue, workflowsPath, maxCachedWorkflows: 0 });
  const running = worker.run();
  let stopped = false;
  const stop = async (): Promise<void> => {
    if (!stopped) worker.shutdown();
    stopped = true;
    await running;
  };
  ends.push(stop);
  return stop;
}

test('of several people who answer within one step one counts, and the others are told who was faster', async () => {
  const run = await temporal.workflow.start('asks', {
    workflowId: 'asked',
    taskQueue,
    args: [['ship', 'end'], 600_000],
  });
  const people = ['ann', 'bob', 'cem', 'dee'];
  const stop = await work();
  // Its first step, in which it asks, has been done.
  await expect.poll(async () => (await run.describe()).historyLength, { timeout: 30_000 }).toBeGreaterThan(3);
  await stop();
  // No worker now: all of them wait, and come to the Workflow together.
  const say = (name: string, approved: boolean, by: string): Promise<void> =>
    run.executeUpdate<void, [{ name: string } & Answer]>('approve', {
      args: [{ name, approved, by, why: `${by} says so` }],
    });
  const asked = people.map((by, at) => say('ship', at % 2 === 0, by));
  const told = Promise.allSettled(asked);
  await sleep(500);
  await work();
  const outcomes = await told;
  const taken = people.filter((_, at) => outcomes[at]?.status === 'fulfilled');
  expect(taken).toHaveLength(1);
  await say('end', true, 'ann');
  const [answer] = (await run.result()) as Answer[];
  expect(taken).toEqual([answer?.by]);
  const refused = outcomes.flatMap((one) => (one.status === 'rejected' ? [String((one.reason as Error).cause)] : []));
  expect(refused).toHaveLength(3);
  const { length } = refused.filter((one) => one.includes(`"ship" was answered a moment ago`));
  // At least one of them came within the same step, else nothing is shown here.
  expect(length).toBeGreaterThan(0);
  for (const one of refused)
    expect(one).toMatch(/answered a moment ago: (yes|no) by (ann|bob|cem|dee)|already completed/);
});

test('nobody answers: the stated default counts, and an answer after it is refused', async () => {
  const run = await temporal.workflow.start('asks', { workflowId: 'late', taskQueue, args: [['ship', 'check'], 300] });
  expect(((await run.result()) as Answer[]).map(({ approved, by }) => [approved, by])).toEqual([
    [false, 'deadline'],
    [false, 'deadline'],
  ]);
});
