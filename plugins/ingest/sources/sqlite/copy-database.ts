import { open, stat } from 'node:fs/promises';
import { createReadStream, createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { TransientError, UserError } from '../../../../core/index.js';

/** Looks for a moment without a change. */
const TRIES = 20;
/** The clock of a file system may stand still for this time, ms: a file that changed within it may change unseen. */
const SETTLED_MS = 50;
const HEADER_BYTES = 100;
const WAL_HEADER_BYTES = 32;

/** What tells whether a database file changed. */
interface Look {
  /** Of the file itself: size, time of change, its header. */
  readonly main: string;
  /** Header of the write-ahead log: a new one when the log begins anew. Empty where there is none. */
  readonly wal: string;
  /** A transaction is under way, or was cut off: its journal is there. */
  readonly inJournal: boolean;
  readonly newest: number;
}

/**
 * Copies a database file with its write-ahead log as they are at one moment, without a lock, so that no writer is kept
 * waiting: https://www.sqlite.org/walformat.html. The file itself must not change meanwhile, and the log may only grow: SQLite
 * reads a log up to its last whole transaction. Throws a TransientError where no such moment comes, a UserError for a file
 * that is no database.
 */
export async function copyDatabase(path: string, name: string, to: string, signal: AbortSignal): Promise<void> {
  for (let left = TRIES; left > 0; left--) {
    signal.throwIfAborted();
    const before = await look(path, name);
    if (!before.inJournal && Date.now() - before.newest > SETTLED_MS) {
      await pipeline(createReadStream(path), createWriteStream(to), { signal });
      if (before.wal !== '')
        await pipeline(createReadStream(`${path}-wal`), createWriteStream(`${to}-wal`), { signal });
      const after = await look(path, name);
      if (after.main === before.main && after.wal === before.wal && !after.inJournal) return;
    }
    await sleep(SETTLED_MS * 2, undefined, { signal });
  }
  throw new TransientError(`${name} changes all the time: no moment was found to read it`, {
    where: { file: name },
    expected: `${(TRIES * SETTLED_MS * 2) / 1000} s with a moment in which nothing is moved into the file`,
    remedy: 'reading begins anew; a database in WAL mode is read while others write to it',
  });
}

/** Sizes and times of the file and its log: while they are the same nothing needs to be read. */
export async function stampOf(path: string, name: string): Promise<string> {
  const { main } = await look(path, name);
  const wal = await stat(`${path}-wal`).catch(() => undefined);
  return `${main} ${wal?.size ?? 0} ${wal?.mtimeMs ?? 0}`;
}

async function look(path: string, name: string): Promise<Look> {
  const [main, wal, journal] = await Promise.all([
    head(path, HEADER_BYTES),
    head(`${path}-wal`, WAL_HEADER_BYTES),
    head(`${path}-journal`, 8),
  ]);
  if (!main) {
    throw new UserError(`the source ${name} is not there, or no file`, {
      where: { file: name },
      expected: 'an SQLite database file',
      remedy: "correct the path; it is relative to the project's folder",
    });
  }
  if (main.size > 0 && !main.bytes.toString('latin1').startsWith('SQLite format 3\0')) {
    throw new UserError(`${name} is not an SQLite database`, {
      where: { file: name },
      expected: 'a file that begins with "SQLite format 3"',
      actual: JSON.stringify(main.bytes.subarray(0, 16).toString('latin1')),
      remedy: 'name the database file; one that is encrypted cannot be read',
    });
  }
  return {
    main: `${main.size} ${main.mtimeMs} ${main.bytes.toString('hex')}`,
    wal: wal && wal.bytes.length === WAL_HEADER_BYTES ? wal.bytes.toString('hex') : '',
    // A journal that was done with is gone, empty, or begins with zeros.
    inJournal: journal !== undefined && journal.bytes.some((byte) => byte !== 0),
    newest: main.mtimeMs,
  };
}

async function head(
  path: string,
  length: number,
): Promise<{ size: number; mtimeMs: number; bytes: Buffer } | undefined> {
  const file = await open(path, 'r').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return undefined;
    throw error;
  });
  try {
    const is = await file?.stat();
    if (!file || !is?.isFile()) return undefined;
    const { bytesRead, buffer } = await file.read(Buffer.alloc(length), 0, length, 0);
    return { size: is.size, mtimeMs: is.mtimeMs, bytes: buffer.subarray(0, bytesRead) };
  } finally {
    await file?.close();
  }
}
