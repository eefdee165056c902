import { statSync, watch, type FSWatcher } from 'node:fs';
import path from 'node:path';

/** Edits come in bursts: an editor writes several files, or one of them twice. */
const QUIET_MS = 100;

/** Files that may belong to a project before anybody imports them: another ending would be found in their place. */
const CODE = /\.(?:[cm]?[jt]sx?|py)$/;

/** What editors leave beside a file for a moment. */
const PASSING = /^(\.|#)|(~|\.sw[a-z]|\.tmp|\.\d+)$/;

/**
 * Tells when a file of a project has changed: every file that its build was made of, of whatever kind, and new code
 * beside them. Watches the folders that hold them, since a whole tree cannot be watched on every platform, and editors
 * put another file in the place of the one that they save.
 */
export class CodeWatch {
  readonly #onChange: () => void;
  readonly #watchers = new Map<string, FSWatcher>();
  readonly #files = new Set<string>();
  readonly #folders = new Set<string>();
  #taken = true;
  #timer: NodeJS.Timeout | undefined;

  constructor(onChange: () => void) {
    this.#onChange = onChange;
  }

  /**
   * Adds files, and folders in which new files and folders count. While the code could not be `taken` up, any file beside them may
   * be what was missing.
   */
  add(files: Iterable<string>, taken = true): void {
    this.#taken = taken;
    const isFirst = this.#files.size === 0;
    for (const file of files) {
      this.#files.add(file);
      if (this.#folders.has(file) || !isFolder(file)) continue;
      this.#folders.add(file);
      // What came into a new folder before it is watched.
      if (this.#watch(file) && !isFirst) this.#changed();
    }
    for (const folder of new Set([...this.#files].map((file) => path.dirname(file)))) this.#watch(folder);
  }

  /** Whether it is watched from now on, and was not before. */
  #watch(folder: string): boolean {
    if (this.#watchers.has(folder)) return false;
    try {
      const watcher = watch(folder, (_, name) => {
        if (name === null || this.#counts(folder, name)) this.#changed();
      });
      watcher.on('error', () => {
        watcher.close();
        this.#watchers.delete(folder);
        this.#folders.delete(folder);
      });
      this.#watchers.set(folder, watcher);
      return true;
    } catch {
      // A folder that is gone again: nothing to watch.
      return false;
    }
  }

  #counts(folder: string, name: string): boolean {
    if (this.#files.has(path.join(folder, name)) || CODE.test(name)) return true;
    if (PASSING.test(name)) return false;
    return !this.#taken || (this.#folders.has(folder) && isFolder(path.join(folder, name)));
  }

  #changed(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(this.#onChange, QUIET_MS);
  }

  close(): void {
    clearTimeout(this.#timer);
    for (const watcher of this.#watchers.values()) watcher.close();
  }
}

function isFolder(file: string): boolean {
  try {
    return statSync(file).isDirectory();
  } catch {
    return false;
  }
}
