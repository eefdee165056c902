import { performance } from 'node:perf_hooks';
import { digestText, type Digest } from '../core/digest.js';
import { TrainyardError } from '@trainyard/errors';
import { SWEEP_KEY, sweepState } from './collect-beside.js';
import {
  Expander,
  familyOf,
  namedIn,
  needsOfRun,
  pinnedRuns,
  sortRuns,
  standingNeeds,
  type Named,
} from './collect-needs.js';
import { ProcessPages } from './collect-pages.js';
import { listRecords, removeRecords, strayRecords, type Listing, type StrayRecord } from './collect-records.js';
import { damagedIn } from './damaged/index.js';
import { each } from './map-concurrent.js';
import { putRecord } from './record.js';
import { RECORDS } from './record-kinds.js';
import { singleFlight } from './reservation.js';
import type { RunRecord } from './runs.js';
import type { Store, StoreKey } from './store.js';
import type { SweepState } from '../core/records.js';

export interface CollectOptions {
  /** Runs that ended longer ago may go, in ms. */
  readonly olderThanMs: number;
  /** Most bytes of blobs to keep: older runs go, the oldest first, until it holds. */
  readonly maxBytes?: number | undefined;
  /** Blobs stored or re-used within this time are never touched, in ms. Default a day. */
  readonly graceMs?: number;
  /** Says what would be removed, and removes nothing. */
  readonly dryRun?: boolean;
  /** Whether a run without a recorded end still goes on. */
  readonly isOpen: (run: string) => Promise<boolean>;
  /** Whether Temporal knows a durable process, open or closed: its pages are kept then. */
  readonly isKnown: (process: string) => Promise<boolean>;
  /** What others refer to (registries, monitors). Asked anew in the sweep. */
  readonly others: () => Promise<OthersNeeds>;
  /** Removes no blobs but those of these artifacts, and tells which runs need them. */
  readonly only?: readonly Digest[];
  /** Now, in ms since the epoch. */
  readonly now: number;
  readonly onStep?: (what: string) => void;
  readonly leaseMs?: number;
}

export interface OthersNeeds {
  /** As JSON: each digest in it is needed. */
  readonly named: unknown;
  /** Runs that are kept for them. */
  readonly runs: readonly string[];
  /** Artifacts that pages of a durable process name and that it needs no more, by its id. */
  readonly released?: ReadonlyMap<string, ReadonlySet<Digest>>;
}

export interface Collected {
  /** Top-level runs, the youngest first. */
  readonly kept: number;
  readonly dropped: readonly string[];
  readonly blobs: {
    readonly kept: number;
    readonly keptBytes: number;
    readonly removed: number;
    readonly bytes: number;
  };
  /** Garbage that is too young to be touched. */
  readonly young: { readonly blobs: number; readonly bytes: number };
  readonly records: number;
  /** Kept runs that need one of the artifacts that alone were to go. */
  readonly neededBy: readonly string[];
}

const DAY_MS = 86_400_000;
const BEAT_MS = 2_000;
/** A collector that has not been able to say that it lives for so long stops: writers may have given it up. */
const STALL_MS = 12_000;

/**
 * Removes what no kept run needs, beside running workers. A sweep publishes itself (`gc/sweep`), then reads all records
 * again, then removes, records first and blobs last, then withdraws. Writers put their record first and look at
 * `gc/sweep` before and after (`sweepBefore`, `undisturbed`): whoever overlaps a sweep looks at its blobs once more.
 * The collector holds a reservation; the next one takes the place of one that died.
 */
export async function collect(store: Store, options: CollectOptions): Promise<Collected> {
  if (options.dryRun) return report(await plan(store, options));
  const { value } = await singleFlight(store, digestText('trainyard collector'), {
    found: async () => null,
    compute: () => sweep(store, options),
    ...(options.leaseMs === undefined ? {} : { leaseMs: options.leaseMs }),
  });
  return value;
}

interface Plan {
  readonly listing: Listing;
  readonly strays: readonly StrayRecord[];
  readonly kept: readonly RunRecord[];
  readonly dropped: readonly RunRecord[];
  readonly open: ReadonlySet<string>;
  readonly keys: ReadonlySet<Digest>;
  /** Notes of pages that go. */
  readonly pages: readonly StoreKey[];
  /** Blobs that are needed, of those that there are. */
  readonly needed: ReadonlySet<Digest>;
  readonly garbage: readonly { readonly digest: Digest; readonly size: number }[];
  readonly sizes: ReadonlyMap<Digest, number>;
  readonly young: { readonly blobs: number; readonly bytes: number };
  readonly neededBy: readonly string[];
}

async function sweep(store: Store, options: CollectOptions): Promise<Collected> {
  // What can be said without disturbing anybody is found out first: most sweeps end here.
  const first = await plan(store, options);
  refuseUnsure(store);
  if (first.garbage.length === 0 && first.dropped.length === 0) return report(first);
  const mark = await Mark.publish(store);
  try {
    const second = await plan(store, options);
    refuseUnsure(store);
    const records = await removeRecords(store, second, () => mark.check());
    options.onStep?.(`${records} records removed`);
    let done = 0;
    await each(second.garbage, async ({ digest }) => {
      mark.check();
      await store.removeBlob(digest);
      if (++done % 1000 === 0) options.onStep?.(`${done} of ${second.garbage.length} blobs removed`);
    });
    return { ...report(second), records };
  } finally {
    await mark.withdraw();
  }
}

/** Records that say what is needed: while one is damaged, nobody knows what may go. */
const SAY_NEEDED = [RECORDS.start, RECORDS.need, RECORDS.pin, RECORDS.answers, RECORDS.page].map(({ name }) => name);

function refuseUnsure(store: Store): void {
  const [first, ...more] = damagedIn(store).filter(({ kind }) => SAY_NEEDED.includes(kind));
  if (!first) return;
  const { error } = first;
  throw new TrainyardError('TY-STORE-RECORD', {
    what: `nothing is collected while ${more.length + 1} record${more.length === 0 ? '' : 's'} of what is needed cannot be read; ${error.what}`,
    where: error.where,
    remedy: 'trainyard scrub mends it or takes it out of use; then trainyard gc again',
  });
}

/** Finds what is needed. All is listed before the runs are read: what is stored meanwhile is not among it. */
async function plan(store: Store, options: CollectOptions): Promise<Plan> {
  const { now, graceMs = DAY_MS } = options;
  const blobs: { digest: Digest; size: number; young: boolean }[] = [];
  for await (const { digest, size, storedAt } of store.listBlobs())
    blobs.push({ digest, size, young: graceMs > 0 && now - (storedAt ?? now) < graceMs });
  const listing = await listRecords(store);
  const sizes = new Map(blobs.map(({ digest, size }) => [digest, size]));
  const others = await options.others();
  const keep = new Set([...(await pinnedRuns(store)), ...others.runs]);
  const sorted = await sortRuns(store, { now, before: now - options.olderThanMs, isOpen: options.isOpen, keep });
  const standing = await standingNeeds(store);
  namedIn(others.named, standing);
  const expander = new Expander(store);
  const needed = await expander.blobsOf(standing);
  const pages = await ProcessPages.read(store, others.released);
  const runs = new Set([...sorted.kept, ...sorted.droppable].map(({ start }) => familyOf(start.id)));
  for (const blob of await expander.blobsOf(await pages.ofOthers(runs, options.isKnown))) needed.add(blob);
  const keys = new Set<Digest>();
  const must = new Set([...sorted.open, ...sorted.held, ...[...keep].map(familyOf)]);
  const dropped = [...sorted.droppable];
  const kept: RunRecord[] = [];
  const neededBy: string[] = [];
  let bytes = sum(needed, sizes);
  let full = false;
  for (const family of families(sorted.kept)) {
    const needs = await Promise.all(family.map((run) => needsOfRun(store, run)));
    const name = familyOf(family[0]!.start.id);
    const own = await union(expander, [...needs.map(({ named }) => named), await pages.ofFamily(name)]);
    const more = sum(own, sizes, needed);
    full ||= options.maxBytes !== undefined && bytes + more > options.maxBytes;
    if (full && !must.has(name)) {
      dropped.push(...family);
      continue;
    }
    bytes += more;
    if (options.only?.some((artifact) => own.has(artifact))) neededBy.push(name);
    kept.push(...family);
    for (const blob of own) needed.add(blob);
    for (const one of needs) for (const key of one.keys) keys.add(key);
  }
  // Where a kept run found a result, the record of who made it stays, though its own run goes.
  const strays = await strayRecords(store, listing.lineage, kept);
  const useful = strays.filter(({ record }) => keys.has(record.key));
  for (const blob of await expander.blobsOf(namedIn(useful))) needed.add(blob);
  const asked = options.only && (await expander.blobsOf({ artifacts: new Set(options.only), blobs: new Set() }));
  const garbage = blobs.filter(({ digest }) => !needed.has(digest) && (asked?.has(digest) ?? true));
  const young = garbage.filter((blob) => blob.young);
  return {
    listing,
    strays,
    kept,
    dropped,
    open: sorted.open,
    keys,
    pages: pages.gone(new Set(kept.map(({ start }) => familyOf(start.id)))),
    needed: new Set([...needed].filter((digest) => sizes.has(digest))),
    // Manifests are among the small ones: an artifact that lacks its manifest is a plain miss, should this stop halfway.
    garbage: garbage.filter((blob) => !blob.young).sort((a, b) => a.size - b.size),
    sizes,
    young: { blobs: young.length, bytes: young.reduce((all, { size }) => all + size, 0) },
    neededBy,
  };
}

/** Runs with their children, the youngest first. */
function families(runs: readonly RunRecord[]): RunRecord[][] {
  const found = new Map<string, RunRecord[]>();
  for (const run of runs) {
    const name = familyOf(run.start.id);
    found.set(name, [...(found.get(name) ?? []), run]);
  }
  return [...found.values()];
}

async function union(expander: Expander, needs: readonly Named[]): Promise<Set<Digest>> {
  const all = new Set<Digest>();
  for (const named of needs) for (const blob of await expander.blobsOf(named)) all.add(blob);
  return all;
}

function sum(blobs: Iterable<Digest>, sizes: ReadonlyMap<Digest, number>, except?: ReadonlySet<Digest>): number {
  let bytes = 0;
  for (const blob of blobs) if (!except?.has(blob)) bytes += sizes.get(blob) ?? 0;
  return bytes;
}

function report({ kept, dropped, needed, garbage, sizes, young, neededBy }: Plan): Collected {
  const top = (runs: readonly RunRecord[]): string[] => [...new Set(runs.map(({ start }) => familyOf(start.id)))];
  return {
    kept: top(kept).length,
    dropped: top(dropped),
    blobs: {
      kept: needed.size,
      keptBytes: sum(needed, sizes),
      removed: garbage.length,
      bytes: garbage.reduce((all, { size }) => all + size, 0),
    },
    young,
    records: 0,
    neededBy,
  };
}

/** This collector's mark: published while it removes, with a beat that says that it lives. */
class Mark {
  readonly #store: Store;
  readonly #timer: NodeJS.Timeout;
  #state: SweepState;
  #saidAt = performance.now();
  #writing: Promise<void> = Promise.resolve();

  private constructor(store: Store, state: SweepState) {
    this.#store = store;
    this.#state = state;
    this.#timer = setInterval(() => {
      this.#writing = this.#write({ ...this.#state, beat: this.#state.beat + 1 }).catch(() => undefined);
    }, BEAT_MS);
  }

  /** Takes the place of a dead collector's mark, if there is one. */
  static async publish(store: Store): Promise<Mark> {
    const { sweep } = await sweepState(store);
    const mark = new Mark(store, { sweep: sweep + 1, removing: true, beat: 0 });
    await mark.#write(mark.#state);
    return mark;
  }

  /** Throws when this process was held up for so long that writers may have stopped waiting for it. */
  check(): void {
    if (performance.now() - this.#saidAt < STALL_MS) return;
    throw new TrainyardError('TY-STORE-MISSING', {
      what: 'the collector was held up for too long and stopped, for writers may have gone on meanwhile',
      remedy: 'start trainyard gc again: it goes on where it stopped',
    });
  }

  async withdraw(): Promise<void> {
    clearInterval(this.#timer);
    await this.#writing;
    await this.#write({ ...this.#state, removing: false });
  }

  async #write(state: SweepState): Promise<void> {
    await putRecord(this.#store, SWEEP_KEY, RECORDS.sweep, state, { durable: false });
    this.#state = state;
    this.#saidAt = performance.now();
  }
}
