import { setTimeout as wait } from 'node:timers/promises';
import { isTrainyardError } from '@trainyard/errors';
import { digestText, type Digest } from '../core/digest.js';
import { canonical } from '../core/json.js';
import type { Ref } from '../core/kinds.js';
import { Artifacts } from './artifacts.js';
import { segmentOf } from './keys.js';
import { createRecord, readRecord } from './record.js';
import { RECORDS } from './record-kinds.js';
import type { Store } from './store.js';
import type { Need, SweepState } from '../core/records.js';

/** The one record that writers look at. */
export const SWEEP_KEY = 'gc/sweep';

/** A collector that was silent for so long is dead, in ms: nobody waits for it any more. */
const DEAD_MS = 30_000;
const POLL_MS = 50;

export async function sweepState(store: Store): Promise<SweepState> {
  return (await readRecord(store, SWEEP_KEY, RECORDS.sweep)) ?? { sweep: 0, removing: false, beat: 0 };
}

/**
 * The number of the newest sweep, asked before anything that may be re-used is looked for or stored; −1 while one
 * removes. With `undisturbed` afterwards, a writer knows in two reads whether a collector may have come in between.
 */
export async function sweepBefore(store: Store): Promise<number> {
  const { sweep, removing } = await sweepState(store);
  return removing ? -1 : sweep;
}

/**
 * Asked once a record (or need) that names the blobs is there: true when no sweep removed anything since `before`. Else
 * waits until the sweep is over and gives false: the blobs must be looked at again. From now on the record protects
 * them, since every sweep reads the records after it has published itself.
 */
export async function undisturbed(store: Store, before: number): Promise<boolean> {
  let state = await sweepState(store);
  if (!state.removing && state.sweep === before) return true;
  for (let since = performance.now(), seen = state; state.removing; state = await sweepState(store)) {
    if (state.beat !== seen.beat || state.sweep !== seen.sweep) [seen, since] = [state, performance.now()];
    if (performance.now() - since > DEAD_MS) break;
    await wait(POLL_MS);
  }
  return false;
}

/** Whether every blob of these artifacts is in the store, by a look at each and without reading the files. */
export async function areWhole(store: Store, artifacts: Iterable<Pick<Ref, 'digest'>>): Promise<boolean> {
  for (const artifact of artifacts) {
    try {
      const { files, valueBlob } = await new Artifacts(store).manifest(artifact);
      for (const { digest } of [...files, ...(valueBlob ? [valueBlob] : [])])
        if ((await store.blobSize(digest)) === null) return false;
    } catch (error) {
      if (isTrainyardError(error)) return false;
      throw error;
    }
  }
  return true;
}

/** Records, before it counts on them, what an open run needs of others: `needs/<run>/<digest of the need>`. */
export async function noteNeed(store: Store, run: string, need: Need): Promise<void> {
  const name = digestText(canonical(need)).slice('sha256-'.length, 'sha256-'.length + 24);
  await createRecord(store, `needs/${segmentOf(run)}/${name}`, RECORDS.need, need, { durable: false });
}

/** Stores JSON for an open run: until that has ended the collector leaves it alone, and what it names. */
export async function keepJson(store: Store, run: string, value: unknown): Promise<Digest> {
  const body = Buffer.from(canonical(value));
  for (;;) {
    const sweep = await sweepBefore(store);
    const { digest } = await store.putBlob(body);
    await noteNeed(store, run, { journal: digest });
    if (await undisturbed(store, sweep)) return digest;
  }
}

/** What an open run has noted. */
export async function needsOf(store: Store, run: string): Promise<Need[]> {
  const needs: Need[] = [];
  for await (const { key } of store.list(`needs/${segmentOf(run)}/`)) {
    const need = await readRecord(store, key, RECORDS.need);
    if (need !== null) needs.push(need);
  }
  return needs;
}
