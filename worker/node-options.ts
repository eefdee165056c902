/**
 * Options of Node for a worker's process. Most of what a worker makes is short-lived: objects of messages, promises. With
 * V8's first megabyte for the young they are looked through some hundred times a second, on several threads at once.
 */
export const WORKER_NODE_OPTIONS: readonly string[] = ['--min-semi-space-size=16', '--max-semi-space-size=32'];

/** Options for a process that a worker starts for nodes: those that the worker was given, without its own. */
export function executorNodeOptions(given: readonly string[] = process.execArgv): string[] {
  return given.filter((option) => !WORKER_NODE_OPTIONS.includes(option));
}
