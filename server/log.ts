import { createWriteStream, mkdirSync, renameSync, statSync } from 'node:fs';
import path from 'node:path';
import type { Writable } from 'node:stream';

/** Bytes of a log that is gone on with; a longer one is put aside when the server starts, in the place of the one before. */
const LONGEST = 16 * 1024 * 1024;

/** The log of a server, in a file. A disk that is full is no reason to end. */
export function openLog(file: string): Writable {
  mkdirSync(path.dirname(file), { recursive: true });
  if ((statSync(file, { throwIfNoEntry: false })?.size ?? 0) > LONGEST) renameSync(file, `${file}.before`);
  return createWriteStream(file, { flags: 'a', mode: 0o600 }).on('error', () => undefined);
}
