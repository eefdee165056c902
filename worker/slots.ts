import { sizeBytes } from '../core/duration.js';
import { slotsOf, type Config } from '../core/config.js';
import { Executor, type Executed, type ExecutionHooks } from './executor.js';
import type { ExecutorSetup, RunMessage } from './protocol.js';

/** The slots of one pool: executor processes, each pinned to its device, kept warm between nodes. */
export class Slots {
  readonly name: string;
  readonly count: number;
  readonly #pool: Config['pools'][string];
  readonly #base: Omit<ExecutorSetup, 'threads' | 'device'>;
  readonly #executors: Executor[] = [];
  #closed = false;

  constructor(name: string, pool: Config['pools'][string], base: Omit<ExecutorSetup, 'threads' | 'device'>) {
    this.name = name;
    this.count = slotsOf(pool);
    this.#pool = pool;
    this.#base = base;
  }

  /** Starts the processes ahead of need. */
  warm(): void {
    for (let slot = 0; slot < this.count; slot++) this.#executor(slot, 1).warm();
  }

  /** Runs a node in a free slot; there is one, since the worker takes no more nodes than it has slots. */
  run(
    message: RunMessage,
    hooks: Omit<ExecutionHooks, 'memory'>,
    nodeMemory: string | undefined,
  ): Promise<Executed> & { readonly device: string } {
    const slot = this.#freeSlot(message.task.threads);
    const executor = this.#executor(slot, message.task.threads);
    const limits = [nodeMemory, this.#pool.memory]
      .map((size) => (size === undefined ? undefined : sizeBytes(size)))
      .filter((bytes) => bytes !== undefined);
    const memory = limits.length === 0 ? undefined : Math.min(...limits);
    return Object.assign(executor.run(message, { ...hooks, memory }), { device: executor.device });
  }

  close(): void {
    this.#closed = true;
    for (const executor of this.#executors) executor.kill();
  }

  #freeSlot(threads: number): number {
    const free = Array.from({ length: this.count }, (_, slot) => slot).filter((slot) => !this.#executors[slot]?.busy);
    const slot =
      free.find((one) => this.#executors[one]?.threads === threads) ??
      free.find((one) => !this.#executors[one]) ??
      free[0];
    if (slot === undefined) throw new Error(`pool ${this.name} was given more nodes than it has slots`);
    return slot;
  }

  /** The slot's process; another number of threads needs another process, since TensorFlow fixes it when it loads. */
  #executor(slot: number, threads: number): Executor {
    const known = this.#executors[slot];
    if (known && known.threads === threads && !this.#closed) return known;
    known?.kill();
    const gpu = this.#pool.devices?.[slot % this.#pool.devices.length];
    const executor = new Executor({ ...this.#base, threads, device: gpu === undefined ? 'cpu' : `gpu:${gpu}` }, gpu);
    this.#executors[slot] = executor;
    return executor;
  }
}
