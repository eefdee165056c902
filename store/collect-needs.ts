import { isDigest, type Digest } from '../core/digest.js';
import { isTrainyardError } from '@trainyard/errors';
import type { Json } from '../core/json.js';
import { Artifacts } from './artifacts.js';
import { readBlob } from './blob-store.js';
import { needsOf } from './collect-beside.js';
import { each } from './map-concurrent.js';
import { segmentOf } from './keys.js';
import { recordsOfRun } from './lineage.js';
import { createRecord, readRecord } from './record.js';
import { RECORDS } from './record-kinds.js';
import { listRuns, readGraph, type RunRecord } from './runs.js';
import type { Store } from './store.js';
import type { NodeRecord } from '../core/records.js';

/** Artifacts and plain blobs that something names. */
export interface Named {
  readonly artifacts: Set<Digest>;
  readonly blobs: Set<Digest>;
}

/** All digests in a JSON value: those with a kind beside them name artifacts, the others perhaps a blob (a log, say). */
export function namedIn(value: unknown, into: Named = { artifacts: new Set(), blobs: new Set() }): Named {
  if (isDigest(value)) into.blobs.add(value);
  if (typeof value !== 'object' || value === null) return into;
  if ('digest' in value && 'kind' in value && isDigest(value.digest)) into.artifacts.add(value.digest);
  for (const [key, inner] of Object.entries(value)) {
    if (isDigest(key)) into.blobs.add(key);
    namedIn(inner, into);
  }
  return into;
}

/** What one run needs, before artifacts are expanded to their blobs. */
export interface RunNeeds {
  readonly named: Named;
  /** Keys of its node calls: their cache entries, checkpoints and records are kept. */
  readonly keys: Set<Digest>;
  readonly records: readonly NodeRecord[];
}

/** Runs by whether they are kept, with the reason. */
export interface SortedRuns {
  readonly kept: readonly RunRecord[];
  readonly open: ReadonlySet<string>;
  /** Runs whose tables open runs were given. */
  readonly held: ReadonlySet<string>;
  /** The youngest first. */
  readonly droppable: readonly RunRecord[];
}

/** A run that was recorded within this time may be about to begin, in ms. */
const STARTING_MS = 600_000;

export interface KeepRules {
  /** Now, in ms since the epoch. */
  readonly now: number;
  /** Runs that ended before this moment (ms since the epoch) may go. */
  readonly before: number;
  /** Whether a run that has no recorded end still goes on. */
  readonly isOpen: (run: string) => Promise<boolean>;
  /** Runs that are kept whatever their age. */
  readonly keep: ReadonlySet<string>;
}

/** A run and the durable children that it started (`<run>/<name>`) are kept or go together. */
export function familyOf(run: string): string {
  return run.split('/')[0] ?? run;
}

export async function sortRuns(store: Store, rules: KeepRules): Promise<SortedRuns> {
  const runs = await listRuns(store);
  const open = new Set<string>();
  const families = new Set<string>();
  const held = new Set<string>();
  for (const { start, end } of runs) {
    // A run is recorded before Temporal is told of it.
    const starting = rules.now - Date.parse(start.startedAt) < STARTING_MS;
    if (end === null && (starting || (await rules.isOpen(start.id)))) open.add(familyOf(start.id));
    const young = Date.parse(end?.endedAt ?? start.startedAt) >= rules.before;
    if (young || rules.keep.has(start.id)) families.add(familyOf(start.id));
  }
  for (const { start } of runs) {
    if (!open.has(familyOf(start.id))) continue;
    families.add(familyOf(start.id));
    // The table of finished nodes that an open run was given is all of its maker's.
    for (const need of await needsOf(store, start.id)) if (need.run !== undefined) held.add(familyOf(need.run));
  }
  for (const run of held) families.add(run);
  const isKept = ({ start }: RunRecord): boolean => families.has(familyOf(start.id));
  return { kept: runs.filter(isKept), open, held, droppable: runs.filter((run) => !isKept(run)) };
}

/** Everything that a run's records name. */
export async function needsOfRun(store: Store, run: RunRecord): Promise<RunNeeds> {
  const { id } = run.start;
  const graph = await readGraph(store, id);
  const records = await recordsOfRun(store, id);
  const named = namedIn([run as unknown as Json, graph, records as unknown as Json]);
  for (const need of await needsOf(store, id)) {
    for (const artifact of need.artifacts ?? []) named.artifacts.add(artifact);
    if (need.journal !== undefined) await addJournal(store, need.journal, named);
  }
  return { named, records, keys: keysIn(graph, records) };
}

function keysIn(graph: Json | null, records: readonly NodeRecord[]): Set<Digest> {
  const nodes = (graph as { nodes?: readonly { key?: string }[] } | null)?.nodes ?? [];
  return new Set([...records.map(({ key }) => key), ...nodes.flatMap(({ key }) => (isDigest(key) ? [key] : []))]);
}

/** Names a blob of JSON, and all that it names. */
export async function addJournal(store: Store, journal: Digest, named: Named): Promise<void> {
  named.blobs.add(journal);
  try {
    namedIn(JSON.parse(Buffer.from(await readBlob(store, journal)).toString('utf8')), named);
  } catch (error) {
    if (!isTrainyardError(error)) throw error;
  }
}

/** Records that are never collected, and what they name: the answers of reviews are people's work. */
export async function standingNeeds(store: Store): Promise<Named> {
  const named: Named = { artifacts: new Set(), blobs: new Set() };
  const keys: string[] = [];
  for await (const { key } of store.list('reviews/')) keys.push(key);
  for (const answers of await each(keys, (key) => readRecord(store, key, RECORDS.answers))) namedIn(answers, named);
  return named;
}

/** An artifact's own blobs, and the artifacts that its value names. */
interface Parts {
  readonly own: readonly Digest[];
  readonly inner: readonly Digest[];
}

/** Expands artifacts to the blobs that they consist of; remembers what it has read, since it never changes. */
export class Expander {
  readonly #store: Store;
  readonly #known = new Map<Digest, Parts>();

  constructor(store: Store) {
    this.#store = store;
  }

  /** All blobs of these artifacts, and of those that their values name. */
  async blobsOf({ artifacts, blobs }: Named): Promise<Set<Digest>> {
    const all = new Set(blobs);
    const seen = new Set(artifacts);
    for (let next = [...artifacts]; next.length > 0;) {
      const found = await each(next, (artifact) => this.#parts(artifact));
      next = [];
      for (const { own, inner } of found) {
        for (const blob of own) all.add(blob);
        next.push(...inner.filter((artifact) => !seen.has(artifact)));
        for (const artifact of inner) seen.add(artifact);
      }
    }
    return all;
  }

  async #parts(artifact: Digest): Promise<Parts> {
    const known = this.#known.get(artifact);
    if (known) return known;
    try {
      const { files, value, valueBlob } = await new Artifacts(this.#store).manifest({ digest: artifact });
      const named = namedIn(value);
      const own = [artifact, ...files.map(({ digest }) => digest), ...named.blobs];
      const parts = { own: valueBlob ? [...own, valueBlob.digest] : own, inner: [...named.artifacts] };
      this.#known.set(artifact, parts);
      return parts;
    } catch (error) {
      // Lost or damaged already: what names it will have it computed again.
      if (isTrainyardError(error)) return { own: [artifact], inner: [] };
      throw error;
    }
  }
}

/** All blobs that a JSON value names, through artifacts and their values; some digests may be names of other things. */
export async function blobsOfAll(store: Store, value: unknown): Promise<Digest[]> {
  return [...(await new Expander(store).blobsOf(namedIn(value)))];
}

/** Runs that a person asked to keep: `kept/<run>`. */
export async function pinnedRuns(store: Store): Promise<Set<string>> {
  const runs = new Set<string>();
  for await (const { key } of store.list('kept/')) {
    const pin = await readRecord(store, key, RECORDS.pin);
    if (pin !== null) runs.add(pin.run);
  }
  return runs;
}

export async function pinRun(store: Store, run: string): Promise<boolean> {
  return createRecord(store, `kept/${segmentOf(run)}`, RECORDS.pin, { run });
}

export async function unpinRun(store: Store, run: string): Promise<void> {
  await store.remove(`kept/${segmentOf(run)}`);
}
