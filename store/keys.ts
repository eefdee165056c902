import { digestText, isDigest, type Digest } from '../core/digest.js';
import { TrainyardError } from '@trainyard/errors';
import type { StoreKey } from './store.js';

/** The longest key, in bytes; all its characters are ASCII. */
export const KEY_BYTES = 200;

const SEGMENTS = /^[a-z0-9._~=-]+(?:\/[a-z0-9._~=-]+)*$/;
/** What stays as it is in a segment. */
const PLAIN = /^[a-z0-9._-]*$/;
const DOTS_ALONE = /(?:^|\/)\.{1,2}(?:\/|$)/;

/** Gives back a key that every store can hold, or throws TY-STORE-KEY: keys become paths and URLs. */
export function checkKey(key: StoreKey): StoreKey {
  if (key.length <= KEY_BYTES && SEGMENTS.test(key) && !DOTS_ALONE.test(key)) return key;
  throw refusal('a record cannot have this key', key);
}

/** Gives back a prefix for listing: empty, or a key with a `/` after it. */
export function checkPrefix(prefix: string): string {
  if (prefix === '') return prefix;
  if (prefix.endsWith('/')) return `${checkKey(prefix.slice(0, -1))}/`;
  throw refusal('a list of records needs a prefix that ends in /', prefix);
}

/** Gives back a well-formed digest; anything else must never become a path. */
export function checkDigest(digest: Digest): Digest {
  if (isDigest(digest)) return digest;
  throw new TrainyardError('TY-STORE-KEY', {
    what: 'a blob cannot have this digest',
    expected: 'sha256- and 64 hexadecimal digits',
    actual: shown(String(digest)),
  });
}

/**
 * One segment of a key for any name (a run's id, a node's name): letters `a-z`, digits, `.`, `_` and `-` stay, every
 * other byte of its UTF-8 becomes `=` and two hexadecimal digits. What grows longer than `most` bytes is cut and
 * ends in `~` and 16 digits of the name's SHA-256, so that different names have different segments.
 */
export function segmentOf(name: string, most = 60): string {
  let segment = name;
  if (!PLAIN.test(name)) {
    segment = '';
    for (const byte of new TextEncoder().encode(name)) {
      const character = String.fromCharCode(byte);
      segment += PLAIN.test(character) ? character : `=${byte.toString(16).padStart(2, '0')}`;
    }
  }
  if (/^\.{0,2}$/.test(segment)) segment = segment === '' ? '=' : segment.replaceAll('.', '=2e');
  if (segment.length <= most) return segment;
  return `${segment.slice(0, most - 17)}~${digestText(name).slice('sha256-'.length, 'sha256-'.length + 16)}`;
}

function refusal(what: string, key: string): TrainyardError {
  return new TrainyardError('TY-STORE-KEY', {
    what,
    expected: `segments of a-z 0-9 . _ ~ = - joined by /, none of them . or .., at most ${KEY_BYTES} bytes`,
    actual: shown(key),
  });
}

/** A hostile text, made fit to be shown. */
function shown(text: string): string {
  const short = text.length > 80 ? `${text.slice(0, 80)}… (${text.length} characters)` : text;
  return JSON.stringify(short);
}
