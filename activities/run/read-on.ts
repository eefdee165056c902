import { z } from 'zod';
import { isTrainyardError } from '@trainyard/errors';
import { isDigest, type Digest } from '../../core/digest.js';
import { failureOf } from '../../core/failure.js';
import type { GraphRecord } from '../../core/graph.js';
import type { Json } from '../../core/json.js';
import type { Ref } from '../../core/kinds.js';
import { currentSandbox } from '../../project/sandbox.js';
import { Artifacts, reach, type Store } from '../../store/index.js';

/** Where the run before had come to, as `ingest.reached` says it. */
const before = z.object({
  project: z.string(),
  pipeline: z.string(),
  source: z.custom<Digest>(isDigest),
  place: z.int().min(0),
});

/**
 * Records how far a run that is done has read the sources that it read on. Throws TY-SOURCE-READ-ON, which ends the run as
 * failed, where another has read on from the same place. What is repeated for comparison counts for nobody.
 */
export async function keepReaches(store: Store, { run, lineage, readOn = [] }: GraphRecord): Promise<void> {
  if (currentSandbox() !== undefined) return;
  for (const { from, to, path } of readOn) {
    const { place, ...name } = before.parse(await valueOf(store, from));
    const watermark = path.reduce<Json | undefined>(memberOf, await valueOf(store, to));
    // A source that holds nothing yet says nothing of how far it reaches.
    if (watermark === undefined) continue;
    try {
      await reach(store, { format: 1, ...name, place: place + 1, watermark, run, lineage });
    } catch (error) {
      if (isTrainyardError(error) && error.code === 'TY-SOURCE-READ-ON') throw failureOf(error, { nonRetryable: true });
      throw error;
    }
  }
}

async function valueOf(store: Store, ref: Ref): Promise<Json> {
  return ((await new Artifacts(store).open(ref)).value ?? null) as Json;
}

function memberOf(value: Json | undefined, name: string): Json | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, Json>>)[name]
    : undefined;
}
