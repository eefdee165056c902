import type { Digest } from '../core/digest.js';
import { isTrainyardError, TrainyardError } from '@trainyard/errors';
import type { Store } from './store.js';

/** All bytes of a blob, checked. Throws TY-STORE-MISSING when it is gone, TY-STORE-DAMAGED when it is not what it was. */
export async function readBlob(store: Store, digest: Digest): Promise<Uint8Array> {
  const stream = await store.getBlob(digest);
  if (!stream) throw missingBlob(store, digest);
  const chunks: Uint8Array[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks);
}

/** A blob of JSON, read and checked. Throws as `readBlob` does. */
export async function readJsonBlob(store: Store, digest: Digest): Promise<unknown> {
  return JSON.parse(new TextDecoder().decode(await readBlob(store, digest))) as unknown;
}

export function missingBlob(store: Store, digest: Digest): TrainyardError {
  return new TrainyardError('TY-STORE-MISSING', {
    what: `the blob ${digest} is not in the store ${store.name}`,
    expected: digest,
  });
}

/** Whether a blob is there and is what its digest says. */
export async function isSound(store: Store, digest: Digest): Promise<boolean> {
  try {
    const stream = await store.getBlob(digest);
    for await (const _ of stream ?? []);
    return stream !== null;
  } catch (error) {
    if (isTrainyardError(error)) return false;
    throw error;
  }
}

/** A record's text, or null. */
export async function readText(store: Store, key: string): Promise<string | null> {
  const body = await store.get(key);
  return body && new TextDecoder().decode(body);
}
