import type { GraphNode, GraphRecord } from '../core/graph.js';
import { seeProcess, type SeenProcess } from './process-state.js';
import type { RunReader } from './run/run-view.js';

/** What a durable child of a run says of itself. */
export interface ChildState {
  /** Absent where nothing is known, or nothing is shown of it. */
  readonly seen?: SeenProcess | undefined;
  /** Nothing more will be heard of it. */
  readonly final: boolean;
}

/** A child that runs is asked this often, ms. */
const EVERY_MS = 1_000;

/**
 * Keeps what the children of a run say of themselves. They are asked beside, so that one that does not answer holds
 * nothing up.
 */
export class Children {
  readonly #known = new Map<string, ChildState>();
  readonly #askedAt = new Map<string, number>();
  readonly #asking = new Map<string, Promise<void>>();

  /** What is known at this moment, by call; asks again where that is due. */
  look(reader: RunReader, graph: GraphRecord | undefined): ReadonlyMap<string, ChildState> {
    for (const node of graph?.nodes ?? [])
      if (node.kind === 'child' && node.workflowId !== undefined && node.state !== 'waiting' && this.#isDue(node))
        this.#ask(reader, node, node.workflowId);
    return new Map(this.#known);
  }

  /** What is known once everything that was asked is answered. */
  async last(reader: RunReader, graph: GraphRecord | undefined): Promise<ReadonlyMap<string, ChildState>> {
    await Promise.all(this.#asking.values());
    this.look(reader, graph);
    await Promise.all(this.#asking.values());
    return new Map(this.#known);
  }

  #isDue({ call, state }: GraphNode): boolean {
    const known = this.#known.get(call);
    if (known?.final || this.#asking.has(call)) return false;
    return state !== 'running' || performance.now() - (this.#askedAt.get(call) ?? -Infinity) >= EVERY_MS;
  }

  #ask(reader: RunReader, { call, node, state }: GraphNode, id: string): void {
    this.#askedAt.set(call, performance.now());
    const known = this.#known.get(call)?.seen;
    const keep = (seen: SeenProcess | undefined): void => {
      this.#known.set(call, { seen: seen ?? known, final: state !== 'running' });
      this.#asking.delete(call);
    };
    this.#asking.set(
      call,
      seeProcess(reader, node, id, known).then(keep, () => keep(undefined)),
    );
  }
}
