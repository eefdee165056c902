import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isTrainyardError } from '@trainyard/errors';
import { noteServer, releaseClaim, takeClaim } from './claim.js';
import { setupError } from './errors.js';
import { identify, isAlive } from './process-identity.js';

/** How a server process ended. */
export interface ServiceEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A real server that runs as a child process on the loopback address, and ends with this process, however that ends. */
export interface Service {
  readonly pid: number;
  readonly port: number;
  /** `127.0.0.1:PORT` */
  readonly address: string;
  readonly logFile: string | undefined;
  /** Resolves when the process has ended, asked or not. Waiting for it does not by itself keep this process alive. */
  readonly exited: Promise<ServiceEnd>;
  /** Asks the server to end, and kills it after `graceMs` (default 5,000). Safe to call twice. */
  stop(options?: { graceMs?: number }): Promise<void>;
}

export interface ServiceSpec {
  readonly what: string;
  readonly path: string;
  readonly args: readonly string[];
  /** Written to its standard input: settings that must not show in the list of processes. */
  readonly input?: string;
  readonly port: number;
  readonly logFile?: string | undefined;
  /** The folder or file that only one server may use, and the claim file that guards it. */
  readonly data?: { readonly path: string; readonly claim: string } | undefined;
  /** Whether the server answers; rejects or says false while it does not. */
  readonly ready: () => Promise<boolean>;
  readonly readyWithinMs: number;
  /** Nothing would be lost: stop with SIGKILL at once. */
  readonly killToStop?: boolean;
  /** Another user for a server that refuses to run as root. */
  readonly user?: { readonly uid: number; readonly gid: number } | undefined;
}

/**
 * Ends process $1 when standard input ends without a line, which the kernel sees to when this process dies, even of
 * kill -9. A line means that it is no longer needed.
 */
const watcherScript = `read -r line && exit 0
kill -TERM "$1" 2>/dev/null
n=0; while kill -0 "$1" 2>/dev/null && [ $n -lt 80 ]; do sleep 0.1; n=$((n+1)); done
kill -KILL "$1" 2>/dev/null`;

/** The watcher has a group of its own: Ctrl-C in the terminal must not end it, nor the server before its clients. */
function watchParent(pid: number): ChildProcess {
  const watcher = spawn('/bin/sh', ['-c', watcherScript, 'trainyard-watcher', String(pid)], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
    cwd: '/',
  });
  watcher.on('error', () => undefined);
  watcher.stdin?.on('error', () => undefined);
  watcher.unref();
  (watcher.stdin as unknown as { unref?: () => void } | null)?.unref?.();
  return watcher;
}

/** Waits out a server whose owner is dead (its watcher is ending it), and kills it if that takes too long. */
async function takeData(what: string, data: { path: string; claim: string }): Promise<void> {
  const began = performance.now();
  for (;;) {
    const held = takeClaim(data.claim, (claim) => !isAlive(claim.server ?? claim.owner));
    if (!held) return;
    // An owner that was killed a moment ago may still be listed.
    if (isAlive(held.owner) && performance.now() > began + 500) {
      const values = { what, data: data.path, pid: held.server?.pid ?? 'starting', owner: held.owner.pid };
      throw setupError('dataInUse', values);
    }
    if (held.server && performance.now() > began + 10_000) process.kill(held.server.pid, 'SIGKILL');
    await sleep(50);
  }
}

function tail(logFile: string | undefined, from: number): string {
  if (!logFile) return '(no log file was asked for)';
  try {
    return readFileSync(logFile).subarray(from).toString('utf8').trim().split('\n').slice(-8).join('\n');
  } catch {
    return '(it cannot be read)';
  }
}

function openLog(logFile: string | undefined): { descriptor: number | 'ignore'; size: number } {
  if (!logFile) return { descriptor: 'ignore', size: 0 };
  mkdirSync(dirname(logFile), { recursive: true });
  let size = 0;
  try {
    size = readFileSync(logFile).length;
  } catch {
    // A new one.
  }
  return { descriptor: openSync(logFile, 'a'), size };
}

/** Whether a start failed because the server itself ended or did not answer. */
export function hasNotStarted(error: unknown): boolean {
  return isTrainyardError(error) && error.what.includes('did not start');
}

/**
 * Starts a server and waits until it answers.
 * @throws {TrainyardError} TY-SETUP when another uses the data or it does not start (with the end of its log); nothing is left running then.
 */
export async function startService(spec: ServiceSpec): Promise<Service> {
  if (spec.data) await takeData(spec.what, spec.data);
  const log = openLog(spec.logFile);
  const child = spawn(spec.path, spec.args, {
    stdio: [spec.input === undefined ? 'ignore' : 'pipe', log.descriptor, log.descriptor],
    detached: true,
    cwd: '/',
    ...spec.user,
  });
  if (log.descriptor !== 'ignore') closeSync(log.descriptor);
  let ended: ServiceEnd | undefined;
  let startError: Error | undefined;
  const exited = new Promise<ServiceEnd>((resolve) => {
    child.once('error', (error) => {
      startError = error;
      resolve((ended = { code: null, signal: null }));
    });
    child.once('exit', (code, signal) => resolve((ended = { code, signal })));
  });
  const pid = child.pid ?? 0;
  const watcher = pid ? watchParent(pid) : undefined;
  child.stdin?.on('error', () => undefined);
  child.stdin?.end(spec.input);
  child.unref();
  const who = pid ? identify(pid) : undefined;
  if (spec.data && who) noteServer(spec.data.claim, who);
  const finished = exited.then((end) => {
    watcher?.stdin?.end('done\n');
    if (spec.data) releaseClaim(spec.data.claim);
    return end;
  });

  const address = `127.0.0.1:${spec.port}`;
  const stop = async ({ graceMs = 5000 }: { graceMs?: number } = {}): Promise<void> => {
    if (!ended) child.kill(spec.killToStop ? 'SIGKILL' : 'SIGTERM');
    const timer = setTimeout(() => child.kill('SIGKILL'), graceMs);
    // The child does not keep this process alive; this timer does, until it has ended.
    const alive = setInterval(() => undefined, 1000);
    await finished;
    clearTimeout(timer);
    clearInterval(alive);
  };

  const deadline = performance.now() + spec.readyWithinMs;
  while (!ended && performance.now() < deadline) {
    const answer = await Promise.race([spec.ready().catch(() => false), finished.then(() => false)]);
    if (answer && !ended) {
      return { pid, port: spec.port, address, logFile: spec.logFile, exited: finished, stop };
    }
    await sleep(25);
  }
  const how = ended as ServiceEnd | undefined;
  const reason =
    startError?.message ?? (how ? `it ended at once (${how.signal ?? `code ${how.code}`}).` : 'no answer.');
  await stop({ graceMs: 500 });
  const values = { what: spec.what, reason, address, seconds: spec.readyWithinMs / 1000 };
  throw setupError('notStarted', { ...values, logFile: spec.logFile ?? '', tail: tail(spec.logFile, log.size) });
}
