import { spawn } from 'node:child_process';
import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Whether `path` is a file that this user may run. */
export function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/** The first program of one of these names on the PATH; an earlier name wins over an earlier folder. */
export function onPath(names: readonly string[], env: NodeJS.ProcessEnv = process.env): string | undefined {
  const folders = (env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  for (const name of names) {
    for (const folder of folders) {
      const path = join(folder, name);
      if (isProgram(path)) return path;
    }
  }
  return undefined;
}

export interface Finished {
  /** Exit code; `null` when ended by a signal, `undefined` when it could not be started. */
  readonly code: number | null | undefined;
  /** stdout and stderr, in the order they came, at most the last 64 KB. */
  readonly output: string;
  readonly timedOut: boolean;
}

export interface RunOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal | undefined;
  /** Told each whole line as it comes. */
  readonly onLine?: ((line: string) => void) | undefined;
}

/** Runs a program to its end, without a shell, and gathers what it prints. Never throws; an abort ends the program. */
export function runProgram(path: string, args: readonly string[], options: RunOptions = {}): Promise<Finished> {
  return new Promise((resolve) => {
    let output = '';
    let timedOut = false;
    const child = spawn(path, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      cwd: options.cwd,
      env: options.env ?? process.env,
    });
    // In our own process group: Ctrl-C in the terminal reaches it too.
    const end = (): void => {
      child.kill('SIGTERM');
      setTimeout(() => child.kill('SIGKILL'), 2000).unref();
    };
    const timer = options.timeoutMs
      ? setTimeout(() => {
          timedOut = true;
          end();
        }, options.timeoutMs)
      : undefined;
    process.once('exit', end);
    options.signal?.addEventListener('abort', end);
    if (options.signal?.aborted) end();
    let line = '';
    const gather = (chunk: Buffer): void => {
      const text = chunk.toString('utf8');
      output = (output + text).slice(-65_536);
      if (!options.onLine) return;
      const lines = (line + text).split('\n');
      line = (lines.pop() ?? '').slice(-4_096);
      for (const one of lines) options.onLine(one);
    };
    child.stdout.on('data', gather);
    child.stderr.on('data', gather);
    let settled = false;
    const settle = (code: number | null | undefined): void => {
      if (settled) return;
      settled = true;
      clearTimeout(timer);
      process.removeListener('exit', end);
      options.signal?.removeEventListener('abort', end);
      resolve({ code, output, timedOut });
    };
    child.on('error', (error) => {
      output += error.message;
      settle(undefined);
    });
    child.on('close', (code) => settle(code));
  });
}
