import type { GraphNode, GraphRecord } from '../core/graph.js';
import type { StudyState } from '../core/study/state.js';
import type { ReviewState } from '../workflows/review/contract.js';
import { reviewState } from './reviews.js';
import type { RunReader } from './run-view.js';
import { readStudy } from './studies.js';

/** What a durable child of a run says of itself. */
export interface ChildState {
  readonly study?: StudyState;
  readonly review?: ReviewState;
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
    const final = state !== 'running';
    const keep = (told: Omit<ChildState, 'final'>): void => {
      this.#known.set(call, { ...this.#known.get(call), ...told, final });
      this.#asking.delete(call);
    };
    this.#asking.set(
      call,
      stateOf(reader, node, id, this.#known.get(call)).then(keep, () => keep({})),
    );
  }
}

async function stateOf(
  { temporal, store }: RunReader,
  workflow: string,
  id: string,
  known: ChildState | undefined,
): Promise<Omit<ChildState, 'final'>> {
  if (workflow === 'label-review') return temporal ? { review: await reviewState({ temporal }, id) } : {};
  if (workflow !== 'study') return {};
  const study = await readStudy({ temporal, store }, id, known?.study);
  return study ? { study } : {};
}
