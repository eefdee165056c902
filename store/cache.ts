import type { Digest } from '../core/digest.js';
import { isTrainyardError } from '@trainyard/errors';
import { Artifacts } from './artifacts.js';
import { isSound } from './blob-store.js';
import { each } from './map-concurrent.js';
import { checkDigest } from './keys.js';
import { lookAtRecord, recordText } from './record.js';
import { RECORDS } from './record-kinds.js';
import type { Store, StoreKey } from './store.js';
import type { CacheEntry } from '../core/records.js';

/**
 * What is known of these keys, in their order; null for what must be computed. An entry counts only while the
 * manifests of all its outputs are in the store.
 */
export async function lookup(store: Store, keys: readonly Digest[]): Promise<(CacheEntry | null)[]> {
  return each(keys, async (key) => (await newest(store, key)).whole);
}

/**
 * Makes a result the one that its key stands for: the first commit wins, all others get the winner's entry and must use
 * that. Durable on return. Nobody needs the node's checkpoints any more then, unless another call goes on from them.
 * With `after` the entry comes to be only once that has given true, and null is given where it gives false.
 */
export async function commit(store: Store, entry: CacheEntry): Promise<CacheEntry>;
export async function commit(store: Store, entry: CacheEntry, after: Promise<boolean>): Promise<CacheEntry | null>;
export async function commit(store: Store, entry: CacheEntry, after?: Promise<boolean>): Promise<CacheEntry | null> {
  const body = Buffer.from(recordText(entry));
  const options = after && { after };
  for (let place = nameOf(entry.key, 0); !(await store.create(place, body, options));) {
    if (after && !(await after)) return null;
    const { whole, next } = await newest(store, entry.key);
    if (whole) return whole;
    place = next;
  }
  return entry;
}

/**
 * Reads an artifact through; when a blob of it is damaged or gone, takes it out of use: the damaged blobs and its
 * manifest are removed, so that every entry that names it counts as a miss and the node that made it computes it again.
 * Gives those blobs; none, and nothing is removed, for a sound artifact. For a runner whose node met TY-STORE-DAMAGED
 * or TY-STORE-MISSING in an input.
 */
export async function discardArtifact(store: Store, artifact: Digest): Promise<Digest[]> {
  const bad: Digest[] = [];
  const named: Digest[] = [];
  try {
    const manifest = await new Artifacts(store).manifest({ digest: artifact });
    named.push(...manifest.files.map(({ digest }) => digest));
    if (manifest.valueBlob) named.push(manifest.valueBlob.digest);
  } catch (error) {
    if (!isTrainyardError(error)) throw error;
    bad.push(artifact);
  }
  for (const digest of named) {
    if (await isSound(store, digest)) continue;
    await store.removeBlob(digest);
    bad.push(digest);
  }
  if (bad.length > 0) await store.removeBlob(artifact);
  return bad;
}

/**
 * The entry that counts for a key. `cache/<key>` is written once and never changed; when it is damaged or an output of it is lost, the
 * next one, `cache/<key>~1`, takes its place by the same rule, and so on: each place has exactly one winner.
 */
async function newest(store: Store, key: Digest, from = 0): Promise<{ whole: CacheEntry | null; next: string }> {
  for (let generation = from; ; generation++) {
    const name = nameOf(key, generation);
    const looked = await lookAtRecord(store, name, RECORDS.result);
    if (looked.state === 'absent') return { whole: null, next: name };
    if (looked.state === 'damaged' || looked.value.key !== key) continue;
    if (await isWhole(store, looked.value)) return { whole: looked.value, next: name };
  }
}

/** The entry that counts among those after the one in this place. */
export async function entryAfter(store: Store, place: StoreKey): Promise<CacheEntry | null> {
  const [key, generation = '0'] = place.slice('cache/'.length).split('~');
  return (await newest(store, key as Digest, Number(generation) + 1)).whole;
}

function nameOf(key: Digest, generation: number): string {
  return `cache/${checkDigest(key)}${generation === 0 ? '' : `~${generation}`}`;
}

async function isWhole(store: Store, entry: CacheEntry): Promise<boolean> {
  for (const { digest } of Object.values(entry.outputs)) if ((await store.blobSize(digest)) === null) return false;
  return true;
}
