import type { NodeProgress } from '../../core/task.js';

/** A node's Activity that has not ended. */
export interface PendingNode {
  readonly node: string;
  /** A worker computes it; otherwise it waits for a free slot, or for its next attempt. */
  readonly started: boolean;
  readonly attempt: number;
  readonly progress: NodeProgress | undefined;
  /** What the attempt before failed with. */
  readonly lastFailure: string | undefined;
}
