import { fork, type ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { sayBytes } from '../core/duration.js';
import { TrainyardError } from '../core/errors/index.js';
import { compiled } from '../project/package-root.js';
import { TRIAL_STOPPED } from '../activities/reporter.js';
import type { Reported } from '../core/task.js';
import { LoadedPackages } from './loaded-packages.js';
import { executorNodeOptions } from './node-options.js';
import {
  SETUP_VARIABLE,
  type ExecutorSetup,
  type FromExecutor,
  type PrepareMessage,
  type RunMessage,
} from './protocol.js';

export interface ExecutionHooks {
  readonly signal: AbortSignal;
  readonly onProgress: (fraction: number, message: string | undefined) => void;
  readonly onLog: (line: string) => void;
  readonly onReport: (step: number, value: Reported | null) => void;
  /** The node begins: until then it waited for the device. */
  readonly onBegin: () => void;
  /** Most resident memory, in bytes; above it the process is ended. */
  readonly memory: number | undefined;
}

export type Executed = Extract<FromExecutor, { type: 'done' }>;

/** Time between a cancellation and the end of a process that does not heed it. */
const GRACE_MS = 2_000;
/** The same for a trial that is stopped: its slot is free within two seconds of the decision. */
const STOPPED_GRACE_MS = 1_000;
/** A stopped trial that goes on for so long will likely be killed: the next trial's process is started meanwhile. */
const HEEDED_WITHIN_MS = 200;
const MEMORY_CHECK_MS = 200;
/** A process that stays this large after its node is replaced rather than kept warm. */
const TOO_LARGE_TO_KEEP = 2_500_000_000;

/**
 * One executor process seen from its worker. It runs one node at a time; its death, of whatever cause, is that node's
 * failure and nobody else's. Compute never runs in the worker, so heartbeats go on whatever a node does.
 */
export class Executor {
  readonly threads: number;
  readonly device: string;
  readonly #setup: ExecutorSetup;
  readonly #loaded = new LoadedPackages();
  #child: ChildProcess | undefined;
  /** Started ahead to take the place of one that is about to be killed, with what it has loaded. */
  #next: { readonly child: ChildProcess; readonly packages: RunMessage['packages'] } | undefined;
  busy = false;
  /** Another process waits for the device that this one holds. */
  #wanted = false;

  constructor(setup: ExecutorSetup) {
    this.#setup = setup;
    this.threads = setup.threads;
    this.device = setup.device;
  }

  /** Starts the process ahead of need. */
  warm(): void {
    this.#process();
  }

  /** Runs a node. Undefined, and nothing has happened, when other processes have all places on the device. */
  async run(message: RunMessage, hooks: ExecutionHooks): Promise<Executed | undefined> {
    this.busy = true;
    try {
      if (!this.#loaded.admit(message.packages)) this.kill();
      this.#process();
      this.#loaded.admit(message.packages);
      return await this.#run(message, hooks);
    } finally {
      this.busy = false;
      // The node has ended by itself after all.
      if (this.#child?.connected) this.#dropNext();
      if (this.#wanted || (residentBytes(this.#child?.pid) ?? 0) > TOO_LARGE_TO_KEEP) this.kill();
    }
  }

  kill(): void {
    this.#child?.kill('SIGKILL');
    this.#child = undefined;
    this.#dropNext();
    this.#wanted = false;
  }

  #dropNext(): void {
    this.#next?.child.kill('SIGKILL');
    this.#next = undefined;
  }

  /** What holds a device that another process waits for is ended as soon as it is idle. */
  #hand(child: ChildProcess, message: FromExecutor): void {
    if (message.type !== 'wanted' || this.#child !== child) return;
    this.#wanted = true;
    if (!this.busy) this.kill();
  }

  #process(): ChildProcess {
    if (this.#child?.connected) return this.#child;
    this.#loaded.clear();
    const next = this.#next?.child.connected ? this.#next : undefined;
    this.#next = undefined;
    if (next) this.#loaded.admit(next.packages);
    const child = next?.child ?? this.#fork();
    child.on('message', (message: FromExecutor) => this.#hand(child, message));
    this.#child = child;
    return child;
  }

  /** Starts the process of the next node, which will most likely be like the one that is about to be killed. */
  #prepare({ task, module, exportName, packages }: RunMessage): void {
    const child = this.#fork();
    // On a device, code may take a place as soon as it is loaded: it waits until the place is free.
    const loads = this.#setup.gpu === undefined;
    this.#next = { child, packages: loads ? packages : [] };
    if (loads) child.send({ type: 'prepare', module, exportName, node: task.node } satisfies PrepareMessage);
  }

  #fork(): ChildProcess {
    const child = fork(compiled('worker', 'executor-main.js'), {
      serialization: 'advanced',
      execArgv: executorNodeOptions(),
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      env: {
        ...process.env,
        [SETUP_VARIABLE]: JSON.stringify(this.#setup),
        CUDA_VISIBLE_DEVICES: this.#setup.gpu === undefined ? '' : String(this.#setup.gpu.number),
        TF_NUM_INTRAOP_THREADS: String(this.threads),
        TF_NUM_INTEROP_THREADS: '1',
        OMP_NUM_THREADS: String(this.threads),
      },
    });
    return child.on('error', () => undefined);
  }

  #run(message: RunMessage, hooks: ExecutionHooks): Promise<Executed | undefined> {
    const child = this.#process();
    const { node } = message.task;
    const where = { node, run: message.task.run.id, attempt: message.attempt };
    return new Promise<Executed | undefined>((resolve, reject) => {
      let last = '';
      let overMemory: number | undefined;
      let force: NodeJS.Timeout | undefined;
      let ahead: NodeJS.Timeout | undefined;
      const watch =
        hooks.memory === undefined
          ? undefined
          : setInterval(() => checkMemory(hooks.memory as number), MEMORY_CHECK_MS);
      const checkMemory = (limit: number): void => {
        const bytes = residentBytes(child.pid);
        if (bytes === undefined || bytes <= limit) return;
        overMemory = bytes;
        child.kill('SIGKILL');
      };
      const onOutput = (chunk: Buffer): void => {
        last = (last + chunk.toString('utf8')).slice(-4_000);
        for (const line of chunk.toString('utf8').split('\n')) if (line.trim() !== '') hooks.onLog(line);
      };
      const cancel = (): void => {
        if (child.connected) child.send({ type: 'cancel' });
        const stopped = hooks.signal.reason === TRIAL_STOPPED;
        if (stopped) ahead = setTimeout(() => this.#prepare(message), HEEDED_WITHIN_MS);
        force = setTimeout(() => child.kill('SIGKILL'), stopped ? STOPPED_GRACE_MS : GRACE_MS);
      };
      const settle = (end: () => void): void => {
        clearInterval(watch);
        clearTimeout(force);
        clearTimeout(ahead);
        hooks.signal.removeEventListener('abort', cancel);
        child.off('message', onMessage);
        child.off('exit', onExit);
        child.stdout?.off('data', onOutput);
        child.stderr?.off('data', onOutput);
        end();
      };
      const onMessage = (answer: FromExecutor): void => {
        if (answer.type === 'progress') hooks.onProgress(answer.fraction, answer.message);
        else if (answer.type === 'report') hooks.onReport(answer.step, answer.value);
        else if (answer.type === 'log') hooks.onLog(answer.line);
        else if (answer.type === 'begun') hooks.onBegin();
        else if (answer.type === 'busy') settle(() => resolve(undefined));
        else if (answer.type === 'done') settle(() => resolve(answer));
        else if (answer.type === 'failed')
          settle(() => reject(answer.cancelled ? new Cancelled() : TrainyardError.fromRecord(answer.error)));
      };
      const onExit = (code: number | null, signal: NodeJS.Signals | null): void => {
        if (this.#child === child) this.#child = undefined;
        settle(() => {
          if (hooks.signal.aborted) reject(new Cancelled());
          else reject(sayDeath(where, { code, signal, overMemory, limit: hooks.memory, last }));
        });
      };
      child.on('message', onMessage);
      child.on('exit', onExit);
      child.stdout?.on('data', onOutput);
      child.stderr?.on('data', onOutput);
      hooks.signal.addEventListener('abort', cancel, { once: true });
      if (hooks.signal.aborted) cancel();
      child.send(message);
    });
  }
}

/** Thrown when a node ended because it was told to. */
export class Cancelled extends Error {
  override readonly name = 'Cancelled';
}

function sayDeath(
  where: { node: string; run: string; attempt: number },
  death: {
    code: number | null;
    signal: NodeJS.Signals | null;
    overMemory: number | undefined;
    limit: number | undefined;
    last: string;
  },
): TrainyardError {
  const { code, signal, overMemory, limit, last } = death;
  if (overMemory !== undefined) {
    return new TrainyardError('TY-NODE-MEMORY', {
      what: `${where.node} was ended: it used more memory than it may`,
      where,
      expected: `at most ${sayBytes(limit ?? 0)}`,
      actual: sayBytes(overMemory),
    });
  }
  if (/heap out of memory|Allocation failed/.test(last)) {
    return new TrainyardError('TY-NODE-MEMORY', {
      what: `${where.node} ran out of memory for JavaScript values`,
      where,
      actual: last
        .trim()
        .split('\n')
        .find((line) => /heap/.test(line)),
    });
  }
  const how = signal ? `by signal ${signal}` : `with exit code ${String(code)}`;
  const tail = last.trim().split('\n').slice(-3).join(' | ');
  return new TrainyardError('TY-NODE-CRASHED', {
    what: `the process of ${where.node} ended ${how} before it answered`,
    where,
    ...(tail ? { actual: tail } : {}),
  });
}

/** Resident memory of a process in bytes; undefined where the system does not tell. */
function residentBytes(pid: number | undefined): number | undefined {
  if (pid === undefined) return undefined;
  try {
    const pages = Number(readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')[1]);
    return pages * 4096;
  } catch {
    return undefined;
  }
}
