import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { WorkflowNotFoundError } from '@temporalio/client';
import type { NativeConnection } from '@temporalio/worker';
import { Routing } from '../client/current-code.js';
import type { TrainyardClient } from '../client/index.js';
import { endFromOutside } from '../client/run/end-run.js';
import { TrainyardError } from '@trainyard/errors';
import { NEEDED_BUILDS } from '../core/queues.js';
import type { ProjectBase } from '../project/project.js';
import { dropOldBuilds } from '../project/kept-builds.js';
import { bundleFile, type WorkflowBundle } from '../project/workflow-bundle.js';
import { ServedBuilds, type BuildServer } from './served-builds.js';
import type { Tell } from './log.js';
import { STUCK_AFTER, watchWorkflows, type StuckLimits, type StuckWorkflow } from './stuck-workflows.js';
import { UntimedWorker } from './untimed-worker.js';

export interface BuildParts {
  readonly project: ProjectBase;
  readonly connection: NativeConnection;
  readonly client: TrainyardClient;
  readonly identity: string;
  /** Activities of the code of the day: a build's worker has those of when it was begun to be served. */
  readonly activities: () => object;
  /** Whether Workflows of a type are runs: one that computes without end is ended. */
  readonly isRun: (type: string) => boolean;
  readonly graceMs: number;
  /** How long one step of a Workflow may compute. */
  readonly stuckAfter?: StuckLimits | undefined;
  /** How long a build stays served after it was last used. Default 20 s. */
  readonly letGoAfterMs?: number | undefined;
  /** Told when a build's worker ends by a failure. */
  readonly onFailure: (error: unknown) => void;
  readonly tell: Tell;
}

/** A build that is served: its code is kept here only where it is in no file, for it takes megabytes. */
interface ServedBundle {
  readonly buildId: string;
  readonly code?: string;
}

/** A new version is known to Temporal a moment after its worker polls. */
const KNOWN_WITHIN_MS = 30_000;
const ASK_EVERY_MS = 40;
/** Temporal lists a run a moment after its start; until then a build that it keeps to looks as if nobody used it. */
const LET_GO_AFTER_MS = 20_000;
/** Between the request of a resume and its start, the same. */
const ASKED_WITHIN_MS = 60_000;
/** `VERSION_DRAINAGE_STATUS_DRAINED` of Temporal's API. */
const DRAINED = 2;

/**
 * Workers for the builds of a project's Workflows (Temporal's Worker Deployments): new runs start on the current build,
 * each run keeps to the build that it started with, and builds that open runs still need are served beside.
 */
export class WorkflowBuilds {
  readonly #parts: BuildParts;
  readonly #serving: ServedBuilds<ServedBundle>;
  readonly #letGoAfterMs: number;
  /** Lets go of the build that this worker made current last. */
  #letGoCurrent: () => void = () => undefined;

  constructor(parts: BuildParts) {
    this.#parts = parts;
    this.#letGoAfterMs = parts.letGoAfterMs ?? LET_GO_AFTER_MS;
    this.#serving = new ServedBuilds((bundle) => this.#open(bundle), parts.onFailure);
  }

  /** Serves a build and makes it the one that new runs start on, if it is still to be then. */
  async makeCurrent(bundle: WorkflowBundle, isWanted: () => boolean = () => true): Promise<void> {
    // From before it is served: on a busy machine all this takes longer than an idle build stays.
    const letGo = this.#serving.hold(bundle.buildId);
    let isCurrent = false;
    try {
      await this.#serving.serve(this.#asServed(bundle));
      if (!isWanted()) return;
      await this.#setCurrent(bundle.buildId);
      isCurrent = true;
    } finally {
      if (!isCurrent) letGo();
    }
    this.#letGoCurrent();
    this.#letGoCurrent = letGo;
  }

  /** Serves the kept builds that open runs still need. Gives those that are needed and not there. */
  async serveFormer(): Promise<string[]> {
    const lost: string[] = [];
    for (const { buildId, drained } of (await this.#deployment()).versions) {
      if (drained || this.#serving.has(buildId)) continue;
      if (!(await this.#serveKept(buildId)) && (await this.#openRuns(buildId)) > 0) lost.push(buildId);
    }
    return lost;
  }

  /** Serves kept builds that resumed runs ask for. */
  async serveRequested(): Promise<void> {
    for await (const { key } of this.#parts.client.store.list(NEEDED_BUILDS)) {
      const buildId = key.slice(NEEDED_BUILDS.length);
      if (!this.#serving.has(buildId)) await this.#serveKept(buildId);
    }
  }

  /**
   * Lets go of builds that no open run needs, of which each holds memory, and takes up again what one does need. Then
   * removes files of builds that were used long ago. Gives the builds that it let go.
   */
  async tend(): Promise<string[]> {
    const { store } = this.#parts.client;
    const needed = new Set<string>();
    const released: string[] = [];
    const { current, versions } = await this.#deployment();
    for (const { buildId, drained } of versions) {
      const serves = this.#serving.has(buildId);
      // Whoever made it so, new runs start on the current one.
      if (buildId !== current) {
        if (drained && !serves) continue;
        if ((await this.#openRuns(buildId)) === 0) continue;
      }
      needed.add(buildId);
      this.#serving.used(buildId);
      if (!serves) await this.#serveKept(buildId);
    }
    for (const buildId of this.#serving.buildIds()) {
      const isIdle = () => !needed.has(buildId) && this.#serving.idleMs(buildId) > this.#letGoAfterMs;
      if (!isIdle()) continue;
      const asked = await store.get(`${NEEDED_BUILDS}${buildId}`);
      if (asked && Date.now() - askedAt(asked) < ASKED_WITHIN_MS) continue;
      if (asked) await store.remove(`${NEEDED_BUILDS}${buildId}`);
      // Somebody may have come while the store was asked.
      if (!isIdle()) continue;
      await this.#serving.release(buildId);
      released.push(buildId);
    }
    for (const buildId of this.#serving.buildIds()) needed.add(buildId);
    await dropOldBuilds(this.#parts.project, needed);
    return released;
  }

  stop(): Promise<void> {
    return this.#serving.stop();
  }

  /** The builds that Temporal knows of, and the one that new runs start on. */
  async #deployment(): Promise<{
    readonly current: string | undefined;
    readonly versions: readonly { readonly buildId: string; readonly drained: boolean }[];
  }> {
    const { client } = this.#parts;
    const described = await client.temporal.workflowService
      .describeWorkerDeployment({ namespace: client.namespace, deploymentName: client.taskQueue })
      .catch(() => undefined);
    const info = described?.workerDeploymentInfo;
    return {
      current: info?.routingConfig?.currentDeploymentVersion?.buildId || undefined,
      versions: (info?.versionSummaries ?? []).flatMap(({ deploymentVersion, drainageInfo }) =>
        deploymentVersion?.buildId
          ? [{ buildId: deploymentVersion.buildId, drained: drainageInfo?.status === DRAINED }]
          : [],
      ),
    };
  }

  /** How many open runs, studies among them, keep to a build. */
  async #openRuns(buildId: string): Promise<number> {
    const { client } = this.#parts;
    const { count } = await client.temporal.workflow.count(
      `ExecutionStatus = 'Running' AND TemporalWorkerDeploymentVersion = '${client.taskQueue}:${buildId}' AND ` +
        `TemporalWorkflowVersioningBehavior = 'Pinned'`,
    );
    return count;
  }

  async #serveKept(buildId: string): Promise<boolean> {
    if (!/^[0-9a-f]+$/.test(buildId) || !existsSync(bundleFile(this.#parts.project, buildId))) return false;
    await this.#serving.serve({ buildId });
    return true;
  }

  #asServed(bundle: WorkflowBundle): ServedBundle {
    return existsSync(bundleFile(this.#parts.project, bundle.buildId)) ? { buildId: bundle.buildId } : bundle;
  }

  async #open({ buildId, code }: ServedBundle): Promise<BuildServer> {
    const { connection, client, identity, activities, graceMs } = this.#parts;
    const worker = await UntimedWorker.create({
      connection,
      namespace: client.namespace,
      identity,
      taskQueue: client.taskQueue,
      workflowBundle: code === undefined ? { codePath: bundleFile(this.#parts.project, buildId) } : { code },
      activities: activities(),
      shutdownGraceTime: graceMs,
      workerDeploymentOptions: {
        version: { deploymentName: client.taskQueue, buildId },
        useWorkerVersioning: true,
        defaultVersioningBehavior: 'PINNED',
      },
    });
    const unwatch = watchWorkflows(worker, {
      ...(this.#parts.stuckAfter ?? STUCK_AFTER),
      onStuck: (workflow) => this.#endStuck(workflow),
      tell: this.#parts.tell,
    });
    return {
      run: () => worker.run().finally(unwatch),
      shutdown: () => worker.shutdown(),
      getState: () => worker.getState(),
    };
  }

  /** A run ends with the reason; a process that lives beside runs is tried again, and its worker's log says so. */
  async #endStuck({ workflowId, runId, workflowType, ms }: StuckWorkflow): Promise<boolean> {
    const seconds = Math.round(ms / 1000);
    this.#parts.tell(
      'warn',
      `${workflowId} computed for ${seconds} s without a pause; its Workflow thread is replaced`,
      {
        run: workflowId,
      },
    );
    if (!this.#parts.isRun(workflowType)) return false;
    const ended = endFromOutside(this.#parts.client, {
      id: workflowId,
      execution: runId,
      status: 'failed',
      why: new TrainyardError('TY-PIPELINE-STUCK', {
        what: `${workflowType} computed for ${seconds} s without a pause, where it may only wire nodes and wait for them`,
        where: { run: workflowId },
        expected: 'loops and computations in nodes; in a pipeline only what takes milliseconds',
      }),
    });
    // Somebody else may have ended it meanwhile.
    await ended.catch((error: unknown) => {
      if (!(error instanceof WorkflowNotFoundError)) throw error;
    });
    return true;
  }

  async #setCurrent(buildId: string): Promise<void> {
    const { client, identity } = this.#parts;
    const start = performance.now();
    const isLate = (): boolean => performance.now() - start > KNOWN_WITHIN_MS;
    for (let said = false; !said;) {
      try {
        await client.temporal.workflowService.setWorkerDeploymentCurrentVersion({
          namespace: client.namespace,
          deploymentName: client.taskQueue,
          buildId,
          identity,
          ignoreMissingTaskQueues: true,
        });
        // Said once: each time begins to tell all task queues anew.
        said = true;
      } catch (error) {
        if (isLate()) throw error;
        await sleep(ASK_EVERY_MS);
      }
    }
    const routing = new Routing(client);
    for (;;) {
      const now = await routing.look();
      if ((now.buildId === buildId && now.settled) || isLate()) return;
      await sleep(ASK_EVERY_MS);
    }
  }
}

/** When a resume asked for a build, ms since the epoch. */
function askedAt(request: Uint8Array): number {
  try {
    return Number((JSON.parse(Buffer.from(request).toString('utf8')) as { at?: number }).at ?? 0);
  } catch {
    return 0;
  }
}
