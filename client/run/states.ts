import type { NodeState } from '../../core/graph.js';
import type { RunEnd } from '../../core/records.js';

/** The state of a run by how its record says that it ended. Whoever terminates a run has cancelled it. */
export const STATE_OF_END = {
  completed: 'done',
  failed: 'failed',
  cancelled: 'cancelled',
  terminated: 'cancelled',
} as const satisfies Readonly<Record<RunEnd['status'], NodeState>>;
