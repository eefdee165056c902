import { lstat, readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { UserError } from '../../../../core/index.js';
import { notThere } from '../file/copy.js';

/** A file of a folder, as it stood when it was looked at. */
export interface FoundFile {
  /** Relative to the folder, with `/` between folders. */
  readonly name: string;
  readonly size: number;
  /** When it was changed, when anything of it was, and which file it is: all of them differ where its content may. */
  readonly stamp: string;
  readonly changedMs: number;
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** Files looked at at a time. */
const AT_ONCE = 64;

/**
 * The files below a folder whose names end in one of `endings` (in small letters), sorted by their names; and how many others there
 * are. Hidden files and folders are left out, and so are links to folders. Throws a UserError for a name that is no text.
 */
export async function listFolder(
  folder: string,
  said: string,
  endings: readonly string[],
  signal: AbortSignal,
): Promise<{ files: FoundFile[]; others: number }> {
  const is = await stat(folder).catch(() => undefined);
  if (is === undefined) throw await notThere(said, folder);
  if (!is.isDirectory())
    throw new UserError(`the source ${said} is not a folder`, { where: { file: said }, expected: 'a folder' });
  const names: string[] = [];
  let others = 0;
  const walk = async (within: string): Promise<void> => {
    signal.throwIfAborted();
    for (const entry of await readdir(path.join(folder, within), { withFileTypes: true, encoding: 'buffer' })) {
      const name = nameOf(entry.name, path.posix.join(said, within));
      if (name.startsWith('.')) continue;
      const inside = path.posix.join(within, name);
      if (entry.isDirectory()) await walk(inside);
      else if (entry.isFile() || (entry.isSymbolicLink() && (await isFile(path.join(folder, inside))))) {
        if (endings.includes(path.extname(name).toLowerCase())) names.push(inside);
        else others++;
      }
    }
  };
  await walk('');
  names.sort((a, b) => (a < b ? -1 : 1));
  const files: FoundFile[] = [];
  for (let from = 0; from < names.length; from += AT_ONCE)
    files.push(...(await Promise.all(names.slice(from, from + AT_ONCE).map((name) => lookAt(folder, name)))));
  return { files, others };
}

/** A file as it stands. Whole nanoseconds: two changes of one millisecond are two. */
export async function lookAt(folder: string, name: string): Promise<FoundFile> {
  const { size, mtimeNs, ctimeNs, ino, mtimeMs } = await stat(path.join(folder, name), { bigint: true });
  return { name, size: Number(size), stamp: `${mtimeNs} ${ctimeNs} ${ino}`, changedMs: Number(mtimeMs) };
}

const isFile = async (full: string): Promise<boolean> =>
  (await lstat(full)).isSymbolicLink() && ((await stat(full).catch(() => undefined))?.isFile() ?? false);

/** A name may be any bytes to the system. One that is no text could not be told again. */
function nameOf(bytes: Uint8Array, within: string): string {
  try {
    return utf8.decode(bytes);
  } catch {
    throw new UserError(`a file in ${within} has a name that is no text`, {
      where: { file: within },
      expected: 'a name in UTF-8',
      actual: JSON.stringify(Buffer.from(bytes).toString('latin1')),
      remedy: 'rename it',
    });
  }
}
