import type { Client } from '@temporalio/client';
import type { GraphAnswer, GraphAsk, GraphNode, GraphRecord } from '../../core/graph.js';
import { LOOK_MS } from '../patience.js';

/**
 * The graph of an open run, asked of its Workflow. Answers are bounded, so a large graph takes several; who looks again
 * is told what has changed since.
 */
export class GraphFollower {
  readonly #temporal: Client;
  readonly #run: string;
  #nodes: GraphNode[] = [];
  #known: GraphAsk | undefined;

  constructor(temporal: Client, run: string) {
    this.#temporal = temporal;
    this.#run = run;
  }

  /** The graph as it is now; undefined when no worker answers in time. */
  async look(): Promise<GraphRecord | undefined> {
    try {
      // What changes while this asks is for the next look: a busy run changes faster than anybody reads.
      for (let changes: number | undefined; ;) {
        const { nodes, part, at, changes: newest, ...head } = await this.#ask();
        if (part !== this.#known?.part) {
          this.#nodes = [];
          changes = undefined;
        }
        this.#known = { part, at };
        // By number: of calls that a run does not carry on, places stay empty.
        for (const node of nodes) this.#nodes[Number(node.call.slice(1)) - 1] = node;
        changes ??= newest;
        if (at >= changes) return { ...head, nodes: this.#nodes.filter(() => true) };
      }
    } catch {
      return undefined;
    }
  }

  #ask(): Promise<GraphAnswer> {
    const { workflow } = this.#temporal;
    return this.#temporal.withDeadline(Date.now() + LOOK_MS, () =>
      workflow.getHandle(this.#run).query<GraphAnswer, [GraphAsk?]>('graph', this.#known),
    );
  }
}
