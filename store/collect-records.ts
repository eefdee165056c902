import { isDigest, type Digest } from '../core/digest.js';
import { each } from './map-concurrent.js';
import { segmentOf } from './keys.js';
import { lineageFolder, removeNodeRecord } from './lineage.js';
import { readRecord } from './record.js';
import { RECORDS } from './record-kinds.js';
import type { RunRecord } from './runs.js';
import type { Store, StoreKey } from './store.js';
import type { NodeRecord } from '../core/records.js';

/** Records by what they are, listed before the runs are read: what belongs to a run that starts later is not among them. */
export interface Listing {
  readonly cache: readonly StoreKey[];
  readonly checkpoints: readonly StoreKey[];
  readonly reports: readonly StoreKey[];
  readonly needs: readonly StoreKey[];
  readonly failures: readonly StoreKey[];
  readonly lineage: readonly StoreKey[];
}

export async function listRecords(store: Store): Promise<Listing> {
  const [cache = [], checkpoints = [], reports = [], needs = [], failures = [], lineage = []] = await Promise.all(
    ['cache/', 'checkpoints/', 'reports/', 'needs/', 'failures/', 'lineage/'].map((folder) => keysOf(store, folder)),
  );
  return { cache, checkpoints, reports, needs, failures, lineage };
}

/** A record of an execution whose run is not kept. */
export interface StrayRecord {
  readonly place: StoreKey;
  readonly record: NodeRecord;
}

/** The listed records of executions that no kept run has made. */
export async function strayRecords(
  store: Store,
  lineage: readonly StoreKey[],
  kept: readonly RunRecord[],
): Promise<StrayRecord[]> {
  const folders = new Set(kept.map(({ start }) => lineageFolder(start.id)));
  const places = lineage.filter((place) => !folders.has(`${place.split('/').slice(0, 2).join('/')}/`));
  const read = await each(places, async (place) => {
    const record = await readRecord(store, place, RECORDS.execution);
    return record === null ? [] : [{ place, record }];
  });
  return read.flat();
}

/** What a sweep has decided. */
export interface Decided {
  readonly listing: Listing;
  readonly kept: readonly RunRecord[];
  readonly dropped: readonly RunRecord[];
  readonly open: ReadonlySet<string>;
  /** Keys of the node calls of kept runs. */
  readonly keys: ReadonlySet<Digest>;
  /** Notes of pages of durable processes that go. */
  readonly pages: readonly StoreKey[];
  readonly strays: readonly StrayRecord[];
}

/**
 * Removes the records of dropped runs, and the cache entries, checkpoints and needs that no kept run has use for: all
 * that names blobs, before the blobs. A run's own start goes last, so that an interrupted sweep finds it again.
 * `opened/` (who opened a sealed test set) and `reviews/` stay for good. Gives how many records went.
 */
export async function removeRecords(store: Store, decided: Decided, check: () => void): Promise<number> {
  const { listing, kept, dropped, open, keys, pages, strays } = decided;
  let removed = 0;
  const remove = async (key: StoreKey): Promise<void> => {
    check();
    await store.remove(key);
    removed++;
  };
  for (const key of [...orphans(listing.cache, keys), ...pages]) await remove(key);
  // An open run may be at any node's checkpoint, or have been told what it reported.
  if (open.size === 0) for (const key of orphans([...listing.checkpoints, ...listing.reports], keys)) await remove(key);
  const unended = new Set(kept.filter(({ end }) => end === null).map(({ start }) => segmentOf(start.id)));
  for (const key of listing.needs) if (!unended.has(key.split('/')[1] ?? '')) await remove(key);
  const gone = new Set(dropped.map(({ start }) => start.id));
  for await (const { key } of store.list('latest/')) {
    const latest = await readRecord(store, key, RECORDS.latest);
    if (latest !== null && gone.has(latest.run)) await remove(key);
  }
  const failed = new Set([...gone].map((run) => segmentOf(run)));
  for (const key of listing.failures) if (failed.has(key.split('/')[2] ?? '')) await remove(key);
  for (const { place, record } of strays) {
    if (keys.has(record.key)) continue;
    check();
    await removeNodeRecord(store, place, record);
    removed++;
  }
  for (const run of gone) {
    const own = await keysOf(store, `runs/${segmentOf(run)}/`);
    for (const key of own.sort((a, b) => Number(a.endsWith('/start')) - Number(b.endsWith('/start'))))
      await remove(key);
  }
  return removed;
}

/** Records `<folder>/<key>[~n or /n]` whose key nobody needs, the last generation first: each names the one before. */
function orphans(listed: readonly StoreKey[], keys: ReadonlySet<Digest>): StoreKey[] {
  const found = listed.filter((key) => {
    const of = key.split('/')[1]?.split('~')[0];
    return isDigest(of) && !keys.has(of);
  });
  return found.sort((a, b) => b.length - a.length || (a < b ? 1 : -1));
}

async function keysOf(store: Store, folder: string): Promise<StoreKey[]> {
  const keys: StoreKey[] = [];
  for await (const { key } of store.list(folder)) keys.push(key);
  return keys;
}
