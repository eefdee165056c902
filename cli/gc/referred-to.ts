import type { TrainyardClient } from '../../client/client.js';
import { findHome, seeingAll, type ProjectAccess } from '../../client/homes.js';
import { needsOfModel } from '../../client/registry/needs.js';
import { getModelHead, listModels } from '../../client/registry/models.js';
import { getMonitor, listMonitors } from '../../client/monitor/monitors.js';
import { describeRun } from '../../client/run/run-view.js';
import { projectOfQueue, workflowQueue } from '../../core/queues.js';
import type { Digest } from '../../core/digest.js';
import { registryId } from '../../core/ids.js';
import { projectsIn, type OthersNeeds } from '../../store/index.js';
import { isTrainyardError, TrainyardError } from '@trainyard/errors';
import { ANSWER_MS } from '../../client/patience.js';

/** Whether Temporal has a run that goes on under this id, of whatever project: several may have one store. */
export async function isOpenRun({ temporal }: TrainyardClient, run: string): Promise<boolean> {
  return (await describeRun(seeingAll(temporal), run))?.open ?? false;
}

/** Whether Temporal knows a durable process, open or closed, of whatever project. */
export async function isKnownProcess({ temporal }: TrainyardClient, process: string): Promise<boolean> {
  return (await describeRun(seeingAll(temporal), process)) !== undefined;
}

/** A version that is treated as deleted, to see what would go with it. */
export interface AsDeleted {
  readonly model: string;
  readonly version: number;
}

/**
 * All that registries and monitors of the projects in this store refer to, as they tell it, and the runs of the models
 * that an alias names. Throws TY-WORKER-NONE when one does not answer: nothing may be removed on a guess.
 */
export async function referredTo(client: TrainyardClient, asDeleted?: AsDeleted): Promise<OthersNeeds> {
  const temporal = seeingAll(client.temporal);
  const named: unknown[] = [];
  const runs: string[] = [];
  const released = new Map<string, ReadonlySet<Digest>>();
  const own = projectOfQueue(client.taskQueue);
  for (const project of new Set([own, ...(await projectsIn(client.store))])) {
    const access = { temporal, taskQueue: workflowQueue(project) };
    for (const { model } of await listModels(access)) {
      // Older versions are in pages of the store, which are kept by themselves, with what they name.
      const head = await asked(access, `the model registry of ${model}`, () => getModelHead(access, model));
      const alsoDeleted = project === own && asDeleted?.model === model ? asDeleted.version : undefined;
      const { needs, released: gone } = await needsOfModel(client.store, head, alsoDeleted);
      named.push(needs);
      runs.push(...Object.values(head.aliases).map(({ run }) => run));
      if (gone.size === 0) continue;
      const home = await findHome(access, registryId(project, model));
      if (home) released.set(home.workflowId, gone);
    }
    for (const { endpoint } of await listMonitors(access))
      named.push(await asked(access, `the monitor of ${endpoint}`, () => getMonitor(access, endpoint)));
  }
  return { named, runs, released };
}

async function asked<T>({ temporal, taskQueue }: ProjectAccess, who: string, ask: () => Promise<T>): Promise<T> {
  try {
    return await temporal.withDeadline(Date.now() + ANSWER_MS, ask);
  } catch (error) {
    if (isTrainyardError(error)) throw error;
    throw new TrainyardError('TY-WORKER-NONE', {
      what: `${who} in the project ${projectOfQueue(taskQueue)} did not answer, and nothing is removed without knowing what it refers to`,
      remedy: 'start a worker with trainyard dev or trainyard worker, then collect again',
      cause: error,
    });
  }
}
