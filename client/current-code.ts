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
 * Waits until new runs start on a build, so that no run uses other code than there is on the disk. Gives the build as the workers
 * call it, for a run to be pinned to: a task queue may hear of it later, and on a busy machine Temporal's word that all have heard
 * sometimes never comes. Nothing where nobody serves anything: whoever comes takes up what is there. `onWait` is told once that it
 * takes a while. Throws what a worker says is wrong with the build, and TY-CODE-BEHIND when none takes it up.
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
): Promise<string | undefined> {
  const start = Date.now();
  let said = false;
  for (;;) {
    const current = (await currentBuild(client)).buildId;
    if (current !== undefined && isSameCode(current, buildId)) return current;
    const hasDev = options.hasDev();
    if (!hasDev && (current === undefined || !(await isServed(client.temporal, client.taskQueue, 'workflow'))))
      return undefined;
    const refusal = await refusalOf(project, buildId);
    if (refusal) throw refusal;
    if (!said) options.onWait?.(hasDev);
    said = true;
    if (Date.now() - start > (options.patienceMs ?? (hasDev ? WITH_DEV_MS : WITHOUT_DEV_MS)))
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

/** How long the word that every task queue has heard of a build is waited for, ms. */
const SETTLED_WITHIN_MS = 5_000;

/** Waits until whatever starts runs by itself starts them on a build that is current; not for ever, since that word may never come. */
export async function awaitRouted(client: TrainyardClient, buildId: string): Promise<void> {
  const start = performance.now();
  while (performance.now() - start < SETTLED_WITHIN_MS) {
    const current = await currentBuild(client);
    if (current.buildId === buildId && current.settled) return;
    await sleep(ASK_EVERY_MS);
  }
}

/** `ROUTING_CONFIG_UPDATE_STATE_IN_PROGRESS` of Temporal's API. */
const ROUTING_IN_PROGRESS = 1;

/** The build that new runs start on, and whether every task queue has heard so. */
export async function currentBuild(
  client: TrainyardClient,
): Promise<{ readonly buildId: string | undefined; readonly settled: boolean }> {
  const described = await client.temporal.workflowService
    .describeWorkerDeployment({ namespace: client.namespace, deploymentName: client.taskQueue })
    .catch((error: unknown) => {
      // No worker was ever here.
      if ((error as { code?: number }).code === NOT_FOUND) return undefined;
      throw error;
    });
  const info = described?.workerDeploymentInfo;
  return {
    buildId: info?.routingConfig?.currentDeploymentVersion?.buildId || undefined,
    settled: info?.routingConfigUpdateState !== ROUTING_IN_PROGRESS,
  };
}

/** gRPC's code. */
const NOT_FOUND = 5;
