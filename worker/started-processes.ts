import { openSync, readSync, statfsSync } from 'node:fs';
import { childrenSeen } from './process-tree.js';

const LOAD = '/proc/loadavg';
/** `PROC_SUPER_MAGIC` of Linux: another file system in that place may tell what was so a while ago. */
const PROC = 0x9fa0;

/**
 * Whether this process may have started others since it was asked last; true when in doubt. A node that started none
 * leaves none. To count children takes a file of each thread, so the system's last process id is read first: while it
 * is the same, nobody has started anything.
 */
export class StartedProcesses {
  #children: number | undefined = 0;
  #last = '';
  readonly #file = openLoad();
  readonly #text = Buffer.alloc(128);

  any(): boolean {
    const last = this.#lastId();
    const same = last !== '' && last === this.#last;
    this.#last = last;
    if (same) return false;
    const now = childrenSeen(process.pid);
    const started = now === undefined || now !== this.#children;
    this.#children = now ?? this.#children;
    return started;
  }

  /** Of processes and threads; empty where it is not told. */
  #lastId(): string {
    if (this.#file === undefined) return '';
    const end = readSync(this.#file, this.#text, 0, this.#text.length, 0);
    const last = this.#text.toString('latin1', 0, end).trimEnd().split(' ').at(-1) ?? '';
    return /^[1-9]\d*$/.test(last) ? last : '';
  }
}

function openLoad(): number | undefined {
  try {
    return statfsSync(LOAD).type === PROC ? openSync(LOAD, 'r') : undefined;
  } catch {
    return undefined;
  }
}
