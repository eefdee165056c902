import { TrainyardError } from '@trainyard/errors';
import type { Store, StoreKey } from '../store.js';

/** A record that is not what was written: it counts as not there. */
export interface DamagedRecord {
  readonly key: StoreKey;
  /** What a person calls it: `the graph of a run`. */
  readonly kind: string;
  /** What is wrong with it: `it is empty`. */
  readonly fault: string;
  readonly error: TrainyardError;
}

/** Most records that are remembered for one store: more of them have one cause. */
const MOST = 200;

const known = new Map<string, Map<StoreKey, DamagedRecord>>();
const listeners = new Set<(damaged: DamagedRecord) => void>();

/** Damaged records that this process has met in a store, and has not found mended since. */
export function damagedIn(store: Pick<Store, 'name'>): DamagedRecord[] {
  return [...(known.get(store.name)?.values() ?? [])].sort((a, b) => (a.key < b.key ? -1 : 1));
}

/** All that this process has met, whatever the store. */
export function damagedMet(): DamagedRecord[] {
  return [...known.values()].flatMap((records) => [...records.values()]);
}

/** Told of each damaged record once, when it is met first. Gives what ends it. */
export function onDamaged(listener: (damaged: DamagedRecord) => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function noteDamaged(store: Pick<Store, 'name'>, damaged: DamagedRecord): void {
  let records = known.get(store.name);
  if (!records) known.set(store.name, (records = new Map()));
  if (records.has(damaged.key) || records.size >= MOST) return;
  records.set(damaged.key, damaged);
  for (const tell of listeners) tell(damaged);
}

/** It is whole again, or gone. */
export function forgetDamaged(store: Pick<Store, 'name'>, key: StoreKey): void {
  known.get(store.name)?.delete(key);
}

/** What is wrong with a record that a scrub cannot take out of use. */
const IN_PLACE = 'no file stands in its place';

/** Where a record lies, for people. */
export function fileOfRecord(store: Pick<Store, 'name'>, key: StoreKey): string {
  return `${store.name}/records/${key}`;
}

/** TY-STORE-RECORD for a damaged record: what it is, what is wrong, what follows, what to do. */
export function damagedError(
  store: Pick<Store, 'name'>,
  key: StoreKey,
  { name, without }: { readonly name: string; readonly without: string },
  fault: string,
): TrainyardError {
  return new TrainyardError('TY-STORE-RECORD', {
    what: `${name} is damaged, and counts as not there: ${fault}; ${without}`,
    where: { file: fileOfRecord(store, key) },
    ...(fault.includes(IN_PLACE) ? { remedy: 'look at what it is, and remove it by hand' } : {}),
  });
}
