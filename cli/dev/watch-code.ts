import { watch, type FSWatcher } from 'node:fs';
import path from 'node:path';

/** Edits come in bursts: an editor writes several files, or one of them twice. */
const QUIET_MS = 250;

/**
 * Tells when source files of a project have changed. Watches the folders that hold them, since a whole tree cannot be
 * watched on every platform; `folders` is asked again after each change. Gives how to end it.
 */
export function watchCode(folders: () => Iterable<string>, onChange: () => void): () => void {
  const watchers = new Map<string, FSWatcher>();
  let timer: NodeJS.Timeout | undefined;
  const look = (): void => {
    for (const folder of new Set(folders())) {
      if (watchers.has(folder)) continue;
      try {
        const watcher = watch(folder, (_, name) => {
          if (name !== null && !/\.[cm]?[jt]sx?$/.test(name)) return;
          clearTimeout(timer);
          timer = setTimeout(() => {
            onChange();
            look();
          }, QUIET_MS);
        });
        watcher.on('error', () => watchers.delete(folder));
        watchers.set(folder, watcher);
      } catch {
        // A folder that is gone again: nothing to watch.
      }
    }
  };
  look();
  return () => {
    clearTimeout(timer);
    for (const watcher of watchers.values()) watcher.close();
  };
}

/** Folders of the files that a project is made of. */
export function sourceFolders(files: Iterable<string>): Set<string> {
  return new Set([...files].map((file) => path.dirname(file)));
}
