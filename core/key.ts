import { canonical, type Json } from './json.js';
import { digestText, type Digest } from './digest.js';

/**
 * Everything that decides a node call's result, and nothing else. Two calls with equal identities are one
 * computation; a result is found again by the digest of this record. This is the one idea that cache, resume,
 * partial runs and continue-as-new all rest on.
 */
export interface NodeIdentity {
  readonly node: string;
  readonly version: string;
  /** Hash of the implementation: its source without comments and layout, its local imports, its packages' versions. */
  readonly code: string;
  /** Parameters after the contract's schema has filled in its defaults. */
  readonly params: Json;
  /** For each input port the digest of its artifact, or the digests of a list of artifacts, in order. */
  readonly inputs: { readonly [port: string]: Digest | readonly Digest[] };
  /** The run's seed, only for nodes that draw random numbers. */
  readonly seed?: number | undefined;
  /** Intra-op threads that the node computes with: sums depend on their number. */
  readonly threads?: number | undefined;
  /** What TensorFlow computes on, only for nodes that compute with it. */
  readonly backend?: string | undefined;
  /** Said by an author who wants equal calls to be different computations. */
  readonly id?: string | undefined;
  /** The first run and its resumes, only for nodes with effects on the world. */
  readonly lineage?: string | undefined;
  /** The first run and its resumes, when a run was asked to compute everything anew. */
  readonly fresh?: string | undefined;
}

/** The key of a node call: the digest of its identity in canonical JSON. */
export function nodeKey(identity: NodeIdentity): Digest {
  return digestText(canonical(identity));
}

/** Parts of an identity that stand nowhere else in a task or record. */
export interface KeyedParts {
  readonly seed?: number | undefined;
  readonly backend?: string | undefined;
  readonly id?: string | undefined;
  readonly lineage?: string | undefined;
  readonly fresh?: string | undefined;
  /** Parameters that the contract leaves out of the key. */
  readonly leftOut?: readonly string[] | undefined;
}

/** The identity of a call, put together again from its task or record: `nodeKey` of it is the call's key. */
export function identityOf(call: {
  readonly node: string;
  readonly version: string;
  readonly code: string;
  readonly params: Json;
  readonly inputs: { readonly [port: string]: { readonly digest: Digest } | readonly { readonly digest: Digest }[] };
  readonly threads: number;
  readonly keyed?: KeyedParts | undefined;
}): NodeIdentity {
  const { node, version, code, threads, keyed = {} } = call;
  const inputs = Object.entries(call.inputs).map(([port, given]) => [
    port,
    'digest' in given ? given.digest : given.map(({ digest }) => digest),
  ]);
  const params = Object.entries(call.params as { readonly [name: string]: Json });
  return {
    node,
    version,
    code,
    params: Object.fromEntries(params.filter(([name]) => !keyed.leftOut?.includes(name))),
    inputs: Object.fromEntries(inputs) as NodeIdentity['inputs'],
    threads,
    seed: keyed.seed,
    backend: keyed.backend,
    id: keyed.id,
    lineage: keyed.lineage,
    fresh: keyed.fresh,
  };
}

/**
 * A node's own seed: 32 bits drawn from what decides the computation, so neither call order nor a counter can change it.
 * Left out is what makes a key another without making the computation another: computing anew means computing the same.
 * Calls that go on from one another over a parameter draw the same numbers, whatever they have of it.
 */
export function nodeSeed(identity: NodeIdentity, continuesOver?: string): number {
  const params = Object.entries(identity.params as { readonly [name: string]: Json });
  const computation = nodeKey({
    ...identity,
    params: Object.fromEntries(params.filter(([name]) => name !== continuesOver)),
    lineage: undefined,
    fresh: undefined,
  });
  return Number.parseInt(digestText(`seed ${computation}`).slice('sha256-'.length, 'sha256-'.length + 8), 16);
}
