import { randomBytes } from 'node:crypto';
import type { Digest } from '../core/digest.js';
import { checkDigest } from './keys.js';
import type { Store } from './store.js';

/** This process's own time. It is never compared with another process's. */
export interface Clock {
  /** Milliseconds that only ever grow. */
  now(): number;
  /** Rejects when the signal is aborted. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

const processClock: Clock = {
  now: () => performance.now(),
  // By hand: the one of Node makes an error of its own with each end.
  sleep: (ms, signal) =>
    new Promise((slept, ended) => {
      if (signal?.aborted) return ended(signal.reason as Error);
      const end = (): void => {
        clearTimeout(timer);
        ended(signal?.reason as Error);
      };
      const timer = setTimeout(() => {
        signal?.removeEventListener('abort', end);
        slept();
      }, ms);
      signal?.addEventListener('abort', end, { once: true });
    }),
};

/** Sets apart what this process reserves. */
const UNIQUE = randomBytes(12).toString('hex');
let flights = 0;

export interface SingleFlight<T> {
  /** The result, if it is there. Asked before each wait and once more after the reservation is won. */
  found(): Promise<T | null>;
  /** Computes the result and commits it before it returns. Its commit must be create-once and give the winner's value. */
  compute(): Promise<T>;
  /** How long a holder may be silent before others take over. Default 15 seconds. */
  readonly leaseMs?: number;
  /** How often those who wait look again, give or take a half. Default 100 ms. */
  readonly pollMs?: number;
  /**
   * Who computes, when the same caller may come again after it was given up: it takes its own reservation over at once
   * instead of waiting until the lease has passed.
   */
  readonly owner?: string;
  /** Called before each wait for somebody else who computes it; what it throws ends the waiting. */
  readonly onWait?: () => void;
  /** Ends the waiting; `compute` ends itself. */
  readonly signal?: AbortSignal;
  readonly clock?: Clock;
}

/**
 * One computation of a key among all processes that share a store; the others wait for its result, and take over when
 * its holder dies or fails. Epochs are records `resv/<key>~<number>` made by create-once: who creates the next number
 * holds the key. The holder alone writes `….hb`; who sees it unchanged for a lease, on its own clock, may create the
 * next number. A holder that was only asleep does no harm: its commit comes second and it takes the winner's value.
 * Most keys are wanted by one alone: so the first number is created before anything is looked for.
 */
export async function singleFlight<T>(
  store: Store,
  key: Digest,
  flight: SingleFlight<T>,
): Promise<{ value: T; found: boolean }> {
  const { found, leaseMs = 15_000, pollMs = 100, signal, clock = processClock } = flight;
  const place = `resv/${checkDigest(key)}`;
  const body = Buffer.from(JSON.stringify({ nonce: `${UNIQUE}-${++flights}`, owner: flight.owner }));
  const reserve = (epoch: number): Promise<boolean> => store.create(name(place, epoch), body, { durable: false });
  signal?.throwIfAborted();
  if (await reserve(1)) return hold(store, place, 1, { ...flight, leaseMs });
  let last: { beat: string; since: number } | undefined;
  for (;;) {
    signal?.throwIfAborted();
    const value = await found();
    if (value !== null) return { value, found: true };
    const { epoch, owner, ended } = await latest(store, place);
    let free = epoch === 0 || ended || (owner !== undefined && owner === flight.owner);
    if (!free) {
      const beat = `${epoch} ${String(await store.get(`${name(place, epoch)}.hb`))}`;
      if (last?.beat !== beat) last = { beat, since: clock.now() };
      free = clock.now() - last.since >= leaseMs;
    }
    if (free && (await reserve(epoch + 1))) return hold(store, place, epoch + 1, { ...flight, leaseMs });
    flight.onWait?.();
    await clock.sleep(pollMs * (0.5 + Math.random()), signal).catch(() => signal?.throwIfAborted());
  }
}

async function hold<T>(
  store: Store,
  place: string,
  epoch: number,
  flight: SingleFlight<T> & { leaseMs: number },
): Promise<{ value: T; found: boolean }> {
  const heartbeat = new Heartbeat(store, name(place, epoch), flight.leaseMs / 4);
  try {
    // Looked for once the key is held: it may have been committed until then.
    const there = await flight.found();
    const value = there ?? (await flight.compute());
    await prune(store, place, epoch, await heartbeat.end());
    return { value, found: there !== null };
  } catch (error) {
    await heartbeat.end();
    await store.put(`${name(place, epoch)}.end`, Buffer.from('failed'), { durable: false }).catch(() => undefined);
    throw error;
  }
}

/** Tells the others again and again that a holder lives. By hand, with a timer: it is made for every node. */
class Heartbeat {
  readonly #store: Store;
  readonly #epoch: string;
  readonly #everyMs: number;
  #timer: NodeJS.Timeout | undefined;
  #beats = 0;
  #writing: Promise<void> | undefined;
  #ended = false;

  constructor(store: Store, epoch: string, everyMs: number) {
    this.#store = store;
    this.#epoch = epoch;
    this.#everyMs = everyMs;
    this.#next();
  }

  /** Ends it. Gives how often it was told, once nothing more is written. */
  async end(): Promise<number> {
    this.#ended = true;
    clearTimeout(this.#timer);
    if (this.#writing) await this.#writing;
    return this.#beats;
  }

  #next(): void {
    if (!this.#ended) this.#timer = setTimeout(() => (this.#writing = this.#beat()), this.#everyMs);
  }

  async #beat(): Promise<void> {
    const body = Buffer.from(String(++this.#beats));
    // A beat that cannot be written may cost the lease, never the result.
    await this.#store.put(`${this.#epoch}.hb`, body, { durable: false }).catch(() => undefined);
    this.#next();
  }
}

/** The highest epoch there is, 0 for none, who holds it, and whether its holder gave it up. */
async function latest(store: Store, place: string): Promise<{ epoch: number; owner?: string; ended: boolean }> {
  let epoch = 0;
  let body: Uint8Array | null = null;
  for (let next = await store.get(name(place, 1)); next !== null; next = await store.get(name(place, epoch + 1))) {
    body = next;
    epoch++;
  }
  if (body === null) return { epoch, ended: false };
  return { epoch, ...ownerIn(body), ended: (await store.get(`${name(place, epoch)}.end`)) !== null };
}

/**
 * Removes what the finished epochs left, the newest first, so that those that are there have no gap. Only once the
 * result is committed: whoever then wins an epoch finds it.
 */
async function prune(store: Store, place: string, upTo: number, beats: number): Promise<void> {
  for (let epoch = upTo; epoch > 0; epoch--) {
    await store.remove(name(place, epoch));
    if (epoch < upTo || beats > 0) await store.remove(`${name(place, epoch)}.hb`);
    if (epoch < upTo) await store.remove(`${name(place, epoch)}.end`);
  }
}

function name(place: string, epoch: number): string {
  return `${place}~${epoch}`;
}

function ownerIn(body: Uint8Array): { owner?: string } {
  try {
    return JSON.parse(Buffer.from(body).toString('utf8')) as { owner?: string };
  } catch {
    return {};
  }
}
