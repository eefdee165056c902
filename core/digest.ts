import { sha256 } from '@noble/hashes/sha2';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils';

/** An address by content: the hash's name and its lower-case hexadecimal value, `sha256-…`. */
export type Digest = `sha256-${string}`;

/** SHA-256 (FIPS 180-4) of a text's UTF-8 bytes. Pure JavaScript, so that it also runs in the Workflow sandbox. */
export function digestText(text: string): Digest {
  return `sha256-${bytesToHex(sha256(utf8ToBytes(text)))}`;
}

/** True for a well-formed digest; anything else must never become part of a store's key or a file's path. */
export function isDigest(text: unknown): text is Digest {
  return typeof text === 'string' && /^sha256-[0-9a-f]{64}$/.test(text);
}
