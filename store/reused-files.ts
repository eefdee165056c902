import { closeSync, existsSync, fstatSync, ftruncateSync, linkSync, openSync, writeFileSync } from 'node:fs';
import { codeOf, linked, unlinkNow } from './durable-write.js';

/** Created files that keep the name under which they were written; the oldest lose it, and are removed in the usual way. */
export const MOST_REUSED = 64;

/** What this process leaves beside its stores until it ends. */
const kept = new Set<string>();
let tidiesUp = false;

/**
 * Small records that need not outlive a loss of power, without a new file for each. A node makes and removes a
 * reservation, and leaves empty markers: ext4 looks at every file that was removed within the last minutes before it
 * makes another in that place, and a new file then costs thirty times what a link does (`docs/speed.md`).
 */
export class ReusedFiles {
  readonly #name: () => string;
  /** Names under which files were written, by their final ones, the oldest first. */
  readonly #known = new Map<string, string>();
  readonly #spare: string[] = [];
  #empty: string | undefined;

  /** `name` gives names for files of this process, where links can be made from. */
  constructor(name: () => string) {
    this.#name = name;
  }

  /** Creates a file with a few bytes in it; false when the name is taken. */
  create(final: string, body: Uint8Array): boolean {
    return body.byteLength === 0 ? this.#createEmpty(final) : this.#create(final, body);
  }

  /** Removes a file, if it is there. */
  remove(final: string): void {
    const temp = this.#known.get(final);
    unlinkNow(final);
    if (temp === undefined) return;
    this.#known.delete(final);
    this.#spare.push(temp);
  }

  /** Whoever still reads the file under its former name may see these bytes: it takes them for those of a stranger. */
  #create(final: string, body: Uint8Array): boolean {
    const spare = this.#spare.pop();
    const temp = spare ?? this.#newName();
    try {
      write(temp, body, spare === undefined ? 'w' : 'r+');
      if (!linked(temp, final)) {
        this.#spare.push(temp);
        return false;
      }
    } catch (error) {
      this.#forget(temp);
      // Somebody has tidied up: the next one.
      if (spare !== undefined && codeOf(error) === 'ENOENT') return this.#create(final, body);
      throw error;
    }
    this.#known.set(final, temp);
    for (const [oldest, name] of this.#known) {
      if (this.#known.size <= MOST_REUSED) break;
      this.#known.delete(oldest);
      this.#forget(name);
    }
    return true;
  }

  #forget(temp: string): void {
    unlinkNow(temp);
    kept.delete(temp);
  }

  #newName(): string {
    const name = this.#name();
    if (!tidiesUp) process.once('exit', () => kept.forEach(unlinkNow));
    tidiesUp = true;
    kept.add(name);
    return name;
  }

  /** All empty files are one, under many names. */
  #createEmpty(final: string): boolean {
    for (;;) {
      const fresh = this.#empty === undefined;
      try {
        if (fresh) writeFileSync((this.#empty = this.#newName()), '');
        linkSync(this.#empty as string, final);
        return true;
      } catch (error) {
        if (codeOf(error) === 'EEXIST') return false;
        // As many names as a file can have, or somebody has tidied up: another one.
        const again = codeOf(error) === 'EMLINK' || (codeOf(error) === 'ENOENT' && !existsSync(this.#empty as string));
        if (fresh || !again) throw error;
        this.#empty = undefined;
      }
    }
  }
}

/** Not cut to nothing first: ext4 writes the data of such a file out when it is closed. */
function write(file: string, body: Uint8Array, flag: 'w' | 'r+'): void {
  const descriptor = openSync(file, flag);
  try {
    writeFileSync(descriptor, body);
    if (flag === 'r+' && fstatSync(descriptor).size > body.byteLength) ftruncateSync(descriptor, body.byteLength);
  } finally {
    closeSync(descriptor);
  }
}
