import { createHash } from 'node:crypto';
import { isTrainyardError } from '@trainyard/errors';
import { canonical } from '../core/json.js';
import { damagedError, forgetDamaged, noteDamaged } from './damaged/index.js';
import type { RecordKind } from './record-kinds.js';
import type { Store, StoreKey } from './store.js';

/** What a look at a record gives. */
export type Looked<T> =
  | { readonly state: 'absent' }
  | { readonly state: 'damaged'; readonly fault: string }
  /** `checked`: its check is right; a former version wrote none. */
  | { readonly state: 'whole'; readonly value: T; readonly checked: boolean };

/** The last member of a record's JSON: `"~"`, with the first 16 digits of the SHA-256 of all before it. */
const CHECK = /^([,{])"([^"])":"([^"]{16})"\}$/;
const CHECK_LENGTH = ',"~":"0123456789abcdef"}'.length;

/** The text of a record: canonical JSON, its check last. Records that a former version wrote have none. */
export function recordText(value: object): string {
  const text = canonical(value);
  const before = text.slice(0, -1);
  return `${before}${before === '{' ? '' : ','}"~":"${checkOf(before)}"}`;
}

/** Reads a record; a damaged one counts as not there, and is named (`damagedIn`, `onDamaged`). */
export async function readRecord<T>(store: Store, key: StoreKey, kind: RecordKind<T>): Promise<T | null> {
  const looked = await lookAtRecord(store, key, kind);
  return looked.state === 'whole' ? looked.value : null;
}

/** The same, for who must tell a damaged record from none. */
export async function lookAtRecord<T>(store: Store, key: StoreKey, kind: RecordKind<T>): Promise<Looked<T>> {
  let looked: Looked<T>;
  try {
    looked = parseBody(await store.get(key), kind);
  } catch (error) {
    // What the store itself cannot give: a folder in its place, say.
    if (!isTrainyardError(error) || error.code !== 'TY-STORE-RECORD') throw error;
    looked = { state: 'damaged', fault: error.what };
  }
  if (looked.state === 'damaged') {
    const error = damagedError(store, key, kind, looked.fault);
    noteDamaged(store, { key, kind: kind.name, fault: looked.fault, error });
  } else forgetDamaged(store, key);
  return looked;
}

/**
 * Creates a record, once; false when a whole one was there. One that is damaged is replaced, as if it were not there:
 * of several that do so at once the last wins.
 */
export async function createRecord<T extends object>(
  store: Store,
  key: StoreKey,
  kind: RecordKind<T>,
  value: T,
  options?: { readonly durable?: boolean },
): Promise<boolean> {
  const body = Buffer.from(recordText(value));
  for (let removed = false; ;) {
    if (await store.create(key, body, options)) return true;
    const looked = await lookAtRecord(store, key, kind);
    if (looked.state === 'whole') return false;
    if (looked.state === 'absent') continue;
    if (removed) throw damagedError(store, key, kind, looked.fault);
    await store.remove(key);
    removed = true;
  }
}

/** Replaces a record whole; only for keys with a single writer. */
export async function putRecord<T extends object>(
  store: Store,
  key: StoreKey,
  _kind: RecordKind<T>,
  value: T,
  options?: { readonly durable?: boolean },
): Promise<void> {
  await store.put(key, Buffer.from(recordText(value)), options);
}

function parseBody<T>(body: Uint8Array | null, kind: RecordKind<T>): Looked<T> {
  if (body === null) return { state: 'absent' };
  return parseRecord(Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('utf8'), kind);
}

/** A record's text, checked: its check where it has one, its form always. */
export function parseRecord<T>(text: string, kind: RecordKind<T>): Looked<T> {
  if (text === '') return { state: 'damaged', fault: 'it is empty' };
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { state: 'damaged', fault: 'it is cut or changed: it is no JSON' };
  }
  // Another name of one character is the check's own name, changed: no record has such a member.
  const [, open, name, check] = CHECK.exec(text.slice(-CHECK_LENGTH)) ?? [];
  if (check !== undefined) {
    const before = `${text.slice(0, -CHECK_LENGTH)}${open === '{' ? '{' : ''}`;
    if (name !== '~' || checkOf(before) !== check)
      return { state: 'damaged', fault: 'it has changed since it was written' };
    delete (value as Record<string, unknown>)['~'];
  }
  const parsed = kind.schema.safeParse(value);
  if (parsed.success) {
    const now = (kind.former?.(value) ?? value) as T;
    return { state: 'whole', value: now, checked: check !== undefined };
  }
  const [issue] = parsed.error.issues;
  const place = issue?.path.join('.') ?? '';
  return { state: 'damaged', fault: `it is no such record${place === '' ? '' : ` (${place})`}` };
}

function checkOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}
