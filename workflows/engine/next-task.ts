import { CancellationScope, proxyActivities } from '@temporalio/workflow';
import type { ServerActivities } from './contract.js';

let proxy: ServerActivities | undefined;

/**
 * Ends the Workflow's task, so that what Local Activities have answered is told to Temporal, and goes on in a new one.
 * An empty Activity does it within some 10 ms; the shortest timer of the server takes up to a second.
 */
export function nextTask(): Promise<void> {
  proxy ??= proxyActivities<ServerActivities>({
    // Short, since nothing is done: a worker that died with it is followed by another soon.
    startToCloseTimeout: '5 seconds',
    retry: { initialInterval: '100ms', maximumInterval: '5s' },
    summary: 'records what has been answered',
  });
  const next = proxy['trainyard.next'];
  return CancellationScope.nonCancellable(() => next());
}
