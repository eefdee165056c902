import { backfillActivities } from './backfill.js';
import { monitorActivities } from './monitor.js';
import { pageActivities } from './process-pages.js';
import { reviewActivities } from './review.js';
import { triggerActivities } from './trigger.js';
import type { ProcessParts } from './process-parts.js';

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
