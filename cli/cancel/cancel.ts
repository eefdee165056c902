import { setTimeout as sleep } from 'node:timers/promises';
import { connectNow } from '../../client/reader.js';
import { describeRun } from '../../client/run/run-view.js';
import { cancelOrEnd, endCancelled, type Cancellation } from '../../client/run/cancel.js';
import { loadConfig } from '../../project/project.js';
import { readRun } from '../../store/index.js';
import { unknownRun } from '../show/find-run.js';
import { note, print, printJson } from '../terminal.js';

export interface CancelOptions {
  wait?: boolean;
  force?: boolean;
  json?: boolean;
}

/** `trainyard cancel`. A run that has ended already is no failure: the wish is fulfilled. */
export async function cancel(config: string | undefined, run: string, options: CancelOptions): Promise<void> {
  const client = await connectNow(await loadConfig(config));
  try {
    const before = await describeRun(client.temporal, run);
    if (!before?.open) {
      const record = await readRun(client.store, run);
      if (!before && !record) throw await unknownRun(client, run);
      const state = record?.end?.status ?? before?.description.status.name.toLowerCase() ?? 'lost';
      if (options.json) printJson({ run, cancelled: false, state });
      else print(`${run} has ended already: ${state}`);
      return;
    }
    if (options.force) await endCancelled(client, run, 'it was ended by --force');
    const cancellation: Cancellation = options.force
      ? { state: 'ended', reason: '--force' }
      : await cancelOrEnd(client, run);
    if (cancellation.state === 'waiting')
      note(`no worker has taken it up: ${run} ends when one does; trainyard cancel ${run} --force ends it now`);
    if (options.wait) while ((await describeRun(client.temporal, run))?.open) await sleep(200);
    if (options.json) printJson({ run, cancelled: true, ...cancellation });
    else if (cancellation.state === 'ended') print(`${run} is ended: ${cancellation.reason}`);
    else print(options.wait ? `${run} is cancelled` : `${run} is told to end`);
  } finally {
    await client.close();
  }
}
