import type { GraphNode, GraphRecord } from '../../core/graph.js';
import type { NodeProgress } from '../../core/task.js';
import type { PendingNode } from './pending-node.js';

/** What is known of a running call beside the graph. */
export interface Running {
  readonly node: GraphNode;
  readonly progress: NodeProgress | undefined;
  /** It waits for a free slot of its pool. */
  readonly queued: boolean;
  readonly attempt: number;
  readonly lastFailure: string | undefined;
}

/** The running calls of a graph with what their heartbeats say. */
export function runningOf(graph: GraphRecord, pending: readonly PendingNode[]): Running[] {
  const byCall = new Map(
    pending.flatMap((one) => (one.progress?.call === undefined ? [] : [[one.progress.call, one]])),
  );
  const silent = pending.filter((one) => one.progress?.call === undefined);
  return graph.nodes
    .filter((node) => node.state === 'running')
    .map((node) => {
      let known = byCall.get(node.call);
      if (!known) {
        // No heartbeat names its call yet: the calls of one node start in the order in which they were made.
        const candidates = silent.filter((one) => one.node === node.node);
        known = candidates.find((one) => one.started) ?? candidates[0];
        if (known) silent.splice(silent.indexOf(known), 1);
      }
      return {
        node,
        progress: known?.progress,
        queued: node.kind === 'node' && known !== undefined && !known.started && known.attempt === 1,
        attempt: known?.attempt ?? 1,
        lastFailure: known?.lastFailure,
      };
    });
}
