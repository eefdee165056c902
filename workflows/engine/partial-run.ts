import type { GraphNode } from '../../core/graph.js';
import type { Json } from '../../core/json.js';
import { anyCallLabel, callLabel, type PartialRun, type Recovery } from '../../core/task.js';
import { recordOf } from './child-record.js';
import type { GraphKeeper } from './graph-keeper.js';
import type { Makers } from './artifact-origins.js';
import type { FoundOutputs } from './contract.js';

/** What a partial run says of each call: its former outputs, or that it is not run. */
export class Part {
  readonly #part: PartialRun;
  readonly #graph: GraphKeeper;
  readonly #makers: Makers;
  /** Calls that were left out. */
  left = 0;

  constructor(part: PartialRun, graph: GraphKeeper, makers: Makers) {
    this.#part = part;
    this.#graph = graph;
    this.#makers = makers;
  }

  /** The key of a call whose outputs are kept, where it is known. */
  keyOf({ scope, node, params }: GraphNode): string | undefined {
    return this.#part.keys?.[callLabel(scope, node, params ?? null)];
  }

  /** A node's former outputs, a promise that never settles for one that is left out, nothing for one that runs as usual. */
  node(node: GraphNode): Promise<{ outputs: FoundOutputs; found: boolean }> | undefined {
    const label = callLabel(node.scope, node.node, node.params ?? null);
    const outputs = this.#part.keep[label];
    if (!outputs) return this.#leaveOut(node, label);
    this.#graph.update(node, { state: 'found', outputs, startedAt: Date.now(), endedAt: Date.now() });
    this.#makers.note(node.call, outputs, true);
    return Promise.resolve({ outputs, found: true });
  }

  /** The same of a durable child, which is named by its workflow and its name. */
  child(node: GraphNode, name: string): Promise<Json> | undefined {
    const label = callLabel(node.scope, node.node, name);
    const result = this.#part.children?.[label];
    if (result === undefined) return this.#leaveOut(node, label);
    this.#makers.noteWithin(result, node.call);
    const now = Date.now();
    this.#graph.update(node, { state: 'found', startedAt: now, endedAt: now, ...recordOf(node.node, result) });
    return Promise.resolve(result);
  }

  /** Parameters with which a call is computed in place of those that it is asked for with. */
  instead({ scope, node, params }: GraphNode): Recovery['params'] {
    return this.#part.instead?.[callLabel(scope, node, params ?? null)];
  }

  /** Whether a durable child is left out. */
  leavesOut(scope: string, workflow: string, name: string): boolean {
    const label = callLabel(scope, workflow, name);
    return this.#part.children?.[label] === undefined && this.#isLeft(scope, workflow, label);
  }

  #isLeft(scope: string, node: string, label: string): boolean {
    return this.#part.never.includes(label) || this.#part.never.includes(anyCallLabel(scope, node));
  }

  /** A call that is left out never settles: nothing that needs it is run either. */
  #leaveOut(node: GraphNode, label: string): Promise<never> | undefined {
    if (!this.#isLeft(node.scope, node.node, label)) return undefined;
    this.left++;
    this.#graph.update(node, { state: 'skipped' });
    return new Promise<never>(() => undefined);
  }
}
