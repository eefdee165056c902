import { readFileSync } from 'node:fs';
import { activityInfo, ApplicationFailure } from '@temporalio/activity';
import { NativeConnection, Worker } from '@temporalio/worker';

/** What the peer's worker is started with, as its argument. */
export interface PeerSettings {
  readonly address: string;
  readonly bundle: string;
  readonly slots: number;
}

const { address, bundle, slots } = JSON.parse(process.argv[2] ?? '{}') as PeerSettings;
const connection = await NativeConnection.connect({ address });
const failed = new Set<string>();
const activities = {
  noop: async ({ n }: { n: number }) => ({ n: n + 1 }),
  join: async (all: readonly { n: number }[], failing: boolean) => {
    const { workflowId = '' } = activityInfo().workflowExecution ?? {};
    if (failing && !failed.has(workflowId)) {
      failed.add(workflowId);
      throw ApplicationFailure.nonRetryable('planned');
    }
    return { n: all.reduce((most, { n }) => Math.max(most, n), 0) + 1 };
  },
};
const workers = [
  await Worker.create({
    connection,
    taskQueue: 'by-hand',
    workflowBundle: { code: readFileSync(bundle, 'utf8') },
    activities,
  }),
  await Worker.create({
    connection,
    taskQueue: 'by-hand.slots',
    activities,
    maxConcurrentActivityTaskExecutions: slots,
  }),
  await Worker.create({ connection, taskQueue: 'by-hand.wide', activities }),
];
process.on('disconnect', () => process.exit(0));
process.send?.({ type: 'ready' });
await Promise.all(workers.map((worker) => worker.run()));
