import { sizeBytes } from '../core/duration.js';
import { slotsOf, type Config } from '../core/config.js';
import { TrainyardError } from '@trainyard/errors';
import { Turnstile } from '../core/semaphore.js';
import { Executor, type Executed, type ExecutionHooks } from './executor.js';
import type { ExecutorSetup, RunMessage } from './protocol.js';

/** The slots of one pool: executor processes, each pinned to its device, kept warm between nodes. */
export class Slots {
  readonly name: string;
  readonly count: number;
  readonly #pool: Config['pools'][string];
  readonly #base: Omit<ExecutorSetup, 'threads' | 'device' | 'gpu'>;
  readonly #executors: Executor[] = [];
  readonly #turn: Turnstile;
  #closed = false;

  constructor(name: string, pool: Config['pools'][string], base: Omit<ExecutorSetup, 'threads' | 'device' | 'gpu'>) {
    this.name = name;
    this.count = slotsOf(pool);
    this.#turn = new Turnstile(this.count);
    this.#pool = pool;
    this.#base = base;
  }

  /** Starts the processes ahead of need. */
  warm(): void {
    for (let slot = 0; slot < this.count; slot++) this.#executor(slot, 1).warm();
  }

  /**
   * Runs a node in a free slot. There is one, since the worker takes no more nodes than that; but for a node that has to
   * compute once more: it waits for its turn. Where other workers of this machine have the devices, it waits until one
   * is left to it.
   */
  async run(
    message: RunMessage,
    hooks: Omit<ExecutionHooks, 'memory'>,
    nodeMemory: string | undefined,
  ): Promise<Executed & { readonly device: string }> {
    await this.#turn.enter();
    try {
      return await this.#runInTurn(message, hooks, nodeMemory);
    } finally {
      this.#turn.leave();
    }
  }

  async #runInTurn(
    message: RunMessage,
    hooks: Omit<ExecutionHooks, 'memory'>,
    nodeMemory: string | undefined,
  ): Promise<Executed & { readonly device: string }> {
    const limits = [nodeMemory, this.#pool.memory]
      .map((size) => (size === undefined ? undefined : sizeBytes(size)))
      .filter((bytes) => bytes !== undefined);
    const memory = limits.length === 0 ? undefined : Math.min(...limits);
    const tried = new Set<number>();
    const { queueMs = Infinity } = message.task.settings.onDevice ?? {};
    for (const until = performance.now() + queueMs; ;) {
      const slot = this.#freeSlot(message.task.threads, tried);
      const executor = this.#executor(slot, message.task.threads);
      const done = await executor.run(message, { ...hooks, memory });
      if (done) return { ...done, device: executor.device };
      hooks.signal.throwIfAborted();
      if (performance.now() >= until) throw waitedTooLong(message.task, executor.device);
      hooks.onProgress(0, `waits for ${executor.device}, which other workers of this machine use`);
      tried.add(slot);
    }
  }

  close(): void {
    this.#closed = true;
    for (const executor of this.#executors) executor.kill();
  }

  /** A slot that is free, of those that were not tried; of all again, once each was. */
  #freeSlot(threads: number, tried: Set<number>): number {
    const all = Array.from({ length: this.count }, (_, slot) => slot).filter((slot) => !this.#executors[slot]?.busy);
    if (all.every((slot) => tried.has(slot))) tried.clear();
    const free = all.filter((slot) => !tried.has(slot));
    const slot =
      free.find((one) => this.#executors[one]?.threads === threads) ??
      free.find((one) => !this.#executors[one]) ??
      free[0];
    if (slot === undefined) throw new Error(`pool ${this.name} was given more nodes than it has slots`);
    return slot;
  }

  #deviceOf(slot: number): Pick<ExecutorSetup, 'device' | 'gpu'> {
    const { devices = [] } = this.#pool;
    const number = devices[slot % devices.length];
    if (number === undefined) return { device: 'cpu' };
    return { device: `gpu:${number}`, gpu: { number, places: this.count / devices.length } };
  }

  /** The slot's process; another number of threads needs another process, since TensorFlow fixes it when it loads. */
  #executor(slot: number, threads: number): Executor {
    const known = this.#executors[slot];
    if (known && known.threads === threads && !this.#closed) return known;
    known?.kill();
    const executor = new Executor({ ...this.#base, threads, ...this.#deviceOf(slot) });
    this.#executors[slot] = executor;
    return executor;
  }
}

function waitedTooLong({ node, run, pool }: RunMessage['task'], device: string): TrainyardError {
  return new TrainyardError('TY-WORKER-NONE', {
    what: `${node} waited for a device of pool "${pool}" longer than its queueTimeout allows`,
    where: { node, run: run.id },
    actual: `other workers of this machine use ${device}`,
    remedy: 'let fewer workers serve the same devices, or raise queueTimeout in its contract',
  });
}
