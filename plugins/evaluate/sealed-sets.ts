import type { GraphRecord } from '../../core/graph.js';
import { isRef } from '../../core/handle.js';
import { openingsOf, type SealedOpening, type Store } from '../../store/index.js';

/** A sealed test set that a run made or was given, and what has opened it. */
export interface SealedSet {
  /** The call and the port that it is the output of. */
  readonly from: string;
  readonly digest: string;
  /** The first one first, those of other runs too. */
  readonly openings: readonly SealedOpening[];
}

/** The sealed test sets among the outputs of a run, each once. */
export async function sealedSets(store: Store, graph: GraphRecord): Promise<SealedSet[]> {
  const found = new Map<string, string>();
  for (const { node, outputs = {} } of graph.nodes)
    for (const [port, ref] of Object.entries(outputs))
      if (isRef(ref) && ref.kind.startsWith('sealed ') && !found.has(ref.digest))
        found.set(ref.digest, `${node} ${port}`);
  return Promise.all(
    [...found].map(async ([digest, from]) => ({
      from,
      digest,
      openings: await openingsOf(store, digest as Parameters<typeof openingsOf>[1]),
    })),
  );
}
