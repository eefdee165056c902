import { randomBytes } from 'node:crypto';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { keepBundles, takeBundles } from '../shared-bundles.js';
import { startCommand, type Ended, type Started } from './command.js';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..', '..');

/** A user's project in a folder of its own: a copy of the fixture, with the package as npm would link it. */
export class TestProject {
  readonly folder: string;
  /** In the environment of everything that was started for this project, so that leftovers are found. */
  readonly #mark = randomBytes(8).toString('hex');
  /** Put before each command: how it gets into a namespace, say. */
  within: readonly string[] = [];

  constructor(config?: string) {
    this.folder = mkdtempSync(path.join(tmpdir(), 'trainyard-cli-'));
    cpSync(path.join(root, 'tests', 'fixtures', 'toy'), this.folder, { recursive: true });
    mkdirSync(path.join(this.folder, 'node_modules'));
    symlinkSync(root, path.join(this.folder, 'node_modules', 'trainyard'));
    symlinkSync(path.join(root, 'node_modules', 'zod'), path.join(this.folder, 'node_modules', 'zod'));
    writeFileSync(path.join(this.folder, 'package.json'), '{ "name": "toy", "type": "module", "private": true }\n');
    if (config !== undefined) this.write('temporal.config.ts', config);
    takeBundles(this.folder);
  }

  write(file: string, text: string): void {
    writeFileSync(path.join(this.folder, file), text);
  }

  read(file: string): string {
    return readFileSync(path.join(this.folder, file), 'utf8');
  }

  start(args: readonly string[], env: Record<string, string> = {}): Started {
    return startCommand(this.folder, args, { TRAINYARD_TEST_MARK: this.#mark, ...env }, this.within);
  }

  /** Runs a command to its end. */
  run(...args: string[]): Promise<Ended> {
    return this.start(args).ended;
  }

  /** A dev session, ready. */
  async dev(): Promise<Started> {
    const dev = this.start(['dev']);
    await dev.says(/Ready\./, 120_000);
    return dev;
  }

  addresses(): { temporal: string; redis: string; server: string } {
    return JSON.parse(this.read('.trainyard/services.json')) as { temporal: string; redis: string; server: string };
  }

  /** Processes of this project that are alive, by their command lines. */
  processes(): { pid: number; command: string }[] {
    const found: { pid: number; command: string }[] = [];
    for (const name of readdirSync('/proc').filter((entry) => /^\d+$/.test(entry))) {
      try {
        if (!this.#isOurs(name)) continue;
        const command = readFileSync(`/proc/${name}/cmdline`, 'utf8').split('\0').join(' ').trim();
        if (command !== '') found.push({ pid: Number(name), command });
      } catch {
        // It has ended meanwhile, or is another user's.
      }
    }
    return found;
  }

  /** By the mark in its environment, or, for a server that overwrites that with its title, by the log that it writes. */
  #isOurs(pid: string): boolean {
    if (readFileSync(`/proc/${pid}/environ`, 'utf8').includes(`TRAINYARD_TEST_MARK=${this.#mark}`)) return true;
    return readlinkSync(`/proc/${pid}/fd/1`).startsWith(this.folder);
  }

  pidOf(command: RegExp): number {
    const found = this.processes().find((one) => command.test(one.command));
    if (!found) throw new Error(`no process is called ${String(command)}`);
    return found.pid;
  }

  /** Resolves with what is still alive after a grace time: nothing, if all is well. */
  async leftovers(withinMs = 10_000): Promise<string[]> {
    const until = performance.now() + withinMs;
    for (;;) {
      const alive = this.processes();
      if (alive.length === 0 || performance.now() > until) return alive.map(({ command }) => command);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }

  /** Ends whatever is left and removes the folder. */
  async remove(): Promise<void> {
    for (const { pid } of this.processes()) process.kill(pid, 'SIGKILL');
    await this.leftovers();
    keepBundles(this.folder);
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** Ends a dev session as Ctrl-C does. */
export async function interrupt(started: Started): Promise<Ended> {
  started.child.kill('SIGINT');
  return started.ended;
}

/** A JavaScript stack, which no user's mistake may show. */
export const STACK = /\n\s+at .*[:(]/;
