import type { Digest } from '../../core/digest.js';
import type { Ref } from '../../core/kinds.js';

export type FoundOutputs = { readonly [port: string]: Ref };

/** Looks results up by key in the store: one recorded call for all keys that became ready together. */
export type Lookup = (keys: readonly Digest[]) => Promise<readonly (FoundOutputs | null)[]>;

/** Most keys of one recorded look-up: its answer must stay far below Temporal's limit for a payload. */
const BATCH = 200;

/** Finds results of node calls: first in the table that was loaded with the run, else by batched look-ups. */
export class Finder {
  readonly #lookup: Lookup;
  readonly #table = new Map<Digest, FoundOutputs>();
  #waiting: { key: Digest; found: (outputs: FoundOutputs | null) => void; failed: (error: unknown) => void }[] = [];
  #scheduled = false;

  constructor(lookup: Lookup) {
    this.#lookup = lookup;
  }

  /** Adds rows of a table of finished nodes. */
  add(rows: Iterable<readonly [Digest, FoundOutputs]>): void {
    for (const [key, outputs] of rows) this.#table.set(key, outputs);
  }

  /** Everything known to be finished, for carrying it on. */
  rows(): [Digest, FoundOutputs][] {
    return [...this.#table];
  }

  /** A result that needs no look-up. */
  known(key: Digest): FoundOutputs | undefined {
    return this.#table.get(key);
  }

  /** A result that is not known yet, or null when there is none. */
  find(key: Digest): Promise<FoundOutputs | null> {
    return new Promise((found, failed) => {
      this.#waiting.push({ key, found, failed });
      if (this.#scheduled) return;
      this.#scheduled = true;
      void this.#flush();
    });
  }

  async #flush(): Promise<void> {
    // Two turns of the microtask queue let all calls that became ready by the same event join this batch.
    await Promise.resolve();
    await Promise.resolve();
    this.#scheduled = false;
    const all = this.#waiting;
    this.#waiting = [];
    for (let start = 0; start < all.length; start += BATCH) void this.#ask(all.slice(start, start + BATCH));
  }

  async #ask(
    batch: { key: Digest; found: (outputs: FoundOutputs | null) => void; failed: (error: unknown) => void }[],
  ): Promise<void> {
    try {
      const answers = await this.#lookup(batch.map((one) => one.key));
      batch.forEach((one, index) => {
        const outputs = answers[index] ?? null;
        if (outputs) this.#table.set(one.key, outputs);
        one.found(outputs);
      });
    } catch (error) {
      for (const one of batch) one.failed(error);
    }
  }
}
