import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import { TrainyardError } from '@trainyard/errors';
import type { GraphRecord } from '../../core/graph.js';
import { readGraph, type Store } from '../../store/index.js';
import { isAway } from '../unreachable.js';
import { Children, type ChildState } from '../children.js';
import { GraphFollower } from './graph-follower.js';
import { describeRun, taskFailure, type OpenRun } from './run-view.js';
import { queuedPools, unserved } from './running-builds.js';
import type { PendingNode } from './pending-node.js';

/** A run at one moment of being watched. */
export interface RunMoment {
  /** The newest graph that is known; undefined before a worker answered for the first time. */
  readonly graph: GraphRecord | undefined;
  readonly pending: readonly PendingNode[];
  /** What its durable children say of themselves, by call. */
  readonly children: ReadonlyMap<string, ChildState>;
  /** The run has ended: there will be no further moment. */
  readonly closed: boolean;
  /** Temporal's word for the state, such as `RUNNING` or `TERMINATED`. */
  readonly status: string;
  /** Why nothing moves, if something is not there. */
  readonly trouble?: 'temporal-away' | 'no-worker' | 'code-fails' | undefined;
  /** The pool that no worker serves, when that is the trouble. */
  readonly pool?: string | undefined;
  /** What the Workflow's code fails with, when that is the trouble. */
  readonly reason?: string | undefined;
}

export interface WatchOptions {
  /** Connects again, after Temporal was away: perhaps at another address. */
  readonly reconnect: () => Promise<{ readonly temporal: Client }>;
  /** Longest time between two looks, ms. Default 250. */
  readonly everyMs?: number;
  readonly signal?: AbortSignal | undefined;
}

/** A Workflow task that waits this long has no worker; a slot is looked for after as long, ms. */
const WORKER_WAIT_MS = 3_000;
/** A Workflow task is looked into from this attempt on: single ones fail when a worker stops. */
const FAILING_ATTEMPT = 3;
const AWAY_WAIT_MS = 1_000;

/**
 * Looks at a run until it has ended, through restarts of workers and of Temporal. Throws TY-RUN-UNKNOWN when Temporal
 * knows no such run, and what `signal` was aborted with.
 */
export async function* watchRun(
  access: { readonly temporal: Client; readonly store: Store },
  id: string,
  options: WatchOptions,
): AsyncGenerator<RunMoment> {
  const { everyMs = 250, signal } = options;
  let { temporal } = access;
  let graph: GraphRecord | undefined;
  let status = 'RUNNING';
  let drawnAt: unknown;
  let follower = new GraphFollower(temporal, id);
  const waits = new Waits();
  const children = new Children();
  for (let wait = Math.min(50, everyMs); ; wait = Math.min(wait * 2, everyMs)) {
    signal?.throwIfAborted();
    try {
      const described = await describeRun(temporal, id);
      if (!described)
        throw new TrainyardError('TY-RUN-UNKNOWN', { what: `Temporal knows no run "${id}"`, where: { run: id } });
      status = described.description.status.name;
      if (!described.open) {
        graph = ((await readGraph(access.store, id)) as unknown as GraphRecord | null) ?? graph;
        const last = await children.last({ temporal, store: access.store }, graph);
        yield { graph, pending: [], children: last, closed: true, status };
        return;
      }
      // The graph changes only with the history, so an unchanged history costs no query.
      const at = `${described.description.runId} ${described.description.historyLength}`;
      if (at !== drawnAt && described.waitingTask === undefined) {
        const drawn = await follower.look();
        if (drawn) [graph, drawnAt] = [drawn, at];
      }
      yield {
        graph,
        pending: described.pending,
        children: children.look({ temporal, store: access.store }, graph),
        closed: false,
        status,
        ...(await waits.look(temporal, described, graph)),
      };
      await sleep(wait, undefined, signal ? { signal } : {});
    } catch (error) {
      signal?.throwIfAborted();
      if (!isAway(error)) throw error;
      yield { graph, pending: [], children: new Map(), closed: false, status, trouble: 'temporal-away' };
      await sleep(AWAY_WAIT_MS, undefined, signal ? { signal } : {});
      temporal = await options.reconnect().then(
        (client) => client.temporal,
        () => temporal,
      );
      follower = new GraphFollower(temporal, id);
    }
  }
}

/** Notices when a run waits for workers that are not there. */
class Waits {
  #task: { readonly name: string; readonly since: number } | undefined;
  #failing: { readonly attempt: number; readonly reason: string | undefined } | undefined;
  #queuedSince: number | undefined;
  #poolLook: { readonly at: number; readonly pool: string | undefined } | undefined;

  async look(
    temporal: Client,
    { description, waitingTask, taskAttempt, pending }: OpenRun,
    graph: GraphRecord | undefined,
  ): Promise<Pick<RunMoment, 'trouble' | 'pool' | 'reason'>> {
    const now = performance.now();
    if (taskAttempt >= FAILING_ATTEMPT) {
      if (this.#failing?.attempt !== taskAttempt)
        this.#failing = { attempt: taskAttempt, reason: await taskFailure(temporal, description.workflowId) };
      if (this.#failing.reason !== undefined) return { trouble: 'code-fails', reason: this.#failing.reason };
    }
    if (waitingTask === undefined) this.#task = undefined;
    else if (this.#task?.name !== waitingTask) this.#task = { name: waitingTask, since: now };
    if (this.#task && now - this.#task.since > WORKER_WAIT_MS) return { trouble: 'no-worker' };
    const pools = graph ? queuedPools(graph, pending) : [];
    if (pools.length === 0) this.#queuedSince = undefined;
    else this.#queuedSince ??= now;
    if (this.#queuedSince === undefined || now - this.#queuedSince < WORKER_WAIT_MS) return {};
    if (this.#poolLook === undefined || now - this.#poolLook.at > WORKER_WAIT_MS)
      this.#poolLook = { at: now, pool: (await unserved(temporal, description.taskQueue, pools))[0] };
    return this.#poolLook.pool === undefined ? {} : { trouble: 'no-worker', pool: this.#poolLook.pool };
  }
}
