import type { WorkflowHandle } from '@temporalio/client';
import type { DurableProcess } from '../../client/process.js';

/** A process under test, with what happens to one of it. */
export interface ProcessExample {
  readonly process: DurableProcess;
  /** Makes the argument of its Workflow; for each case anew, so that none finds what another has left. */
  readonly input: () => object;
  /** What happens to it, one after the other: people sign, time passes. After the last one it ends, unless it never does. */
  readonly steps: readonly ((handle: WorkflowHandle) => Promise<unknown>)[];
  /** What it says of itself, as far as the steps decide it. Default: what its `view` reads. */
  readonly state?: (handle: WorkflowHandle) => Promise<unknown>;
  /** Checks what it gave; throws where that is wrong. */
  readonly gave?: (result: unknown) => void | Promise<void>;
  /** With this argument it continues as new between the steps: with `continueAfter`, say. Absent: that case is left out. */
  readonly continuing?: () => object;
  /** Modules of other Workflows that it starts. */
  readonly others?: readonly URL[];
}
