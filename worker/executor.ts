import { TrainyardError } from '@trainyard/errors';
import { TRIAL_STOPPED } from '../activities/study/reporter.js';
import type { Reported } from '../core/task.js';
import { sayDeath } from './executor-death.js';
import { ExecutorProcess } from './executor-process.js';
import { LoadedPackages } from './loaded-packages.js';
import { bytesAbove } from './process-tree.js';
import type { ExecutorSetup, FromExecutor, Remains, RunMessage } from './protocol.js';
import { Redactor } from './redactor.js';

export interface ExecutionHooks {
  readonly signal: AbortSignal;
  readonly onProgress: (fraction: number, message: string | undefined) => void;
  readonly onLog: (line: string) => void;
  readonly onReport: (step: number, value: Reported | null) => void;
  /** The node begins: until then it waited for the device. */
  readonly onBegin: () => void;
  /** Most resident memory of the process and all that it has started, in bytes; above it they are ended. */
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

/**
 * One executor seen from its worker. It runs one node at a time; its death, of whatever cause, is that node's failure and
 * nobody else's. Compute never runs in the worker, so heartbeats go on whatever a node does. All that a node starts ends
 * with the node: before the slot is given to the next.
 */
export class Executor {
  readonly threads: number;
  readonly device: string;
  readonly #setup: ExecutorSetup;
  readonly #loaded = new LoadedPackages();
  readonly #redactor: Redactor;
  #process: ExecutorProcess | undefined;
  /** Started ahead to take the place of one that is about to be killed, with what it has loaded. */
  #next: { readonly process: ExecutorProcess; readonly packages: RunMessage['packages'] } | undefined;
  /** The end of the last process that was killed. */
  #ending: Promise<void> | undefined;
  busy = false;
  /** Another process waits for the device that this one holds. */
  #wanted = false;

  constructor(setup: ExecutorSetup) {
    this.#setup = setup;
    this.#redactor = Redactor.of(setup.secrets);
    this.threads = setup.threads;
    this.device = setup.device;
  }

  /** Starts the process ahead of need. */
  warm(): void {
    this.#start();
  }

  /** Runs a node. Undefined, and nothing has happened, when other processes have all places on the device. */
  async run(message: RunMessage, hooks: ExecutionHooks): Promise<Executed | undefined> {
    this.busy = true;
    const told: { left?: Remains } = {};
    try {
      this.#redactor.read(this.#setup.secrets);
      if (!this.#loaded.admit(message.packages)) this.kill();
      this.#start();
      this.#loaded.admit(message.packages);
      return await this.#run(message, hooks, told);
    } finally {
      // The node has ended by itself after all.
      if (this.#process?.connected) this.#dropNext();
      const { started = false, isTooLarge = false } = told.left ?? {};
      if (started && (await this.#process?.hasLeft())) this.kill();
      if (this.#wanted || isTooLarge) this.kill();
      await this.#ending;
      this.busy = false;
    }
  }

  kill(): void {
    const ending = this.#process;
    this.#process = undefined;
    if (ending) this.#ending = ending.end();
    this.#dropNext();
    this.#wanted = false;
  }

  #dropNext(): void {
    void this.#next?.process.end();
    this.#next = undefined;
  }

  /** What holds a device that another process waits for is ended as soon as it is idle. */
  #hand(from: ExecutorProcess, message: FromExecutor): void {
    if (message.type !== 'wanted' || this.#process !== from) return;
    this.#wanted = true;
    if (!this.busy) this.kill();
  }

  #start(): ExecutorProcess {
    if (this.#process?.connected) return this.#process;
    this.#loaded.clear();
    const next = this.#next?.process.connected ? this.#next : undefined;
    this.#next = undefined;
    if (next) this.#loaded.admit(next.packages);
    const started = next?.process ?? new ExecutorProcess(this.#setup, this.#redactor);
    started.child.on('message', (message: FromExecutor) => this.#hand(started, message));
    this.#process = started;
    return started;
  }

  /** Starts the process of the next node, which will most likely be like the one that is about to be killed. */
  #prepare({ task, module, exportName, packages }: RunMessage): void {
    const started = new ExecutorProcess(this.#setup, this.#redactor);
    // On a device, code may take a place as soon as it is loaded: it waits until the place is free.
    const loads = this.#setup.gpu === undefined;
    this.#next = { process: started, packages: loads ? packages : [] };
    if (loads) started.send({ type: 'prepare', module, exportName, node: task.node });
  }

  #run(message: RunMessage, hooks: ExecutionHooks, told: { left?: Remains }): Promise<Executed | undefined> {
    const running = this.#start();
    const { child, output } = running;
    const { node } = message.task;
    const where = { node, run: message.task.run.id, attempt: message.attempt };
    const clean = (text: string): string => this.#redactor.clean(text);
    return new Promise<Executed | undefined>((resolve, reject) => {
      let last = '';
      let overMemory: number | undefined;
      let force: NodeJS.Timeout | undefined;
      let ahead: NodeJS.Timeout | undefined;
      const end = (): void => void (this.#ending = running.end());
      const checkMemory = (limit: number): void => {
        overMemory ??= bytesAbove(running.tree, limit);
        if (overMemory !== undefined) end();
      };
      const { memory } = hooks;
      const watch = memory === undefined ? undefined : setInterval(() => checkMemory(memory), MEMORY_CHECK_MS);
      const cancel = (): void => {
        running.send({ type: 'cancel' });
        const stopped = hooks.signal.reason === TRIAL_STOPPED;
        if (stopped) ahead = setTimeout(() => this.#prepare(message), HEEDED_WITHIN_MS);
        force = setTimeout(end, stopped ? STOPPED_GRACE_MS : GRACE_MS);
      };
      const settle = (answer: () => void): void => {
        clearInterval(watch);
        clearTimeout(force);
        clearTimeout(ahead);
        hooks.signal.removeEventListener('abort', cancel);
        child.off('message', onMessage);
        child.off('exit', onExit);
        // What the process had written before it answered may come in this same turn.
        setImmediate(() => {
          output.close();
          answer();
        });
      };
      const onMessage = (answer: FromExecutor): void => {
        if (answer.type === 'progress') hooks.onProgress(answer.fraction, answer.message && clean(answer.message));
        else if (answer.type === 'report') hooks.onReport(answer.step, answer.value);
        else if (answer.type === 'log') hooks.onLog(clean(answer.line));
        else if (answer.type === 'secret') this.#redactor.add(answer.name, answer.value);
        else if (answer.type === 'begun') hooks.onBegin();
        else if (answer.type === 'busy') settle(() => resolve(undefined));
        else if (answer.type === 'done') {
          told.left = answer;
          settle(() => resolve(answer));
        } else if (answer.type === 'failed') {
          told.left = answer;
          settle(() => reject(answer.cancelled ? new Cancelled() : TrainyardError.fromRecord(answer.error)));
        }
      };
      const onExit = (code: number | null, signal: NodeJS.Signals | null): void => {
        if (this.#process === running) this.#process = undefined;
        this.#ending = running.end();
        settle(() => {
          if (hooks.signal.aborted) reject(new Cancelled());
          else reject(sayDeath(where, { code, signal, overMemory, limit: hooks.memory, last }));
        });
      };
      output.listen((line) => {
        last = `${last}${line}\n`.slice(-4_000);
        hooks.onLog(line);
      });
      child.on('message', onMessage);
      child.on('exit', onExit);
      hooks.signal.addEventListener('abort', cancel, { once: true });
      if (hooks.signal.aborted) cancel();
      // On a device the process says itself when it has a place there, and one that starts up when it is there.
      const begun = this.#setup.gpu === undefined && running.isReady;
      if (begun) hooks.onBegin();
      running.send({ ...message, begun });
    });
  }
}

/** Thrown when a node ended because it was told to. */
export class Cancelled extends Error {
  override readonly name = 'Cancelled';
}
