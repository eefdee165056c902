import { isCancellation } from '@temporalio/workflow';
import { isTrainyardError } from '@trainyard/errors';
import type { GraphNode } from '../../core/graph.js';
import { errorRecord, explainFailure } from './failure.js';
import type { GraphKeeper } from './graph-keeper.js';
import { when } from './answer-order.js';

/** How calls of a run have failed. */
export class Ends {
  readonly #run: string;
  readonly #graph: GraphKeeper;
  /** Failures that calls have ended with: what another call meets as its input's, it does not own. */
  readonly #known = new WeakSet<object>();
  #halt: unknown;

  constructor(run: string, graph: GraphKeeper) {
    this.#run = run;
    this.#graph = graph;
  }

  /** Whether a call has ended with this failure already. */
  has(error: unknown): boolean {
    return typeof error === 'object' && error !== null && this.#known.has(error);
  }

  /**
   * Puts a failure on the record and throws it. One that ends the run as a whole is not thrown, and nothing is returned
   * ever: a node whose code is gone has no result, and none that a pipeline may catch.
   */
  fail(node: GraphNode, error: unknown): Promise<never> {
    const explained = explainFailure(error, {
      node: node.node,
      run: this.#run,
      ...(node.pool ? { pool: node.pool } : {}),
    });
    // A child fails by its own nodes: that one of them is named does not make it an input's failure.
    const because =
      this.has(error) ||
      (node.kind !== 'child' &&
        isTrainyardError(explained) &&
        explained.where.node !== undefined &&
        explained.where.node !== node.node);
    if (typeof explained === 'object' && explained !== null) this.#known.add(explained);
    this.#graph.update(node, {
      state: isCancellation(error) ? 'cancelled' : because ? 'skipped' : 'failed',
      endedAt: Date.now(),
      ...(isCancellation(error) ? {} : { error: errorRecord(explained) }),
    });
    if (!isTrainyardError(explained) || explained.code !== 'TY-CODE-GONE') return Promise.reject(explained);
    this.#halt ??= explained;
    return new Promise(() => undefined);
  }

  /** Throws what ends the run as a whole, once there is such a failure. */
  async halted(): Promise<never> {
    await when(() => this.#halt !== undefined);
    throw this.#halt;
  }
}
