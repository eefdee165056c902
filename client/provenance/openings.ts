import type { Digest } from '../../core/digest.js';
import type { GraphRecord } from '../../core/graph.js';
import { openingsOf, recordOpening, type Store } from '../../store/index.js';
import { callsOf } from './find-call.js';

/**
 * Copies who opened the sealed artifacts that a run made, other runs included: a call that reads it (`ctx.openedBefore`) gives the
 * same in a repetition only where the record is the same.
 */
export async function copyOpenings(from: Store, to: Store, graph: GraphRecord): Promise<void> {
  const sealed = new Set<Digest>();
  for (const { node } of await callsOf(from, graph))
    for (const { kind, digest } of Object.values(node.outputs ?? {}))
      if (kind.startsWith('sealed ')) sealed.add(digest);
  for (const artifact of sealed)
    for (const opening of await openingsOf(from, artifact)) await recordOpening(to, opening);
}
