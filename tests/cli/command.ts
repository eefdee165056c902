import { spawn, type ChildProcess } from 'node:child_process';
import path from 'node:path';

const program = path.resolve(import.meta.dirname, '..', '..', 'cli', 'trainyard.js');

/** How a command ended. */
export interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
  readonly all: string;
}

/** A command that runs. */
export interface Started {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  /** What it has said so far. */
  said(): string;
  /** Resolves when it has said something that matches. */
  says(what: RegExp, withinMs?: number): Promise<RegExpExecArray>;
}

/**
 * Starts `trainyard` in a project's folder, as a person does: a process of its own, which finds Temporal by itself.
 * `within` is put before the command: how it gets into a namespace, say.
 */
export function startCommand(
  folder: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  within: readonly string[] = [],
): Started {
  const { CI: _ci, FORCE_COLOR: _force, ...clean } = process.env;
  const [command = '', ...before] = [...within, process.execPath];
  const child = spawn(command, [...before, program, ...args], {
    cwd: path.resolve(folder),
    env: { ...clean, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [out, err, all] = ['', '', ''];
  const heard = new Set<() => void>();
  const hear = (chunk: string, on: 'out' | 'err'): void => {
    if (on === 'out') out += chunk;
    else err += chunk;
    all += chunk;
    for (const listener of heard) listener();
  };
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => hear(chunk, 'out'));
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => hear(chunk, 'err'));
  const ended = new Promise<Ended>((resolve) => {
    child.once('close', (code) => {
      resolve({ code, out, err, all });
      for (const listener of heard) listener();
    });
  });
  const says = (what: RegExp, withinMs = 60_000): Promise<RegExpExecArray> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        const match = what.exec(all);
        if (!match && child.exitCode === null && child.signalCode === null) return;
        heard.delete(look);
        clearTimeout(timer);
        if (match) resolve(match);
        else reject(new Error(`it ended without saying ${String(what)}:\n${all}`));
      };
      const timer = setTimeout(() => {
        heard.delete(look);
        reject(new Error(`not said within ${withinMs} ms: ${String(what)}\n${all}`));
      }, withinMs);
      heard.add(look);
      look();
    });
  return { child, ended, said: () => all, says };
}
