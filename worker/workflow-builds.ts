import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { WorkflowNotFoundError } from '@temporalio/client';
import { Worker, type NativeConnection } from '@temporalio/worker';
import type { TrainyardClient } from '../client/index.js';
import { endFromOutside } from '../client/end-run.js';
import { TrainyardError } from '../core/errors/index.js';
import { NEEDED_BUILDS } from '../core/queues.js';
import type { ProjectBase } from '../project/project.js';
import { isRunType, type WorkflowBundle } from '../project/workflow-bundle.js';
import { STUCK_AFTER, watchWorkflows, type StuckLimits, type StuckWorkflow } from './stuck-workflows.js';

/**
 * The SDK's own limit on one activation of a Workflow ends the whole process where it is met, so it is put out of reach:
 * `watchWorkflows` keeps the limit. The SDK has this setting but does not name it among its options.
 */
const SANDBOX = { isolateExecutionTimeout: '1 day' };

export interface BuildParts {
  readonly project: ProjectBase;
  readonly connection: NativeConnection;
  readonly client: TrainyardClient;
  readonly identity: string;
  readonly activities: object;
  readonly graceMs: number;
  /** How long one step of a Workflow may compute. */
  readonly stuckAfter?: StuckLimits | undefined;
  /** Told when a build's worker ends by a failure. */
  readonly onFailure: (error: unknown) => void;
}

/**
 * Runs before a bundle, on its first line, so that no line of the source map moves. For every promise that a Workflow
 * makes, the SDK compiles two functions by way of `promise.constructor.constructor` and takes a stack, for a list of what
 * waits that Temporal's UI may ask for: most of what a short node costs. Here both functions are given as they are, and an
 * error without a stack, of which the SDK keeps nothing. Rejections that nobody handles still find their Workflow, and
 * errors that are thrown have their whole stack.
 */
const LEAN_PROMISES = `(() => {
  const compile = Promise.constructor;
  class NoStack {}
  const known = new Map([
    ['return globalThis.__TEMPORAL_ACTIVATOR__', () => globalThis.__TEMPORAL_ACTIVATOR__],
    ['return globalThis.Error', () => NoStack],
  ]);
  const value = (...source) => known.get(source[0]) ?? compile(...source);
  Object.defineProperty(Promise, 'constructor', { value });
})();`.replaceAll('\n', ' ');

/** A new version is known to Temporal a moment after its worker polls. */
const KNOWN_WITHIN_MS = 30_000;
const ASK_EVERY_MS = 100;
/** `ROUTING_CONFIG_UPDATE_STATE_IN_PROGRESS` of Temporal's API. */
const ROUTING_IN_PROGRESS = 1;

/**
 * Workers for the builds of a project's Workflows (Temporal's Worker Deployments): new runs start on the current build,
 * each run keeps to the build that it started with, and builds that open runs still need are served beside.
 */
export class WorkflowBuilds {
  readonly #parts: BuildParts;
  readonly #serving = new Map<string, { worker: Worker; ended: Promise<void> }>();

  constructor(parts: BuildParts) {
    this.#parts = parts;
  }

  /** Serves a build and makes it the one that new runs start on. */
  async makeCurrent(bundle: WorkflowBundle): Promise<void> {
    await this.#serve(bundle);
    await this.#setCurrent(bundle.buildId);
  }

  /** Serves the kept builds that open runs still need. Gives those that are needed and not there. */
  async serveFormer(): Promise<string[]> {
    const { client, project } = this.#parts;
    const lost: string[] = [];
    const described = await client.temporal.workflowService
      .describeWorkerDeployment({ namespace: client.namespace, deploymentName: client.taskQueue })
      .catch(() => undefined);
    for (const version of described?.workerDeploymentInfo?.versionSummaries ?? []) {
      const buildId = version.deploymentVersion?.buildId;
      const drained = version.drainageInfo?.status === 2;
      if (!buildId || drained || this.#serving.has(buildId)) continue;
      const file = path.join(project.build, `workflows-${buildId}.js`);
      if (existsSync(file)) await this.#serve({ buildId, code: await readFile(file, 'utf8') });
      else lost.push(buildId);
    }
    return lost;
  }

  /** Serves kept builds that resumed runs ask for. */
  async serveRequested(): Promise<void> {
    const { client, project } = this.#parts;
    for await (const { key } of client.store.list(NEEDED_BUILDS)) {
      const buildId = key.slice(NEEDED_BUILDS.length);
      const file = path.join(project.build, `workflows-${buildId}.js`);
      if (this.#serving.has(buildId) || !/^[0-9a-f]+$/.test(buildId) || !existsSync(file)) continue;
      await this.#serve({ buildId, code: await readFile(file, 'utf8') });
    }
  }

  async stop(): Promise<void> {
    for (const { worker } of this.#serving.values()) if (worker.getState() === 'RUNNING') worker.shutdown();
    await Promise.all([...this.#serving.values()].map(({ ended }) => ended));
  }

  async #serve(bundle: WorkflowBundle): Promise<void> {
    if (this.#serving.has(bundle.buildId)) return;
    const { connection, client, identity, activities, graceMs, onFailure } = this.#parts;
    const worker = await Worker.create({
      connection,
      namespace: client.namespace,
      identity,
      taskQueue: client.taskQueue,
      workflowBundle: { code: LEAN_PROMISES + bundle.code },
      activities,
      ...SANDBOX,
      shutdownGraceTime: graceMs,
      workerDeploymentOptions: {
        version: { deploymentName: client.taskQueue, buildId: bundle.buildId },
        useWorkerVersioning: true,
        defaultVersioningBehavior: 'PINNED',
      },
    });
    const unwatch = watchWorkflows(worker, {
      ...(this.#parts.stuckAfter ?? STUCK_AFTER),
      onStuck: (workflow) => this.#endStuck(workflow),
    });
    const ended = worker.run().catch(onFailure).finally(unwatch);
    this.#serving.set(bundle.buildId, { worker, ended });
  }

  /** A run ends with the reason; a process that lives beside runs is tried again, and its worker's log says so. */
  async #endStuck({ workflowId, runId, workflowType, ms }: StuckWorkflow): Promise<boolean> {
    const seconds = Math.round(ms / 1000);
    process.stderr.write(
      `warn: ${workflowId} computed for ${seconds} s without a pause; its Workflow thread is replaced\n`,
    );
    if (!isRunType(workflowType)) return false;
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

  /** Whether every task queue has heard which build is current: until then a new run may still go to the former one. */
  async #isRouted(buildId: string): Promise<boolean> {
    const { client } = this.#parts;
    const { workerDeploymentInfo: info } = await client.temporal.workflowService.describeWorkerDeployment({
      namespace: client.namespace,
      deploymentName: client.taskQueue,
    });
    const current = info?.routingConfig?.currentDeploymentVersion?.buildId;
    return current === buildId && info?.routingConfigUpdateState !== ROUTING_IN_PROGRESS;
  }

  async #setCurrent(buildId: string): Promise<void> {
    const { client, identity } = this.#parts;
    const start = performance.now();
    for (;;) {
      try {
        await client.temporal.workflowService.setWorkerDeploymentCurrentVersion({
          namespace: client.namespace,
          deploymentName: client.taskQueue,
          buildId,
          identity,
          ignoreMissingTaskQueues: true,
        });
        if (await this.#isRouted(buildId)) return;
      } catch (error) {
        if (performance.now() - start > KNOWN_WITHIN_MS) throw error;
      }
      if (performance.now() - start > KNOWN_WITHIN_MS) return;
      await new Promise((again) => setTimeout(again, ASK_EVERY_MS));
    }
  }
}
