import { syncFolder } from './durable-write.js';

/**
 * Makes names in folders durable, for many writers at once. A sync that is under way may have begun before a name was
 * there: all who ask meanwhile share the next one.
 */
export class SyncedFolders {
  readonly #running = new Map<string, Promise<void>>();
  readonly #next = new Map<string, Promise<void>>();
  readonly #syncOne: (folder: string) => Promise<void>;

  constructor(syncOne = syncFolder) {
    this.#syncOne = syncOne;
  }

  /** Resolves once every name that is in the folder now is durable. */
  sync(folder: string): Promise<void> {
    const running = this.#running.get(folder);
    if (!running) return this.#begin(folder);
    let next = this.#next.get(folder);
    if (!next) {
      const begin = (): Promise<void> => {
        this.#next.delete(folder);
        return this.#begin(folder);
      };
      next = running.then(begin, begin);
      this.#next.set(folder, next);
    }
    return next;
  }

  #begin(folder: string): Promise<void> {
    const sync = this.#syncOne(folder);
    this.#running.set(folder, sync);
    const end = (): void => {
      if (this.#running.get(folder) === sync) this.#running.delete(folder);
    };
    sync.then(end, end);
    return sync;
  }
}
