import {
  closeSync,
  existsSync,
  fstatSync,
  ftruncateSync,
  linkSync,
  openSync,
  renameSync,
  writeFileSync,
} from 'node:fs';
import { codeOf, linked, nullIfMissing, unlinkNow } from './disk.js';

/** Removed files that are kept to be written again. */
export const MOST_SPARE = 64;

/** Created files that are known by name; when there are more, all are forgotten and removed in the usual way. */
const MOST_KNOWN = 10_000;

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
  readonly #known = new Set<string>();
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
    if (!this.#known.delete(final) || this.#spare.length >= MOST_SPARE) return unlinkNow(final);
    const spare = this.#newName();
    try {
      renameSync(final, spare);
      this.#spare.push(spare);
    } catch (error) {
      nullIfMissing(error);
    }
  }

  /** Whoever still reads the file under its former name may see these bytes: it takes them for those of a stranger. */
  #create(final: string, body: Uint8Array): boolean {
    const spare = this.#spare.pop();
    const temp = spare ?? this.#newName();
    try {
      write(temp, body, spare === undefined ? 'w' : 'r+');
      if (!linked(temp, final)) return false;
    } finally {
      unlinkNow(temp);
      kept.delete(temp);
    }
    if (this.#known.size >= MOST_KNOWN) this.#known.clear();
    this.#known.add(final);
    return true;
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
