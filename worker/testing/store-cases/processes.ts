import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Json } from '../../../core/json.js';
import type { StoreUnderTest } from './case.js';

/** Another process at work on the store. */
export interface Other {
  readonly process: ChildProcess;
  /** The lines it has said. */
  readonly said: Json[];
  /** Waits until it says this; rejects when it ends before. */
  says(line: Json): Promise<void>;
  /** Gives the start to an action that waits for it. */
  go(): void;
  /** What its action gave; rejects when it ended without. */
  readonly done: Promise<Json>;
  /** Ends it by SIGKILL and waits for that. */
  kill(): Promise<void>;
}

/** Starts a process with one of the actions of `child.ts`. `shell` is put before the command, to set limits. */
export async function start(subject: StoreUnderTest, action: string, args: Json, shell?: string): Promise<Other> {
  const node = [process.execPath, await program(), subject.url, action, JSON.stringify(args)];
  const [command, ...rest] = shell === undefined ? node : ['sh', '-c', `${shell}; exec "$@"`, 'sh', ...node];
  const child = spawn(command!, rest, { stdio: ['pipe', 'pipe', 'pipe'] });
  const said: Json[] = [];
  let problem = '';
  let text = '';
  const waiting = new Set<() => void>();
  // It may have been killed before it reads its start.
  child.stdin.on('error', () => undefined);
  child.stderr.on('data', (data: Buffer) => (problem += data.toString()));
  child.stdout.on('data', (data: Buffer) => {
    const lines = (text + data.toString()).split('\n');
    text = lines.pop() ?? '';
    said.push(...lines.map((line) => JSON.parse(line) as Json));
    for (const look of waiting) look();
  });
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const done = ended.then(() => {
    const last = said.at(-1);
    if (typeof last === 'object' && last !== null && 'done' in last) return last.done as Json;
    throw new Error(`the other process (${action}) ended by ${child.signalCode ?? child.exitCode}: ${problem}`);
  });
  done.catch(() => undefined);
  return {
    process: child,
    said,
    done,
    go: () => child.stdin.end(),
    says: async (line) =>
      new Promise((resolve, reject) => {
        const wanted = JSON.stringify(line);
        const look = (): void => {
          if (!said.some((heard) => JSON.stringify(heard) === wanted)) return;
          waiting.delete(look);
          resolve();
        };
        waiting.add(look);
        look();
        done.then(
          () => reject(new Error(`the other process (${action}) never said ${wanted}`)),
          (error: Error) => reject(error),
        );
      }),
    kill: async () => {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

/** Starts several processes, waits until all are ready, lets them go at once, and gives what each said at its end. */
export async function race(
  subject: StoreUnderTest,
  count: number,
  action: string,
  args: (index: number) => Json,
): Promise<{ answers: Json[]; others: Other[] }> {
  const others: Other[] = [];
  for (let index = 0; index < count; index++) others.push(await start(subject, action, args(index)));
  try {
    await Promise.all(others.map((other) => other.says('ready')));
    for (const other of others) other.go();
    return { answers: await Promise.all(others.map((other) => other.done)), others };
  } finally {
    for (const other of others) other.process.kill('SIGKILL');
  }
}

let bundled: Promise<string> | undefined;

/** The program that the other processes run: compiled beside this file, or bundled once from source. */
function program(): Promise<string> {
  const here = fileURLToPath(import.meta.url);
  if (here.endsWith('.js')) return Promise.resolve(path.join(path.dirname(here), 'child.js'));
  return (bundled ??= bundle(path.join(path.dirname(here), 'child.ts')));
}

async function bundle(source: string): Promise<string> {
  const { build } = await import('esbuild');
  const folder = mkdtempSync(path.join(tmpdir(), 'trainyard-store-cases-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  const outfile = path.join(folder, 'child.mjs');
  const banner = { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" };
  await build({
    entryPoints: [source],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    banner,
  });
  return outfile;
}
