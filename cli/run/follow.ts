import type { WorkflowHandle } from '@temporalio/client';
import type { TrainyardClient } from '../../client/index.js';
import type { GraphRecord } from '../../core/graph.js';
import { sayDuration } from '../../core/duration.js';

/** Prints each node of a run as it ends, until the run is closed. */
export async function followRun(_client: TrainyardClient, handle: WorkflowHandle): Promise<void> {
  const told = new Set<string>();
  let closed = false;
  void handle.result().then(
    () => (closed = true),
    () => (closed = true),
  );
  for (;;) {
    const last = closed;
    const graph = await handle.query<GraphRecord>('graph').catch(() => undefined);
    for (const node of graph?.nodes ?? []) {
      if (told.has(node.call) || node.state === 'waiting' || node.state === 'running') continue;
      told.add(node.call);
      process.stdout.write(
        `${node.state.padEnd(9)} ${node.scope === '' ? '' : `${node.scope} › `}${node.node}${node.ms === undefined ? '' : `  ${sayDuration(node.ms)}`}\n`,
      );
    }
    if (last) return;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}
