import type { Digest } from '../../core/digest.js';
import type { Json } from '../../core/json.js';
import { makersOf, type NodeRecord, type Store } from '../../store/index.js';

/** An artifact with what made it, and what that was made of. */
export interface Ancestor {
  readonly digest: Digest;
  readonly kind: string;
  /** The input that takes it; undefined for the artifact that was asked for. */
  readonly port?: string | undefined;
  /** The execution that gave it; null where no record of one is left. */
  readonly madeBy: {
    readonly node: string;
    readonly version: string;
    readonly run: string;
    readonly pipeline: string;
    readonly endedAt: string;
    readonly code: string;
    readonly params: Json;
    readonly seed: number | null;
  } | null;
  /** What it was made of; empty also where it stands in full elsewhere. */
  readonly of: readonly Ancestor[];
  /** True where the same artifact stands in full before. */
  readonly again?: true;
}

/**
 * All that an artifact was made of, back to what came from outside. Of several executions that gave the same, those of
 * `runs` come first, in their order, else the first that was.
 */
export async function ancestryOf(
  store: Store,
  artifact: { readonly digest: Digest; readonly kind: string },
  runs: readonly string[] = [],
): Promise<Ancestor> {
  const seen = new Set<Digest>();
  const visit = async (digest: Digest, kind: string, port?: string): Promise<Ancestor> => {
    const at = { digest, kind, ...(port === undefined ? {} : { port }) };
    const maker = chosen(await makersOf(store, digest), runs);
    if (seen.has(digest)) return { ...at, madeBy: maker ? madeBy(maker) : null, of: [], again: true };
    seen.add(digest);
    if (!maker) return { ...at, madeBy: null, of: [] };
    const of: Ancestor[] = [];
    for (const [name, input] of Object.entries(maker.inputs)) {
      const all = 'digest' in input ? [input] : input;
      for (const [place, one] of all.entries())
        of.push(await visit(one.digest, one.kind, all.length > 1 ? `${name}[${place}]` : name));
    }
    return { ...at, madeBy: madeBy(maker), of };
  };
  return visit(artifact.digest, artifact.kind);
}

/** The execution that gave an artifact, by preference one of these runs. */
export async function makerOf(
  store: Store,
  digest: Digest,
  runs: readonly string[] = [],
): Promise<NodeRecord | undefined> {
  return chosen(await makersOf(store, digest), runs);
}

function chosen(makers: readonly NodeRecord[], runs: readonly string[]): NodeRecord | undefined {
  for (const run of runs) {
    const own = makers.find((maker) => maker.run === run);
    if (own) return own;
  }
  return makers[0];
}

function madeBy({ node, version, run, pipeline, endedAt, code, params, seed }: NodeRecord): Ancestor['madeBy'] {
  return { node, version, run, pipeline, endedAt, code, params, seed: seed ?? null };
}
