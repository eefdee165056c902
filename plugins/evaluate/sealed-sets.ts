import type { GraphRecord } from '../../core/index.js';
import { openingsOf, type RunReader, type SealedOpening } from '../../client/index.js';

/** A sealed test set that a run made or was given, and what has opened it. */
export interface SealedSet {
  /** The call and the port that it is the output of. */
  readonly from: string;
  readonly digest: string;
  /** The first one first, those of other runs too. */
  readonly openings: readonly SealedOpening[];
}

/** The sealed test sets among the outputs of a run, each once. */
export async function sealedSets(store: RunReader['store'], graph: GraphRecord): Promise<SealedSet[]> {
  const found = new Map<string, string>();
  for (const { node, outputs = {} } of graph.nodes)
    for (const [port, ref] of Object.entries(outputs))
      if (ref.kind.startsWith('sealed ') && !found.has(ref.digest)) found.set(ref.digest, `${node} ${port}`);
  return Promise.all(
    [...found].map(async ([digest, from]) => ({
      from,
      digest,
      openings: await openingsOf(store, digest as Parameters<typeof openingsOf>[1]),
    })),
  );
}
