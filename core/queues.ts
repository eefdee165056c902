const PREFIX = 'trainyard-';

/** Task queue of a project's Workflow workers. Projects may share a Temporal, so each has its own. */
export function workflowQueue(project: string): string {
  return `${PREFIX}${project}`;
}

/** The project whose Workflows' queue it is. */
export function projectOfQueue(queue: string): string {
  return queue.startsWith(PREFIX) ? queue.slice(PREFIX.length) : queue;
}

/** The project that a queue belongs to where that is another one than ours; undefined for queues that are no project's. */
export function otherProject(queue: string, ours: string): string | undefined {
  return queue.startsWith(PREFIX) && queue !== ours ? projectOfQueue(queue) : undefined;
}

/** Task queue of a pool's slots, beside the queue of the Workflows that use it. */
export function poolQueue(workflows: string, pool: string): string {
  return `${workflows}.${pool}`;
}

/** Folder of the store in which a resume asks workers to serve the build that it is pinned to. */
export const NEEDED_BUILDS = 'builds/needed/';
