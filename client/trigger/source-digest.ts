import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import type { Digest } from '../../core/digest.js';

/** What a source holds at this moment. */
export interface SourceState {
  /** Of names and contents, in the order of the names; null when there is no file, or one is being written. */
  readonly digest: Digest | null;
  /** Of names, sizes and times: while it is the same, nothing needs to be read. */
  readonly stamp: string;
  readonly files: number;
}

/** A file that changed within this time may be under way still, ms. */
const SETTLED_MS = 1_000;

/** Files and folders that a pattern means: `*` and `?` stand within a name, `**` for any folders. Sorted. */
export async function expandPattern(pattern: string, root: string): Promise<string[]> {
  const absolute = path.resolve(root, pattern);
  const { root: top } = path.parse(absolute);
  let found = [top];
  for (const segment of absolute.slice(top.length).split(path.sep)) {
    const next = await Promise.all(found.map((folder) => within(folder, segment)));
    found = [...new Set(next.flat())];
  }
  return found.sort();
}

async function within(folder: string, segment: string): Promise<string[]> {
  if (segment === '**') return foldersBelow(folder);
  if (!/[*?]/.test(segment)) {
    const full = path.join(folder, segment);
    return (await exists(full)) ? [full] : [];
  }
  const escaped = segment.replace(/[.+^${}()|[\]\\]/g, '\\$&');
  const matches = new RegExp(`^${escaped.replaceAll('*', '.*').replaceAll('?', '.')}$`);
  const names = await readdir(folder).catch(() => []);
  // As in a shell, what begins with a dot is meant only where it is said.
  return names
    .filter((name) => matches.test(name) && (segment.startsWith('.') || !name.startsWith('.')))
    .map((name) => path.join(folder, name));
}

async function foldersBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const inner = entries.filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'));
  return [folder, ...(await Promise.all(inner.map((one) => foldersBelow(path.join(folder, one.name))))).flat()];
}

const exists = (file: string): Promise<boolean> =>
  stat(file).then(
    () => true,
    () => false,
  );

/**
 * The digest of the files that a pattern means (those in a folder, when it means one), read as streams. With the stamp
 * and digest of a former look nothing is read where sizes and times are the same.
 */
export async function sourceState(
  source: string,
  root: string,
  former?: { readonly stamp: string; readonly digest: Digest },
  onFile?: () => void,
): Promise<SourceState> {
  const files = await filesOf(source, root);
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

async function filesOf(source: string, root: string): Promise<string[]> {
  const files: string[] = [];
  for (const found of await expandPattern(source, root)) {
    const is = await stat(found).catch(() => undefined);
    if (is?.isFile()) files.push(found);
    else if (is?.isDirectory())
      for (const name of await readdir(found))
        if (!name.startsWith('.') && (await stat(path.join(found, name)).catch(() => undefined))?.isFile())
          files.push(path.join(found, name));
  }
  return [...new Set(files)].sort();
}

async function stampOf(files: readonly string[], root: string): Promise<{ stamp: string; newest: number }> {
  const hash = createHash('sha256');
  let newest = 0;
  for (const file of files) {
    const is = await stat(file).catch(() => undefined);
    newest = Math.max(newest, is?.mtimeMs ?? 0);
    hash.update(`${path.relative(root, file)}\0${is?.size ?? -1}\0${is?.mtimeMs ?? -1}\0${is?.ino ?? -1}\n`);
  }
  return { stamp: hash.digest('hex').slice(0, 32), newest };
}
