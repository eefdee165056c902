import type { GraphNode } from '../../core/graph.js';
import { isHandle, type Handle } from '../../core/handle.js';
import type { Ref } from '../../core/kinds.js';
import type { NodeTask } from '../../core/task.js';
import { isGivenList } from './call.js';
import type { GraphKeeper } from './graph-keeper.js';
import type { Makers } from './artifact-origins.js';
import type { Outcome } from './scheduler.js';
import type { Given, WiredCall } from './wire.js';
import type { FoundOutputs } from './contract.js';

/** Makes references of what calls are given: at once where all of it is known, else when it is. */
export class Inputs {
  readonly #graph: GraphKeeper;
  readonly #makers: Makers;
  readonly #outputs = new Map<string, FoundOutputs>();
  readonly #outcome: ((call: string) => Promise<Outcome> | undefined) | undefined;

  /** `outcome`: what a call comes to, for those that use it: they need not wait until the pipeline may see it. */
  constructor(graph: GraphKeeper, makers: Makers, outcome?: (call: string) => Promise<Outcome> | undefined) {
    this.#graph = graph;
    this.#makers = makers;
    this.#outcome = outcome;
  }

  /** Notes what a call has come to. */
  note(call: string, outputs: FoundOutputs): void {
    this.#outputs.set(call, outputs);
  }

  /** The inputs of a call, unless it has to wait for one. Makes no promise: that is most of what a found node costs. */
  now(wired: WiredCall, node: GraphNode): NodeTask['inputs'] | undefined {
    const resolved: Record<string, Ref | readonly Ref[]> = {};
    for (const [port, given] of wired.inputs) {
      const refs = (isGivenList(given) ? given : [given]).map((one) => this.#known(one));
      if (!refs.every((ref) => ref !== undefined)) return undefined;
      resolved[port] = isGivenList(given) ? refs : (refs[0] as Ref);
    }
    for (const [port, given] of wired.inputs)
      for (const one of isGivenList(given) ? given : [given]) this.#draw(one, this.#known(one) as Ref, node, port);
    return resolved;
  }

  async when(wired: WiredCall, node: GraphNode): Promise<NodeTask['inputs']> {
    const resolved: Record<string, Ref | readonly Ref[]> = {};
    for (const [port, given] of wired.inputs) {
      resolved[port] = isGivenList(given)
        ? await Promise.all(given.map(async (item) => await this.#refOf(item, node, port)))
        : await this.#refOf(given, node, port);
    }
    return resolved;
  }

  #known(given: Given): Ref | undefined {
    return isHandle(given) ? this.#outputs.get(given.call)?.[given.port] : given;
  }

  async #refOf(given: Given, node: GraphNode, port: string): Promise<Ref> {
    const ref: Ref = isHandle(given) ? await this.#comes(given) : given;
    this.#draw(given, ref, node, port);
    return ref;
  }

  #comes(handle: Handle): PromiseLike<Ref> | Ref {
    if (!this.#outcome) return handle;
    const outcome = this.#outcome(handle.call);
    return outcome?.then(({ outputs }) => outputs[handle.port] as Ref) ?? this.#known(handle) ?? handle;
  }

  /** Draws the edge to the maker of a reference, or of what a deferred handle came to. */
  #draw(given: Given, ref: Ref, node: GraphNode, port: string): void {
    const maker = this.#makers.of(ref.digest);
    if (maker && !(isHandle(given) && this.#graph.has(given.call)))
      this.#graph.edge(node, { port, from: maker.call, fromPort: maker.port });
  }
}
