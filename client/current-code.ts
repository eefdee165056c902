import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { TrainyardError } from '@trainyard/errors';
import { readAddresses } from '../project/addresses.js';
import { projectCodes } from '../project/codes.js';
import type { Project } from '../project/project.js';
import { refusalOf } from '../project/refused-builds.js';
import { buildIdOf, isSameCode } from '../project/workflow-bundle.js';
import type { TrainyardClient } from './client.js';
import { isServed } from './run/running-builds.js';

/** A worker of `trainyard dev` takes up every edit: how long that may take on a busy machine, ms. */
const WITH_DEV_MS = 180_000;
/** Another one may just be starting, ms. */
const WITHOUT_DEV_MS = 10_000;
const ASK_EVERY_MS = 100;

/** Build of the project as it is on the disk. Throws what is wrong with the code (TY-CODE). */
export async function buildOnDisk(project: Project): Promise<string> {
  return buildIdOf(project, await projectCodes(project), readAddresses(project.state)?.server);
}

/**
 * Waits until new runs start on a build, so that no run uses other code than there is on the disk. Returns at once where
 * nobody serves anything: whoever comes takes up what is there. `onWait` is told once that it takes a while. Throws what
 * a worker says is wrong with the build, and TY-CODE-BEHIND when none takes it up.
 */
export async function awaitCurrent(
  client: TrainyardClient,
  project: Project,
  buildId: string,
  options: {
    /** Whether somebody who takes up edits runs now. */
    readonly hasDev: () => boolean;
    readonly onWait?: (hasDev: boolean) => void;
    readonly signal?: AbortSignal;
    readonly patienceMs?: number;
  },
): Promise<void> {
  const routing = new Routing(client);
  const start = Date.now();
  let said = false;
  for (;;) {
    const { buildId: current, settled } = await routing.look();
    const isTaken = current !== undefined && isSameCode(current, buildId);
    if (isTaken && settled) return;
    const hasDev = options.hasDev();
    if (!hasDev && (current === undefined || !(await isServed(client.temporal, client.taskQueue, 'workflow')))) return;
    const refusal = await refusalOf(project, buildId);
    if (refusal) throw refusal;
    if (!said) options.onWait?.(hasDev);
    said = true;
    if (Date.now() - start > (options.patienceMs ?? (hasDev || isTaken ? WITH_DEV_MS : WITHOUT_DEV_MS)))
      throw new TrainyardError('TY-CODE-BEHIND', {
        what: 'the workers serve other code than the project has on this disk, and none has taken it up',
        where: { file: project.root },
        expected: `build ${buildId}`,
        actual: `build ${current ?? 'none'}`,
        ...(hasDev
          ? {
              remedy: `look at ${path.join(project.state, 'logs', 'worker.log')}; if packages were installed meanwhile, start trainyard dev again`,
            }
          : {}),
      });
    await sleep(ASK_EVERY_MS, undefined, options.signal ? { signal: options.signal } : {});
  }
}

/** `ROUTING_CONFIG_UPDATE_STATE_IN_PROGRESS` of Temporal's API. */
const ROUTING_IN_PROGRESS = 1;
/** `TASK_QUEUE_TYPE_WORKFLOW`. */
const OF_WORKFLOWS = 1;
/** What a task queue knows its parts know a moment later, ms. */
const PASSED_ON_MS = 500;

/** Where new runs of a project start. */
export class Routing {
  readonly #client: TrainyardClient;
  #heard: { readonly buildId: string; readonly at: number } | undefined;

  constructor(client: TrainyardClient) {
    this.#client = client;
  }

  /**
   * The build that new runs start on, and whether the task queues have heard so. Temporal says when all of them have; on a busy machine
   * that word sometimes never comes, so the queue that runs start on is asked as well.
   */
  async look(): Promise<{ readonly buildId: string | undefined; readonly settled: boolean }> {
    const client = this.#client;
    const described = await client.temporal.workflowService
      .describeWorkerDeployment({ namespace: client.namespace, deploymentName: client.taskQueue })
      .catch((error: unknown) => {
        // No worker was ever here.
        if ((error as { code?: number }).code === NOT_FOUND) return undefined;
        throw error;
      });
    const info = described?.workerDeploymentInfo;
    const buildId = info?.routingConfig?.currentDeploymentVersion?.buildId || undefined;
    const settled = info?.routingConfigUpdateState !== ROUTING_IN_PROGRESS;
    return { buildId, settled: settled || (buildId !== undefined && (await this.#hasHeard(buildId))) };
  }

  async #hasHeard(buildId: string): Promise<boolean> {
    const { temporal, namespace, taskQueue } = this.#client;
    const { versioningInfo } = await temporal.workflowService.describeTaskQueue({
      namespace,
      taskQueue: { name: taskQueue },
      taskQueueType: OF_WORKFLOWS,
    });
    if (versioningInfo?.currentDeploymentVersion?.buildId !== buildId) return false;
    if (this.#heard?.buildId !== buildId) this.#heard = { buildId, at: performance.now() };
    return performance.now() - this.#heard.at >= PASSED_ON_MS;
  }
}

/** gRPC's code. */
const NOT_FOUND = 5;
