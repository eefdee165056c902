import type { Digest } from '../../core/digest.js';
import type { GraphRecord } from '../../core/graph.js';
import { openingsOf, type SealedOpening, type Store } from '../../store/index.js';

/** A sealed test set that a run made or was given, and what has opened it. */
export interface SealedSet {
  /** The call and the port that it is the output of. */
  readonly from: string;
  readonly digest: Digest;
  /** The first one first, those of other runs too. */
  readonly openings: readonly SealedOpening[];
}

/** The sealed test sets among the outputs of a run, each once. */
export async function sealedSets(store: Store, graph: Pick<GraphRecord, 'nodes'>): Promise<SealedSet[]> {
  const found = new Map<Digest, string>();
  for (const { node, outputs = {} } of graph.nodes)
    for (const [port, ref] of Object.entries(outputs))
      if (ref.kind.startsWith('sealed ') && !found.has(ref.digest as Digest))
        found.set(ref.digest as Digest, `${node} ${port}`);
  return Promise.all(
    [...found].map(async ([digest, from]) => ({ from, digest, openings: await openingsOf(store, digest) })),
  );
}
