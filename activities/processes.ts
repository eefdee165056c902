import type { TrainyardClient } from '../client/index.js';
import type { Store } from '../store/index.js';
import { backfillActivities } from './backfill.js';
import { monitorActivities } from './monitor.js';
import { pageActivities } from './process-pages.js';
import { reviewActivities } from './review.js';
import { triggerActivities } from './trigger.js';

/** What the Activities of the durable processes beside pipelines work with. */
export interface ProcessParts {
  readonly client: TrainyardClient;
  readonly store: Store;
}

/** Activities of label reviews, monitors, backfills and triggers, and of the pages that any of them keeps. */
export function processActivities(parts: ProcessParts): Record<string, (...args: never[]) => Promise<unknown>> {
  return {
    ...pageActivities(parts),
    ...reviewActivities(parts),
    ...monitorActivities({ ...parts.client, store: parts.store }),
    ...backfillActivities(parts),
    ...triggerActivities(parts),
  };
}
