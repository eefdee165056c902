import type { Digest } from '../../core/digest.js';
import type { GraphNode } from '../../core/graph.js';
import type { NodeTask } from '../../core/task.js';
import { isRefList } from './call.js';
import type { FoundOutputs } from './contract.js';

/** Which call made an artifact. */
export interface Maker {
  readonly call: string;
  readonly port: string;
  /** Whether it was found instead of computed. */
  readonly found: boolean;
  readonly key?: Digest;
}

/** Knows who made each artifact of a run: for edges from references and deferred handles, and for making it again. */
export class Makers {
  readonly #byArtifact = new Map<Digest, Maker>();

  of(artifact: Digest): Maker | undefined {
    return this.#byArtifact.get(artifact);
  }

  /** Notes a node's outputs; who made an artifact first is its maker. */
  note(call: string, outputs: FoundOutputs, found: boolean, key?: Digest): void {
    for (const [port, ref] of Object.entries(outputs))
      this.#set(ref.digest, { call, port, found, ...(key ? { key } : {}) });
  }

  /** Notes every artifact in what a durable child gave. It may have found all: what uses them is looked up. */
  noteWithin(value: unknown, call: string): void {
    if (typeof value !== 'object' || value === null) return;
    if ('digest' in value && 'kind' in value) this.#set(value.digest as Digest, { call, port: 'out', found: true });
    else for (const inner of Object.values(value)) this.noteWithin(inner, call);
  }

  /** Edges from the makers of all artifacts in a value. */
  edgesOf(value: unknown): GraphNode['inputs'] {
    const found: { port: string; from: string; fromPort: string }[] = [];
    const walk = (part: unknown, port: string): void => {
      if (typeof part !== 'object' || part === null) return;
      const maker = 'digest' in part ? this.of(part.digest as Digest) : undefined;
      if (maker) found.push({ port, from: maker.call, fromPort: maker.port });
      else for (const [name, inner] of Object.entries(part)) walk(inner, name);
    };
    walk(value, 'args');
    return found;
  }

  /** True when no input was computed in this run: then a former result of the call is likely. */
  allFound(inputs: NodeTask['inputs']): boolean {
    return Object.values(inputs).every((given) =>
      (isRefList(given) ? given : [given]).every((ref) => this.of(ref.digest)?.found ?? true),
    );
  }

  #set(artifact: Digest, maker: Maker): void {
    if (!this.#byArtifact.has(artifact)) this.#byArtifact.set(artifact, maker);
  }
}
