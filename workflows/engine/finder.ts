import type { Digest } from '../../core/digest.js';
import { nextTask } from './next-task.js';
import type { FoundOutputs } from './contract.js';

/**
 * Looks results up by key in the store: one recorded call for keys that became ready together. Answers for as many of
 * the first keys as fit into an answer.
 */
export type Lookup = (keys: readonly Digest[]) => Promise<readonly (FoundOutputs | null)[]>;

/** Most keys of one recorded look-up: with values of usual size its answer fits. */
const BATCH = 200;

/** Look-ups of which the answers are recorded together: one message to the server takes 4 MB. */
const BATCHES_AT_ONCE = 32;

interface Waiting {
  readonly key: Digest;
  readonly found: (outputs: FoundOutputs | null) => void;
  readonly failed: (error: unknown) => void;
}

/** Finds results of node calls: first in the table that was loaded with the run, else by batched look-ups. */
export class Finder {
  readonly #lookup: Lookup;
  readonly #table = new Map<Digest, FoundOutputs>();
  readonly #carried = new Set<Digest>();
  #waiting: Waiting[] = [];
  #scheduled = false;
  #open = 0;

  constructor(lookup: Lookup) {
    this.#lookup = lookup;
  }

  /** Adds rows of a table of finished nodes. */
  add(rows: Iterable<readonly [string, FoundOutputs | null, ...unknown[]]>): void {
    for (const [key, outputs] of rows) if (outputs) this.#table.set(key as Digest, outputs);
  }

  /** Adds rows that the run carries already. */
  addCarried(rows: Iterable<readonly [string, FoundOutputs | null, ...unknown[]]>): void {
    for (const [key, outputs] of rows) if (outputs) this.#carried.add(key as Digest);
    this.add(rows);
  }

  /** What is known to be finished and not carried yet. */
  fresh(): [Digest, FoundOutputs][] {
    return [...this.#table].filter(([key]) => !this.#carried.has(key));
  }

  /** A result that needs no look-up. */
  known(key: Digest): FoundOutputs | undefined {
    return this.#table.get(key);
  }

  /** Look-ups that have not been answered yet. */
  get open(): number {
    return this.#open;
  }

  /** A result that is not known yet, or null when there is none. */
  find(key: Digest): Promise<FoundOutputs | null> {
    this.#open++;
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
    for (let start = 0; start < all.length; start += BATCH * BATCHES_AT_ONCE) {
      if (start > 0) await nextTask();
      const together = all.slice(start, start + BATCH * BATCHES_AT_ONCE);
      await Promise.all(split(together).map((batch) => this.#ask(batch)));
    }
  }

  async #ask(batch: Waiting[]): Promise<void> {
    let rest = batch;
    try {
      while (rest.length > 0) {
        const answers = await this.#lookup(rest.map((one) => one.key));
        answers.forEach((outputs, index) => {
          const one = rest[index];
          if (!one) return;
          if (outputs) this.#table.set(one.key, outputs);
          this.#open--;
          one.found(outputs);
        });
        rest = rest.slice(answers.length);
      }
    } catch (error) {
      for (const one of rest) one.failed(error);
      this.#open -= rest.length;
    }
  }
}

function split<T>(all: readonly T[]): T[][] {
  const batches: T[][] = [];
  for (let start = 0; start < all.length; start += BATCH) batches.push(all.slice(start, start + BATCH));
  return batches;
}
