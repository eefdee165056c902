import { randomBytes } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
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
  sleep: async (ms, signal) => wait(ms, undefined, signal ? { signal } : {}),
};

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
  /** Ends the waiting; `compute` ends itself. */
  readonly signal?: AbortSignal;
  readonly clock?: Clock;
}

/**
 * One computation of a key among all processes that share a store; the others wait for its result, and take over when
 * its holder dies or fails. Epochs are records `resv/<key>/<number>` made by create-once: who creates the next number
 * holds the key. The holder alone writes `<number>.hb`; who sees it unchanged for a lease, on its own clock, may create
 * the next number. A holder that was only asleep does no harm: its commit comes second and it takes the winner's value.
 */
export async function singleFlight<T>(
  store: Store,
  key: Digest,
  flight: SingleFlight<T>,
): Promise<{ value: T; found: boolean }> {
  const { found, leaseMs = 15_000, pollMs = 100, signal, clock = processClock } = flight;
  const folder = `resv/${checkDigest(key)}/`;
  let last: { beat: string; since: number } | undefined;
  for (;;) {
    signal?.throwIfAborted();
    const value = await found();
    if (value !== null) return { value, found: true };
    const { epoch, ended } = await latest(store, folder);
    let free = epoch === 0 || ended || (await isOwn(store, name(folder, epoch), flight.owner));
    if (!free) {
      const beat = `${epoch} ${String(await store.get(`${name(folder, epoch)}.hb`))}`;
      if (last?.beat !== beat) last = { beat, since: clock.now() };
      free = clock.now() - last.since >= leaseMs;
    }
    const body = Buffer.from(JSON.stringify({ nonce: randomBytes(12).toString('hex'), owner: flight.owner }));
    if (free && (await store.create(name(folder, epoch + 1), body, { durable: false })))
      return hold(store, folder, epoch + 1, { ...flight, leaseMs, clock });
    await clock.sleep(pollMs * (0.5 + Math.random()), signal).catch(() => signal?.throwIfAborted());
  }
}

async function hold<T>(
  store: Store,
  folder: string,
  epoch: number,
  flight: SingleFlight<T> & { leaseMs: number; clock: Clock },
): Promise<{ value: T; found: boolean }> {
  const done = new AbortController();
  const beating = heartbeat(store, name(folder, epoch), flight, done.signal);
  try {
    // It may have been committed between the last look and the reservation.
    const there = await flight.found();
    const value = there ?? (await flight.compute());
    done.abort();
    await beating;
    await prune(store, folder, epoch);
    return { value, found: there !== null };
  } catch (error) {
    done.abort();
    await beating;
    await store.put(`${name(folder, epoch)}.end`, Buffer.from('failed')).catch(() => undefined);
    throw error;
  }
}

/** Tells the others, four times a lease, that this holder lives. */
async function heartbeat(
  store: Store,
  epoch: string,
  { leaseMs, clock }: { leaseMs: number; clock: Clock },
  done: AbortSignal,
): Promise<void> {
  for (let beat = 1; !done.aborted; beat++) {
    await clock.sleep(leaseMs / 4, done).catch(() => undefined);
    // A beat that cannot be written may cost the lease, never the result.
    if (!done.aborted) await store.put(`${epoch}.hb`, Buffer.from(String(beat))).catch(() => undefined);
  }
}

/** The highest epoch there is, 0 for none, and whether its holder gave it up. */
async function latest(store: Store, folder: string): Promise<{ epoch: number; ended: boolean }> {
  let epoch = 0;
  const ended = new Set<number>();
  for await (const { key } of store.list(folder)) {
    const [number = '', kind] = key.slice(folder.length).split('.');
    if (kind === undefined) epoch = Math.max(epoch, Number(number));
    if (kind === 'end') ended.add(Number(number));
  }
  return { epoch, ended: ended.has(epoch) };
}

/** Removes what the finished epochs left. Only once the result is committed: whoever then wins an epoch finds it. */
async function prune(store: Store, folder: string, upTo: number): Promise<void> {
  for await (const { key } of store.list(folder))
    if (Number(key.slice(folder.length).split('.')[0]) <= upTo) await store.remove(key);
}

function name(folder: string, epoch: number): string {
  return `${folder}${String(epoch).padStart(8, '0')}`;
}

async function isOwn(store: Store, epoch: string, owner: string | undefined): Promise<boolean> {
  if (owner === undefined) return false;
  const body = await store.get(epoch);
  return body !== null && (JSON.parse(Buffer.from(body).toString('utf8')) as { owner?: string }).owner === owner;
}
