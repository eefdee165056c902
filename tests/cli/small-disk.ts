import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { closeSync, mkdirSync, openSync, rmSync, statfsSync, truncateSync, writeSync } from 'node:fs';
import path from 'node:path';

/** Whether this machine lets an ordinary user mount a file system in a namespace of its own. */
export function canMount(): boolean {
  return spawnSync('unshare', ['-rm', 'sh', '-c', 'mount -t tmpfs none /mnt']).status === 0;
}

/**
 * A disk that is really full when it is full: a small file system over a folder, in a namespace of its own that a
 * sleeping process holds. Commands are started within it; from outside it is seen through that process.
 */
export class SmallDisk {
  readonly #holder: ChildProcess;
  readonly #folder: string;

  static async over(folder: string, size: string): Promise<SmallDisk> {
    mkdirSync(folder, { recursive: true });
    const script = `mount -t tmpfs -o size=${size} none "$1" && echo mounted && exec sleep 100000`;
    const holder = spawn('unshare', ['-rm', 'sh', '-c', script, 'small-disk', folder], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await new Promise<void>((mounted, failed) => {
      holder.stdout.once('data', () => mounted());
      holder.once('exit', (code) => failed(new Error(`the small disk could not be mounted: ${String(code)}`)));
    });
    return new SmallDisk(holder, folder);
  }

  private constructor(holder: ChildProcess, folder: string) {
    this.#holder = holder;
    this.#folder = folder;
  }

  /** Put before a command, it runs where the disk is, in this working folder. */
  within(folder: string): readonly string[] {
    const enter = ['nsenter', '-t', String(this.#holder.pid), '-U', '-m', '--preserve-credentials'];
    return [...enter, 'sh', '-c', 'cd "$0" && exec "$@"', folder];
  }

  /** A path of the disk as other processes see it. */
  seen(file = ''): string {
    return path.join(`/proc/${String(this.#holder.pid)}/root`, this.#folder, file);
  }

  get free(): number {
    const { bavail, bsize } = statfsSync(this.seen());
    return bavail * bsize;
  }

  /** Fills it until at most so many bytes are free. */
  fillUpTo(free: number): void {
    const to = openSync(this.seen('ballast'), 'a');
    try {
      while (this.free > free) writeSync(to, Buffer.alloc(4_096, 1));
    } finally {
      closeSync(to);
    }
  }

  makeSpace(): void {
    truncateSync(this.seen('ballast'));
    rmSync(this.seen('ballast'));
  }

  close(): void {
    this.#holder.kill('SIGKILL');
  }
}
