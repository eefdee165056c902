import { createHash, type Hash } from 'node:crypto';
import {
  closeSync,
  createReadStream,
  existsSync,
  fsync,
  linkSync,
  mkdirSync,
  open,
  openSync,
  readdirSync,
  rmSync,
  statfsSync,
  statSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { readdir, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import type { Digest } from '../core/digest.js';
import { sayBytes } from '../core/duration.js';
import { TrainyardError } from '@trainyard/errors';
import type { BlobSource } from './store.js';

/** The least that a file takes on most file systems. */
const BLOCK_BYTES = 4096;

/** Bytes read and hashed at a time. */
const CHUNK_BYTES = 1 << 20;

/**
 * TY-STORE-FULL for an error that says that nothing more can be written, else undefined. `need` is what was to be
 * written, in bytes, where it is known.
 */
export function storeFull(error: unknown, folder: string, need?: number): TrainyardError | undefined {
  const reason = { ENOSPC: 'no space is left', EDQUOT: 'the quota is used up', EFBIG: 'a limit on file size is met' }[
    codeOf(error)
  ];
  if (reason === undefined) return undefined;
  return new TrainyardError('TY-STORE-FULL', {
    what: `nothing more can be written to ${folder}: ${reason}`,
    where: { file: folder },
    ...(need === undefined ? {} : { expected: `room for ${sayBytes(Math.max(need, BLOCK_BYTES))}` }),
    ...freeIn(folder),
    cause: error,
  });
}

/** TY-STORE-REFUSED for an error that says that this process may not do that in a store, else undefined. */
export function storeRefused(error: unknown, folder: string): TrainyardError | undefined {
  const file = pathOf(error);
  // What a caller gives to be stored lies elsewhere.
  if (!file?.startsWith(folder)) return undefined;
  if (['EISDIR', 'ENOTDIR'].includes(codeOf(error))) return otherInPlace(file, error);
  const reason = {
    EROFS: 'it is mounted for reading only',
    EACCES: 'this user has no permission',
    EPERM: 'this user has no permission',
  }[codeOf(error)];
  if (reason === undefined) return undefined;
  return new TrainyardError('TY-STORE-REFUSED', {
    what: `the store ${folder} refuses: ${reason}`,
    where: { file },
    cause: error,
  });
}

/** TY-STORE-RECORD: a folder, say, stands where a record should be. */
export function otherInPlace(file: string, cause?: unknown): TrainyardError {
  return new TrainyardError('TY-STORE-RECORD', {
    what: 'something that is no file stands in its place',
    where: { file },
    remedy: 'look at what it is, and remove it',
    cause,
  });
}

/** The file that a system call was about, its new name where it has one. */
function pathOf(error: unknown): string | undefined {
  const { path: file, dest } = error as { path?: unknown; dest?: unknown };
  const found = dest ?? file;
  return typeof found === 'string' ? found : undefined;
}

function freeIn(folder: string): { actual?: string } {
  try {
    const { bavail, bsize } = statfsSync(folder);
    return { actual: `${sayBytes(bavail * bsize)} free` };
  } catch {
    return {};
  }
}

export function codeOf(error: unknown): string {
  return typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';
}

/** For a read: null when there is nothing; ENOTDIR and EISDIR mean the same, since no key is a folder of another. */
export function nullIfMissing(error: unknown): null {
  if (['ENOENT', 'ENOTDIR', 'EISDIR'].includes(codeOf(error))) return null;
  throw error;
}

export function digestOf(hash: Hash): Digest {
  return `sha256-${hash.digest('hex')}`;
}

export function checkHash(hash: Hash, digest: Digest, file: string): void {
  const actual = digestOf(hash);
  if (actual === digest) return;
  throw new TrainyardError('TY-STORE-DAMAGED', {
    what: `the blob ${digest} is damaged`,
    where: { file },
    expected: digest,
    actual,
  });
}

export async function* checkedStream(file: string, digest: Digest): AsyncGenerator<Uint8Array> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(file, { highWaterMark: CHUNK_BYTES }) as AsyncIterable<Buffer>) {
    hash.update(chunk);
    yield chunk;
  }
  checkHash(hash, digest, file);
}

/** Copies a source into an open file and gives its digest, in one pass. */
export async function copy(source: BlobSource, to: FileHandle): Promise<{ digest: Digest; size: number }> {
  const hash = createHash('sha256');
  let size = 0;
  const chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array> =
    source instanceof Uint8Array
      ? [source]
      : 'path' in source
        ? (createReadStream(source.path, { highWaterMark: CHUNK_BYTES }) as AsyncIterable<Buffer>)
        : source;
  for await (const chunk of chunks) {
    hash.update(chunk);
    await writeWhole(to, chunk, size);
    size += chunk.byteLength;
  }
  return { digest: digestOf(hash), size };
}

/**
 * Writes all of it at a position. By hand, since Node 20.3 loses its place after a write that a full disk cut short:
 * without positions it goes on from the start of the file, and never hears that the disk is full.
 */
export async function writeWhole(to: FileHandle, bytes: Uint8Array, position = 0): Promise<void> {
  let at = 0;
  while (at < bytes.byteLength) at += (await to.write(bytes, at, bytes.byteLength - at, position + at)).bytesWritten;
}

/** Links a file to its final name; false when that name is taken. */
export function linked(temp: string, final: string): boolean {
  try {
    linkSync(temp, final);
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  }
}

/**
 * Writes a small file that must not be there, durable on return. What may wait for the disk is left to the thread pool,
 * also making a file, which waits while a journal is written; all else takes microseconds, and each trip there a
 * hundred times as long.
 */
export function writeSynced(file: string, bytes: Uint8Array, mode: number): Promise<void> {
  return new Promise((done, failed) =>
    open(file, 'wx', mode, (error, descriptor) => {
      if (error) return failed(error);
      try {
        writeFileSync(descriptor, bytes);
      } catch (fault) {
        closeSync(descriptor);
        return failed(fault as Error);
      }
      syncAndClose(descriptor, done, failed);
    }),
  );
}

/** By callbacks: of each promise more the Workflow worker keeps books. */
function syncAndClose(descriptor: number, done: () => void, failed: (error: Error) => void): void {
  fsync(descriptor, (error) => {
    try {
      closeSync(descriptor);
    } catch (fault) {
      return failed(error ?? (fault as Error));
    }
    if (error) failed(error);
    else done();
  });
}

/** Makes a folder and those above it; gives the first that was not there. */
export function makeFolders(folder: string): string | undefined {
  try {
    return mkdirSync(folder, { recursive: true });
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error;
    // So Node answers for a disk that is mounted for reading only: a plain call says why.
    let first = folder;
    while (!existsSync(path.dirname(first))) first = path.dirname(first);
    mkdirSync(first);
    mkdirSync(folder, { recursive: true });
    return first;
  }
}

/** Makes the names in a folder durable. */
export function syncFolder(folder: string): Promise<void> {
  return new Promise((done, failed) => syncAndClose(openSync(folder, 'r'), done, failed));
}

/** Removes a file, if it is there: much cheaper than `rmSync`. */
export function unlinkNow(file: string): void {
  try {
    unlinkSync(file);
  } catch (error) {
    nullIfMissing(error);
  }
}

/** All files below a folder; what is removed meanwhile is left out. */
export async function* walk(folder: string): AsyncGenerator<{ file: string; size: number; writtenAt: number }> {
  for (const entry of (await readdir(folder, { withFileTypes: true }).catch(nullIfMissing)) ?? []) {
    const file = path.join(folder, entry.name);
    if (entry.isDirectory()) yield* walk(file);
    else {
      const found = statSync(file, { throwIfNoEntry: false });
      if (found) yield { file, size: found.size, writtenAt: found.mtimeMs };
    }
  }
}

/** A file's time is renewed when it is older than this, in ms: often enough for a grace of a day. */
const RENEW_MS = 3_600_000;

/** Notes on a file that it was wanted again just now. */
export function renew(file: string, writtenAtMs: number): void {
  const now = Date.now();
  if (now - writtenAtMs < RENEW_MS) return;
  try {
    utimesSync(file, now / 1000, now / 1000);
  } catch {
    // It belongs to someone else, or was removed this moment: the time only helps, nothing hangs on it.
  }
}

/** Removes the files of a folder that nobody has written to for so long. */
export function removeOlder(folder: string, ms: number): void {
  try {
    for (const name of readdirSync(folder)) {
      const file = path.join(folder, name);
      const found = statSync(file, { throwIfNoEntry: false });
      if (found && Date.now() - found.mtimeMs > ms) rmSync(file, { force: true });
    }
  } catch {
    // Tidying up is never a reason to fail: the folder may not be there yet, or belong to someone else.
  }
}
