/** Task queue of Workflow workers. */
export const WORKFLOW_QUEUE = 'trainyard';

/** Task queue of a pool's slots. */
export function poolQueue(pool: string): string {
  return `trainyard-pool-${pool}`;
}
