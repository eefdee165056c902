import type { Client } from '@temporalio/client';
import type { GraphRecord } from '../../core/graph.js';
import { poolQueue } from '../../core/queues.js';
import { runningOf } from './running.js';
import type { PendingNode } from './pending-node.js';

/** A poller that was last seen longer ago than a long poll lasts is gone, ms. */
const POLLER_GONE_MS = 75_000;

/** Whether a worker has asked for work on a task queue within the last minute. */
export async function isServed(temporal: Client, queue: string, type: 'workflow' | 'activity'): Promise<boolean> {
  const { pollers } = await temporal.withDeadline(Date.now() + 3_000, () =>
    temporal.workflowService.describeTaskQueue({
      namespace: temporal.options.namespace,
      taskQueue: { name: queue },
      taskQueueType: type === 'workflow' ? 1 : 2,
    }),
  );
  return (pollers ?? []).some(
    ({ lastAccessTime }) => Date.now() - Number(lastAccessTime?.seconds ?? 0) * 1000 < POLLER_GONE_MS,
  );
}

/** The pools for a slot of which calls of a run wait, sorted. */
export function queuedPools(graph: GraphRecord, pending: readonly PendingNode[]): string[] {
  const pools = runningOf(graph, pending).flatMap(({ queued, node }) => (queued ? (node.pool ?? []) : []));
  return [...new Set(pools)].sort();
}

/** Those of some pools that no worker serves. */
export async function unserved(temporal: Client, taskQueue: string, pools: readonly string[]): Promise<string[]> {
  const served = await Promise.all(pools.map((pool) => isServed(temporal, poolQueue(taskQueue, pool), 'activity')));
  return pools.filter((_, at) => !served[at]);
}
