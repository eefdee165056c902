import { copyFile, readdir, stat } from 'node:fs/promises';
import { basename, dirname, isAbsolute, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { TransientError, UserError } from '../../../../core/index.js';
import { sayNearest } from '@trainyard/errors';

/** The path that a source names. Throws a UserError for one that is not a file on this machine. */
export function sourcePath(source: string, project: string): string {
  const scheme = /^([a-z][a-z0-9+.-]+):/i.exec(source)?.[1]?.toLowerCase();
  if (scheme === 'file') {
    const path = source.slice('file:'.length);
    return path.startsWith('//') ? fileURLToPath(source) : resolve(project, decodeURIComponent(path));
  }
  if (scheme !== undefined) {
    throw new UserError(`a source of the scheme "${scheme}" cannot be read`, {
      where: { file: source },
      expected: "a path or file: URL, relative to the project's folder",
      actual: source,
      remedy: 'fetch the file into the project, and name that',
    });
  }
  return isAbsolute(source) ? source : resolve(project, source);
}

/**
 * Copies a file's bytes as they are at one moment; `source` is what errors call it. Throws a UserError when it cannot be read, with the nearest name
 * in that folder when it is not there, and a TransientError when it changes while it is copied.
 */
export async function copyWhole(source: string, path: string, to: string): Promise<{ bytes: number }> {
  const before = await look(source, path);
  await copyFile(path, to);
  const after = await look(source, path);
  const copied = await stat(to);
  if (before.mtimeMs !== after.mtimeMs || before.size !== after.size || copied.size !== after.size) {
    throw new TransientError(`${source} changed while it was read`, { where: { file: source } });
  }
  return { bytes: copied.size };
}

/** Throws a UserError where a source is not one file, with the nearest name in its folder when nothing is there. */
export async function requireFile(source: string, project: string): Promise<void> {
  await look(source, sourcePath(source, project));
}

async function look(source: string, path: string): Promise<{ mtimeMs: number; size: number }> {
  try {
    const found = await stat(path);
    if (found.isFile()) return found;
    throw new UserError(`the source ${source} is not a file`, {
      where: { file: source },
      expected: 'a file',
      actual: found.isDirectory() ? 'a folder' : 'a special file',
      remedy: 'name one file in it',
    });
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code;
    if (code === 'ENOENT' || code === 'ENOTDIR') throw await notThere(source, path);
    if (code === 'EACCES' || code === 'EPERM') {
      throw new UserError(`the source ${source} may not be read`, { where: { file: source }, cause });
    }
    throw cause;
  }
}

/** The error for a source that is not there: the nearest name in its folder. */
export async function notThere(source: string, path: string): Promise<UserError> {
  const folder = dirname(path);
  const names = await readdir(folder).catch(() => undefined);
  return new UserError(`the source ${source} is not there`, {
    where: { file: source },
    expected: `a file, at ${path}`,
    actual: names ? 'no file of this name in that folder' : 'that folder is not there either',
    remedy: names ? sayNearest(basename(path), names) : "correct the path; it is relative to the project's folder",
  });
}
