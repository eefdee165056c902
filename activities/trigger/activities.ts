import { Context } from '@temporalio/activity';
import type { ProcessServices } from '../../client/process.js';
import { sourceState } from '../../client/trigger/source-digest.js';
import { digestText } from '../../core/digest.js';
import { putRecord, readRecord, RECORDS, type JsonObject, segmentOf } from '../../store/index.js';
import type { Change, TriggerActivities } from '../../workflows/trigger/contract.js';

/** What triggers look at: files of the project in whose folder this worker runs. And what they must not forget. */
export function triggerActivities({ store }: Pick<ProcessServices, 'store'>): TriggerActivities {
  return {
    'trainyard.sourceState': ({ source, former }) =>
      sourceState(source, process.env['TRAINYARD_PROJECT'] ?? process.cwd(), former, () => {
        Context.current().heartbeat();
        Context.current().cancellationSignal.throwIfAborted();
      }),
    'trainyard.changeSeen': async (source) =>
      (await readRecord(store, keyOf(source), RECORDS.change)) as unknown as Change | null,
    'trainyard.noteChange': (source, change) =>
      putRecord(store, keyOf(source), RECORDS.change, change as unknown as JsonObject),
  };
}

/** By the trigger and its source: `triggers/<trigger>/<source>`. */
function keyOf(source: string): string {
  const { workflowId } = Context.current().info.workflowExecution ?? {};
  return `triggers/${segmentOf(workflowId ?? '')}/${digestText(source)}`;
}
