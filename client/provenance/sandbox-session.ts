import { fork, type ChildProcess } from 'node:child_process';
import { createWriteStream, mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { TrainyardClient } from '../client.js';
import { connectTo } from '../connect.js';
import { TrainyardError, type ErrorRecord } from '@trainyard/errors';
import { SEARCH_ATTRIBUTES } from '../../core/search-attributes.js';
import { compiled } from '../../project/package-root.js';
import type { ProjectBase } from '../../project/project.js';
import { inSandbox, SANDBOX_VARIABLE, type Sandbox } from '../../project/sandbox.js';
import { startTemporal } from '../../setup/index.js';

/** A project's code at work on an empty store and a Temporal of its own, in memory. */
export interface SandboxSession {
  readonly client: TrainyardClient;
  /** Ends worker and Temporal; the folder is the caller's. */
  stop(): Promise<void>;
}

/** A worker is asked to end, then killed after this long, ms. */
const STOP_MS = 6_000;

/** Starts both below `folder`, on a kept build where one is named. Throws in words, with nothing left running. */
export async function openSandbox(
  project: ProjectBase,
  folder: string,
  build: string | undefined,
): Promise<SandboxSession> {
  const ends: (() => Promise<unknown>)[] = [];
  const stop = async (): Promise<void> => {
    for (let end = ends.pop(); end; end = ends.pop()) await end().catch(() => undefined);
  };
  try {
    const state = path.join(folder, 'state');
    mkdirSync(state, { recursive: true });
    const temporal = await startTemporal({ uiPort: false, searchAttributes: SEARCH_ATTRIBUTES });
    ends.push(() => temporal.stop());
    const sandbox: Sandbox = { store: path.join(folder, 'store'), state, temporal: temporal.address, build };
    const worker = await startWorker(project.configFile, sandbox, path.join(folder, 'worker.log'));
    ends.push(() => stopWorker(worker));
    const client = await connectTo(inSandbox(project, sandbox), 10_000);
    ends.push(() => client.close());
    return { client, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

type FromWorker = { readonly type: string; readonly error?: ErrorRecord };

function startWorker(configFile: string, sandbox: Sandbox, logFile: string): Promise<ChildProcess> {
  return new Promise((ready, failed) => {
    const log = createWriteStream(logFile);
    const child = fork(compiled('worker', 'main.js'), [configFile], {
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      env: { ...process.env, [SANDBOX_VARIABLE]: JSON.stringify(sandbox) },
    });
    child.stdout?.pipe(log, { end: false });
    child.stderr?.pipe(log, { end: false });
    let why: ErrorRecord | undefined;
    child.on('message', (message: FromWorker) => {
      if (message.type === 'failed') why = message.error;
      if (message.type === 'ready') ready(child);
    });
    child.once('exit', (code, signal) => {
      log.end();
      failed(
        why
          ? TrainyardError.fromRecord(why)
          : new TrainyardError('TY-WORKER-NONE', {
              what: `the worker ended (${signal ?? `code ${String(code)}`}) before it listened`,
              actual: lastLines(logFile),
            }),
      );
    });
  });
}

function lastLines(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim().split('\n').slice(-3).join(' | ');
  } catch {
    return 'it said nothing';
  }
}

function stopWorker(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((ended) => {
    const force = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
    child.once('exit', () => {
      clearTimeout(force);
      ended();
    });
    child.kill('SIGTERM');
  });
}
