import type { RunningWorker, WorkerOptions } from './worker.js';

/**
 * Starts a worker for a project: its Workflows, and the slots of its pools. Resolves when it listens. What a worker is
 * made of is loaded only now, by its place: whoever implements nodes imports the same face, and each executor, each
 * bundle of nodes would hold Temporal.
 */
export async function startWorker(options: WorkerOptions): Promise<RunningWorker> {
  const worker = (await import(new URL('worker.js', import.meta.url).href)) as typeof import('./worker.js');
  return worker.startWorker(options);
}
