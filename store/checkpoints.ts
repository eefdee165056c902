import { createHash } from 'node:crypto';
import type { Digest } from '../core/digest.js';
import { checkDigest } from './keys.js';
import type { Store } from './store.js';

const HASH_BYTES = 32;

/** What a node saves to resume from after a crash: `checkpoints/<key>/<number>`, the highest whole one counts. */
export class Checkpoints {
  readonly #store: Store;
  readonly #folder: string;

  constructor(store: Store, key: Digest) {
    this.#store = store;
    this.#folder = `checkpoints/${checkDigest(key)}/`;
  }

  /** Saves a state; whole or not at all, durable on return. The one before it is kept, older ones are removed. */
  async save(state: Uint8Array): Promise<void> {
    const numbers = await this.#numbers();
    const body = Buffer.concat([hashOf(state), state]);
    let number = (numbers[0] ?? 0) + 1;
    // Another attempt of the same node may save at the same moment: both states are true, each gets a number.
    while (!(await this.#store.create(this.#name(number), body))) number++;
    for (const old of numbers.slice(1)) await this.#store.remove(this.#name(old));
  }

  /** The newest whole state, or undefined; one whose hash is wrong is passed over. */
  async load(): Promise<Uint8Array | undefined> {
    for (const number of await this.#numbers()) {
      const body = await this.#store.get(this.#name(number));
      if (!body || body.byteLength < HASH_BYTES) continue;
      const state = body.subarray(HASH_BYTES);
      if (hashOf(state).equals(body.subarray(0, HASH_BYTES))) return state;
    }
    return undefined;
  }

  /** Removes them all: once the node's result is committed, nobody resumes it. */
  async drop(): Promise<void> {
    for (const number of await this.#numbers()) await this.#store.remove(this.#name(number));
  }

  /** Highest first. */
  async #numbers(): Promise<number[]> {
    const numbers: number[] = [];
    for await (const { key } of this.#store.list(this.#folder)) numbers.push(Number(key.slice(this.#folder.length)));
    return numbers.filter(Number.isSafeInteger).sort((a, b) => b - a);
  }

  #name(number: number): string {
    return `${this.#folder}${String(number).padStart(8, '0')}`;
  }
}

function hashOf(state: Uint8Array): Buffer {
  return createHash('sha256').update(state).digest();
}
