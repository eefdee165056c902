import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

/** Where everything listens, as `trainyard dev --json` says it. */
export interface Addresses {
  readonly temporal: string;
  readonly ui: string;
  readonly server: string;
}

/** The `trainyard` command on this project, as a user would call it. */
export class Trainyard {
  readonly #command: string;
  readonly #project: string;
  readonly #running = new Set<ChildProcess>();

  constructor(command: string, project: string) {
    this.#command = command;
    this.#project = project;
  }

  /** `trainyard dev`; resolves when everything listens, throws what it said when it could not. */
  async dev(): Promise<Addresses> {
    const child = this.#spawn(['dev', '--json'], 'pipe');
    let said = '';
    child.stderr?.on('data', (chunk: Buffer) => (said += chunk.toString()));
    const lines = createInterface({ input: child.stdout as NodeJS.ReadableStream });
    const listening = (async (): Promise<Addresses> => {
      for await (const line of lines) if (line.startsWith('{')) return answerIn<Addresses>(line);
      throw new Error(said.trim() || 'trainyard dev ended before it listened');
    })();
    return listening;
  }

  /** A command whose progress people see. Gives its exit code. */
  async show(...args: string[]): Promise<number> {
    const child = this.#spawn(args, 'inherit');
    const [code] = (await once(child, 'exit')) as [number | null];
    return code ?? 1;
  }

  /** A command with `--json`: what it printed. Throws its error in words. */
  async ask<T extends object>(...args: string[]): Promise<T> {
    const child = this.#spawn([...args, '--json'], 'pipe');
    let out = '';
    let said = '';
    child.stdout?.on('data', (chunk: Buffer) => (out += chunk.toString()));
    child.stderr?.on('data', (chunk: Buffer) => (said += chunk.toString()));
    const [code] = (await once(child, 'close')) as [number | null];
    const line = out.trim().split('\n').at(-1) ?? '';
    if (code === 0 || line.startsWith('{')) return answerIn<T>(line);
    throw new Error(said.trim() || `trainyard ${args[0] ?? ''} failed`);
  }

  /** Ends all that was started, and waits until it is gone. */
  async end(): Promise<void> {
    await Promise.all(
      [...this.#running].map(async (child) => {
        const gone = once(child, 'exit');
        child.kill('SIGTERM');
        const force = setTimeout(() => child.kill('SIGKILL'), 20_000);
        await gone;
        clearTimeout(force);
      }),
    );
  }

  /** Resolves when `trainyard dev` ends by itself. */
  async ended(): Promise<void> {
    for (const child of this.#running) if (child.exitCode === null) await once(child, 'exit');
  }

  #spawn(args: string[], output: 'pipe' | 'inherit'): ChildProcess {
    // A group of its own: Ctrl-C in the terminal reaches this program alone, which then ends the others in order.
    const child = spawn(process.execPath, [this.#command, '--config', this.#project, ...args], {
      stdio: ['ignore', output, output],
      detached: true,
    });
    this.#running.add(child);
    child.once('exit', () => this.#running.delete(child));
    return child;
  }
}

/** What a command printed with `--json`. Throws the error that it told instead of an answer. */
function answerIn<T extends object>(line: string): T {
  const said = JSON.parse(line) as T | { readonly error: { readonly message: string } };
  if (!('error' in said)) return said;
  throw new Error(said.error.message);
}
