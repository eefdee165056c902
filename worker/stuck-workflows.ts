import type { Tell } from './log.js';
import type { Worker } from '@temporalio/worker';
import { UntimedWorker } from './untimed-worker.js';

/** A Workflow that computes without a pause, so that its thread answers nobody. */
export interface StuckWorkflow {
  readonly workflowId: string;
  readonly runId: string;
  readonly workflowType: string;
  /** How long it has computed, ms. */
  readonly ms: number;
}

/** How long one step of a Workflow may compute: ms by the clock and, all threads together, of processor time. */
export interface StuckLimits {
  readonly clockMs: number;
  readonly processorMs: number;
}

export interface StuckOptions extends StuckLimits {
  /** Told before the thread is ended, so that the run is over when its task comes again. Gives whether it is over. */
  readonly onStuck: (workflow: StuckWorkflow) => Promise<boolean>;
  readonly tell: Tell;
}

/**
 * The limits of a worker. Temporal gives a task up after ten seconds, so what takes longer never counts; a busy
 * machine gives a worker less of the processor than the clock shows, hence both.
 */
export const STUCK_AFTER: StuckLimits = { clockMs: 12_000, processorMs: 6_000 };

const LOOK_MS = 500;

/** Threads over which runs are spread when it is not known which of them computes. */
const APART = 4;

/** What is used of the SDK's own classes, which are not among its public ones: `ThreadedVMWorkflowCreator` of 1.24. */
interface ThreadClient {
  send(input: { readonly type: string; readonly runId?: string; readonly options?: { readonly info: Info } }): unknown;
  getActiveWorkflowCount(): number;
  readonly workerThread: { terminate(): Promise<number> };
  exitError?: Error;
}
type Info = Pick<StuckWorkflow, 'workflowId' | 'runId' | 'workflowType'>;
interface Creator {
  readonly workerThreadClients: ThreadClient[];
  createWorkflow(options: { readonly info: Info }): Promise<unknown>;
  destroy(): Promise<void>;
}
interface Internals {
  readonly workflowCreator?: Creator;
  readonly options: unknown;
  readonly logger: unknown;
}
interface Statics {
  getOrCreateBundle(options: unknown, logger: unknown): Promise<unknown>;
  createWorkflowCreator(bundle: unknown, options: unknown, logger: unknown): Promise<Creator>;
}

/**
 * Watches the thread in which a worker's Workflows run. A pipeline that computes for ever would hold all runs of its
 * build, and the SDK's own limit ends the whole process: Node does not survive code that is cut off inside a promise
 * hook. Here the run is ended in words, its thread is replaced, and the other runs of that thread are replayed on the
 * new one. Where several runs were at work, each is tried again on a thread apart until one is alone with the blame.
 * Gives the function that ends the watch.
 */
export function watchWorkflows(worker: Worker, options: StuckOptions): () => void {
  const { workflowCreator: main, options: made, logger } = worker as unknown as Internals;
  if (main === undefined) return () => undefined;
  const statics = UntimedWorker as unknown as Statics;
  const another = async (): Promise<Creator> =>
    statics.createWorkflowCreator(await statics.getOrCreateBundle(made, logger), made, logger);

  const watched = new Map<ThreadClient, { readonly thread: WatchedThread; readonly creator: Creator }>();
  const watch = (creator: Creator): void => {
    for (const client of creator.workerThreadClients)
      watched.set(client, { thread: new WatchedThread(client), creator });
  };
  const apart = new Map<string, Creator>();
  const over = new Set<string>();
  const create = main.createWorkflow.bind(main);
  main.createWorkflow = async (asked) => {
    // A task that was under way when its run was ended comes once more.
    if (over.has(asked.info.runId)) throw new Error(`${asked.info.workflowId} was ended`);
    const creator = apart.get(asked.info.runId);
    apart.delete(asked.info.runId);
    return creator === undefined ? create(asked) : creator.createWorkflow(asked);
  };
  watch(main);

  const free = async (client: ThreadClient, creator: Creator, stuck: StuckWorkflow[]): Promise<void> => {
    const [only, ...others] = stuck;
    if (only === undefined) return;
    if (others.length === 0) {
      if (await options.onStuck(only)) over.add(only.runId);
    } else {
      const threads = await Promise.all(Array.from({ length: Math.min(APART, stuck.length) }, another));
      threads.forEach(watch);
      stuck.forEach(({ runId }, nth) => apart.set(runId, threads[nth % threads.length] as Creator));
    }
    if (creator === main) {
      const fresh = await another();
      main.workerThreadClients.splice(main.workerThreadClients.indexOf(client), 1, ...fresh.workerThreadClients);
      for (const one of fresh.workerThreadClients) watched.set(one, { thread: new WatchedThread(one), creator: main });
    }
    watched.delete(client);
    // An error of this class fails the Workflow tasks of this thread, which come again; another would end the worker.
    client.exitError = new Error('a Workflow of this thread computed for too long; the thread was ended');
    await client.workerThread.terminate();
  };
  let looking = false;
  const look = async (): Promise<void> => {
    if (looking) return;
    looking = true;
    try {
      for (const [client, { thread, creator }] of [...watched]) {
        if (thread.isStuck(options)) await free(client, creator, thread.current());
        else if (creator !== main && thread.served && client.getActiveWorkflowCount() === 0) {
          watched.delete(client);
          await creator.destroy();
        }
      }
    } catch (error) {
      options.tell('warn', `a Workflow thread that computes for too long could not be freed: ${String(error)}`);
    } finally {
      looking = false;
    }
  };
  const timer = setInterval(() => void look(), LOOK_MS);
  timer.unref();
  return () => {
    clearInterval(timer);
    for (const { creator } of watched.values()) if (creator !== main) void creator.destroy().catch(() => undefined);
  };
}

/** What a thread computes at this moment. */
class WatchedThread {
  readonly #infos = new Map<string, Info>();
  /** What was sent and is not answered: one of them computes, the others wait for it. */
  readonly #open = new Set<{ readonly info: Info }>();
  /** Since when nothing was answered; the processor's time from the first look on, since to ask for it costs a call to the system. */
  #since: { readonly clock: number; processor?: number } = { clock: 0 };
  /** Whether a Workflow was ever sent here. */
  served = false;

  constructor(client: ThreadClient) {
    const send = client.send.bind(client);
    client.send = (input) => {
      const { type, options, runId = options?.info.runId } = input;
      if (options) this.#infos.set(options.info.runId, options.info);
      const info = runId === undefined ? undefined : this.#infos.get(runId);
      if (type === 'dispose-workflow' && runId !== undefined) this.#infos.delete(runId);
      this.served ||= options !== undefined;
      const answer = send(input);
      return info && (type === 'activate-workflow' || type === 'create-workflow') ? this.#timed(info, answer) : answer;
    };
  }

  async #timed(info: Info, answer: unknown): Promise<unknown> {
    const one = { info };
    if (this.#open.size === 0) this.#begin();
    this.#open.add(one);
    try {
      return await answer;
    } finally {
      this.#open.delete(one);
      this.#begin();
    }
  }

  #begin(): void {
    this.#since = { clock: performance.now() };
  }

  isStuck({ clockMs, processorMs: most }: StuckLimits): boolean {
    if (this.#open.size === 0) return false;
    const since = this.#since;
    since.processor ??= processorMs();
    return performance.now() - since.clock > clockMs && processorMs() - since.processor > most;
  }

  /** The Workflows that are not answered for, each once. */
  current(): StuckWorkflow[] {
    const ms = performance.now() - this.#since.clock;
    const infos = new Map([...this.#open].map(({ info }) => [info.runId, info]));
    return [...infos.values()].map(({ workflowId, runId, workflowType }) => ({ workflowId, runId, workflowType, ms }));
  }
}

function processorMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}
