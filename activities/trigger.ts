import { Context } from '@temporalio/activity';
import { sourceState } from '../client/source-digest.js';
import type { TriggerActivities } from '../workflows/trigger/contract.js';

/** What triggers look at: files of the project in whose folder this worker runs. */
export function triggerActivities(): TriggerActivities {
  return {
    'trainyard.sourceState': ({ source, former }) =>
      sourceState(source, process.env['TRAINYARD_PROJECT'] ?? process.cwd(), former, () => {
        Context.current().heartbeat();
        Context.current().cancellationSignal.throwIfAborted();
      }),
  };
}
