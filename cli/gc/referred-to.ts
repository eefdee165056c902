import type { TrainyardClient } from '../../client/client.js';
import { getModelHead, listModels } from '../../client/models.js';
import { getMonitor, listMonitors } from '../../client/monitors.js';
import { describeRun } from '../../client/run-view.js';
import { isTrainyardError, TrainyardError } from '../../core/errors/index.js';

/** Longest wait for a registry or monitor, which need a worker to answer, ms. */
const PATIENCE_MS = 15_000;

/** Whether Temporal has a run that goes on under this id. */
export async function isOpenRun({ temporal }: TrainyardClient, run: string): Promise<boolean> {
  return (await describeRun(temporal, run))?.open ?? false;
}

/** Whether Temporal knows a durable process, open or closed. */
export async function isKnownProcess({ temporal }: TrainyardClient, process: string): Promise<boolean> {
  return (await describeRun(temporal, process)) !== undefined;
}

/**
 * All that registries and monitors refer to, as they tell it, and the runs of the models that an alias names. Throws
 * TY-WORKER-NONE when one does not answer: nothing may be removed on a guess.
 */
export async function referredTo(client: TrainyardClient): Promise<{ named: unknown; runs: string[] }> {
  const { temporal } = client;
  const named: unknown[] = [];
  const runs: string[] = [];
  for (const { model } of await listModels({ temporal })) {
    // Older versions are in pages of the store, which are kept by themselves, with what they name.
    const head = await asked(client, `the model registry of ${model}`, () => getModelHead({ temporal }, model));
    named.push(head);
    runs.push(...Object.values(head.aliases).map(({ run }) => run));
  }
  for (const { endpoint } of await listMonitors({ temporal }))
    named.push(await asked(client, `the monitor of ${endpoint}`, () => getMonitor({ temporal }, endpoint)));
  return { named, runs };
}

async function asked<T>({ temporal }: TrainyardClient, who: string, ask: () => Promise<T>): Promise<T> {
  try {
    return await temporal.withDeadline(Date.now() + PATIENCE_MS, ask);
  } catch (error) {
    if (isTrainyardError(error)) throw error;
    throw new TrainyardError('TY-WORKER-NONE', {
      what: `${who} did not answer, and nothing is removed without knowing what it refers to`,
      remedy: 'start a worker with trainyard dev or trainyard worker, then collect again',
      cause: error,
    });
  }
}
