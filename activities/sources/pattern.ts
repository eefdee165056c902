import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';

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

/** Whether a path is a pattern: it holds `*` or `?`. */
export function isPattern(source: string): boolean {
  return /[*?]/.test(source);
}

/** The files that a path means: itself, those in a folder but hidden ones, or those of a pattern. Sorted; none where nothing is there. */
export async function filesOf(source: string, root: string): Promise<string[]> {
  const files: string[] = [];
  for (const found of isPattern(source) ? await expandPattern(source, root) : [path.resolve(root, source)]) {
    const is = await stat(found).catch(() => undefined);
    if (is?.isFile()) files.push(found);
    else if (is?.isDirectory())
      for (const name of await readdir(found))
        if (!name.startsWith('.') && (await stat(path.join(found, name)).catch(() => undefined))?.isFile())
          files.push(path.join(found, name));
  }
  return [...new Set(files)].sort();
}
