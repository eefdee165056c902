import { ApplicationFailure, ActivityFailure } from '@temporalio/common';
import { CancellationScope, isCancellation, sleep } from '@temporalio/workflow';
import { durationMs } from '../../core/duration.js';
import { outputPorts, type AnyContract, type CallOptions } from '../../core/node.js';
import type { NodeResult, NodeTask } from '../../core/task.js';
import { nextTask } from './next-task.js';
import { runNodeInline } from './proxies.js';
import { when } from './answer-order.js';

/**
 * Outputs that light nodes may give within one Workflow task. What they gave is told to Temporal when the task ends, in
 * one message of at most 4 MB; until then the run hears of nothing else, and should the worker die it runs the task again
 * (what is in the store is found then). A new task costs some 10 ms.
 */
const MOST_OUTPUTS = 50;

/** What came of a light node's first attempt, when it has to be run in its pool after all. */
export interface NotInline {
  /** Attempts that failed: none when another run computes the same just now. */
  readonly failed: number;
}

/**
 * Light nodes, run where the Workflow is (as Local Activities): no trip to the server for each. Only the first attempt
 * is made so; whatever it is that takes longer, a retry or the wait for another run, is an ordinary Activity's.
 */
export class InlineNodes {
  #given = 0;
  #running = 0;
  /** Those that wait for a new task, in the order in which they came. */
  readonly #waiting: { readonly outputs: number; readonly go: () => void }[] = [];
  #turning = false;

  async run(
    spec: AnyContract['spec'],
    options: CallOptions,
    task: NodeTask,
    summary: string,
  ): Promise<NodeResult | NotInline> {
    // Each promise costs a stack in the sandbox: none is made where there is nothing to wait for.
    const outputs = Object.keys(outputPorts(spec)).length;
    if (!this.#enter(outputs)) await this.#turn(outputs);
    try {
      return (await runNodeInline(spec, options, task, summary)) ?? { failed: 0 };
    } catch (error) {
      if (isCancellation(error) || isPermanent(error)) throw error;
    } finally {
      this.#running--;
    }
    await sleep(durationMs(options.retry?.initialInterval ?? spec.retry?.initialInterval ?? 1000) ?? 1000);
    return { failed: 1 };
  }

  #enter(outputs: number): boolean {
    if (this.#given >= MOST_OUTPUTS) return false;
    this.#given += outputs;
    this.#running++;
    return true;
  }

  /** Resolves once a new task has a place for it: only those that it lets in are woken. */
  #turn(outputs: number): Promise<void> {
    return new Promise((go) => {
      this.#waiting.push({ outputs, go });
      if (!this.#turning) void this.#newTasks();
    });
  }

  async #newTasks(): Promise<void> {
    this.#turning = true;
    while (this.#waiting.length > 0) {
      await this.#newTask();
      for (let next = this.#waiting[0]; next && this.#enter(next.outputs); next = this.#waiting[0]) {
        this.#waiting.shift();
        next.go();
      }
    }
    this.#turning = false;
  }

  /** Ends the Workflow task, once nothing runs in it any more. */
  async #newTask(): Promise<void> {
    await CancellationScope.nonCancellable(async () => {
      await when(() => this.#running === 0);
      await nextTask();
    });
    this.#given = 0;
  }
}

function isPermanent(error: unknown): boolean {
  const cause = error instanceof ActivityFailure ? error.cause : error;
  return cause instanceof ApplicationFailure && cause.nonRetryable === true;
}
