import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { GraphRecord } from '../../core/graph.js';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..', '..');
const example = path.join(root, 'examples', 'penguins');

/** How a program ended. */
export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly out: string;
  readonly err: string;
}

/** A program that runs. */
export interface Running {
  readonly pid: number;
  readonly ended: Promise<Ended>;
  said(): string;
  /** Resolves when it has said something that matches; throws when it ended before, or takes too long. */
  says(what: RegExp, withinMs?: number): Promise<void>;
}

/** What `--once --json` prints. */
export interface DemoResult {
  readonly runs: readonly string[];
  readonly labels: { readonly flipped: number; readonly mended: number };
  readonly versions: { readonly before: number; readonly after: number | null };
  readonly metrics: Record<'before' | 'after', { readonly f1: number; readonly accuracy: number; readonly n: number }>;
  readonly models: { readonly before: string; readonly after: string };
  readonly verdict: string;
  readonly duel: { readonly verdict: string; readonly sets: readonly { readonly rows: string; readonly n: number }[] };
  readonly steps: readonly {
    readonly step: string;
    readonly seconds: number;
    readonly run?: string;
    readonly nodes?: readonly { readonly node: string; readonly state: string }[];
  }[];
  readonly seconds: number;
}

interface Shown {
  readonly graph: GraphRecord;
  readonly progress: Readonly<Record<string, { readonly fraction: number }>>;
}

/** A copy of the penguins' project below this repository (it uses the package by its name), with a state of its own. */
export class DemoProject {
  readonly folder: string;
  /** The command `trainyard`. */
  readonly program = path.join(root, 'cli', 'trainyard.js');
  /** In the environment of everything that is started here, so that what is left running is found. */
  readonly #mark = randomBytes(8).toString('hex');

  constructor() {
    const parent = path.join(root, '.trainyard', 'copies');
    mkdirSync(parent, { recursive: true });
    this.folder = mkdtempSync(path.join(parent, 'penguins-'));
    for (const part of readdirSync(example).filter((name) => name !== '.trainyard'))
      cpSync(path.join(example, part), path.join(this.folder, part), { recursive: true });
  }

  /** Name of the project: that of its folder, since nothing names it. */
  get name(): string {
    return path.basename(this.folder).toLowerCase();
  }

  /** `npm run demo` with this copy. */
  demo(...args: string[]): Running {
    return this.start(process.execPath, [path.join(root, 'scripts', 'demo.mjs'), ...args]);
  }

  /** The demo as a line for a shell. */
  demoCommand(...args: string[]): string {
    return [process.execPath, path.join(root, 'scripts', 'demo.mjs'), ...args].map((part) => `'${part}'`).join(' ');
  }

  trainyard(...args: string[]): Running {
    return this.start(process.execPath, [this.program, '--config', this.folder, ...args]);
  }

  /** Runs the demo to its end. Throws what it said when it failed. */
  async result(): Promise<DemoResult> {
    const { code, out, err } = await this.demo('--once', '--json').ended;
    if (code !== 0) throw new Error(`the demo ended with ${String(code)}: ${err}\n${out}`);
    return JSON.parse(out) as DemoResult;
  }

  /** Starts any program in the project's folder. */
  start(program: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): Running {
    const child = spawn(program, args, {
      cwd: this.folder,
      env: { ...process.env, ...env, TRAINYARD_DEMO_PROJECT: this.folder, TRAINYARD_TEST_MARK: this.#mark },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let [out, err] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text));
    const ended = new Promise<Ended>((resolve) =>
      child.once('close', (code, signal) => resolve({ code, signal, out, err })),
    );
    if (child.pid === undefined) throw new Error('no process was started');
    const says = async (what: RegExp, withinMs = 100_000): Promise<void> => {
      for (const until = performance.now() + withinMs; !what.test(out + err); await sleep(50))
        if (child.exitCode !== null || performance.now() > until)
          throw new Error(`it did not say ${String(what)}:\n${out}${err}`);
    };
    return { pid: child.pid, ended, said: () => out + err, says };
  }

  /** Processes of this project that are alive, by their command lines. */
  processes(): { readonly pid: number; readonly command: string }[] {
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .flatMap((name) => {
        try {
          if (!this.#isOurs(name)) return [];
          const command = readFileSync(`/proc/${name}/cmdline`, 'utf8').split('\0').join(' ').trim();
          return command === '' ? [] : [{ pid: Number(name), command }];
        } catch {
          // It has ended meanwhile, or is another user's.
          return [];
        }
      });
  }

  /** By the mark in its environment, or, for a server that overwrites that with its title, by the log that it writes. */
  #isOurs(pid: string): boolean {
    if (readFileSync(`/proc/${pid}/environ`, 'utf8').includes(`TRAINYARD_TEST_MARK=${this.#mark}`)) return true;
    return readlinkSync(`/proc/${pid}/fd/1`).startsWith(this.folder);
  }

  /** `kill -9` of the processes whose command line matches; says how many there were. */
  kill(command: RegExp): number {
    const found = this.processes().filter((one) => command.test(one.command));
    for (const { pid } of found) process.kill(pid, 'SIGKILL');
    return found.length;
  }

  /** What is still alive after a grace time: nothing, if all is well. */
  async leftovers(withinMs = 10_000): Promise<string[]> {
    const until = performance.now() + withinMs;
    for (;;) {
      const alive = this.processes();
      if (alive.length === 0 || performance.now() > until) return alive.map((one) => one.command);
      await sleep(100);
    }
  }

  #state<T>(file: string): T | undefined {
    const whole = path.join(this.folder, '.trainyard', file);
    return existsSync(whole) ? (JSON.parse(readFileSync(whole, 'utf8')) as T) : undefined;
  }

  /** Where everything listens, or listened last. */
  addresses():
    { readonly temporal: string; readonly ui: string; readonly redis: string; readonly server: string } | undefined {
    return this.#state('services.json');
  }

  key(): string {
    return this.#state<{ keys: { key: string }[] }>('keys.json')?.keys[0]?.key ?? '';
  }

  /** The run that the demo is at. */
  run(): string | undefined {
    return this.#state<{ run: string }>('demo.json')?.run;
  }

  /** The graph of a run as the server shows it; undefined while nobody answers. */
  async graph(run = this.run()): Promise<GraphRecord | undefined> {
    return (await this.#shown(run))?.graph;
  }

  /** How far the running node that is farthest says to be: 0 to 1. */
  async fraction(run: string): Promise<number> {
    const { progress = {} } = (await this.#shown(run)) ?? {};
    return Math.max(0, ...Object.values(progress).map((one) => one.fraction));
  }

  async #shown(run = this.run()): Promise<Shown | undefined> {
    const server = this.addresses()?.server;
    if (server === undefined || run === undefined) return undefined;
    try {
      const reply = await fetch(`${server}/api/runs/${encodeURIComponent(run)}`);
      return reply.ok ? ((await reply.json()) as Shown) : undefined;
    } catch {
      return undefined;
    }
  }

  /** Waits until a node of a run is in one of the states. */
  async reaches(
    node: string,
    states: readonly string[],
    run?: () => string | undefined,
    withinMs = 120_000,
  ): Promise<void> {
    const until = performance.now() + withinMs;
    for (;;) {
      const graph = await this.graph(run ? run() : this.run());
      if (graph?.nodes.some((one) => one.node === node && states.includes(one.state))) return;
      if (performance.now() > until)
        throw new Error(
          `${node} did not become ${states.join(' or ')} within ${withinMs} ms: ${JSON.stringify(graph?.nodes.map((one) => `${one.node} ${one.state}`))}`,
        );
      await sleep(100);
    }
  }

  /** Ends whatever is left and removes the folder. */
  async remove(): Promise<void> {
    this.kill(/./);
    await this.leftovers();
    if (process.env['KEEP_COPIES']) return;
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

export function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
