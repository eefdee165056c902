import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import path from 'node:path';
import type { Digest } from '../../../../core/index.js';

/** What files hold at this moment. */
export interface FilesState {
  /** Of names and contents, in the order of the names; null when there is no file, or one is being written. */
  readonly digest: Digest | null;
  /** Of names, sizes and times: while it is the same, nothing needs to be read. */
  readonly stamp: string;
  readonly files: number;
}

/** A file that changed within this time may be under way still, ms. */
const SETTLED_MS = 1_000;

/**
 * The digest of the files that a path means, read as streams. With the stamp
 * and digest of a former look nothing is read where sizes and times are the same.
 */
export async function filesState(
  files: readonly string[],
  root: string,
  former?: { readonly stamp: string; readonly digest: Digest },
  onFile?: () => void,
): Promise<FilesState> {
  const before = await stampOf(files, root);
  const state = { stamp: before.stamp, files: files.length };
  if (former && former.stamp === before.stamp) return { ...state, digest: former.digest };
  if (files.length === 0 || Date.now() - before.newest < SETTLED_MS) return { ...state, digest: null };
  const hash = createHash('sha256');
  for (const file of files) {
    const content = createHash('sha256');
    for await (const chunk of createReadStream(file)) {
      content.update(chunk as Buffer);
      onFile?.();
    }
    hash.update(`${path.relative(root, file).split(path.sep).join('/')}\0${content.digest('hex')}\n`);
  }
  const after = await stampOf(files, root);
  return { ...state, digest: after.stamp === before.stamp ? `sha256-${hash.digest('hex')}` : null };
}

export async function stampOf(files: readonly string[], root: string): Promise<{ stamp: string; newest: number }> {
  const hash = createHash('sha256');
  let newest = 0;
  for (const file of files) {
    const is = await stat(file).catch(() => undefined);
    newest = Math.max(newest, is?.mtimeMs ?? 0);
    hash.update(`${path.relative(root, file)}\0${is?.size ?? -1}\0${is?.mtimeMs ?? -1}\0${is?.ino ?? -1}\n`);
  }
  return { stamp: hash.digest('hex').slice(0, 32), newest };
}
