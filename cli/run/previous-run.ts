import { listRuns, recordsOfRun, type Store } from '../../store/index.js';

/** Runs that are looked at: the newest say most about the next. */
const RUNS = 5;

/** How long each node took in the last runs of a pipeline, ms (the median), from the records of its executions. */
export async function earlierDurations(
  store: Store,
  pipeline: string,
  except: string,
): Promise<ReadonlyMap<string, number>> {
  const runs = (await listRuns(store)).filter(({ start }) => start.pipeline === pipeline && start.id !== except);
  const took = new Map<string, number[]>();
  for (const { start } of runs.slice(0, RUNS)) {
    for (const { node, startedAt, endedAt } of await recordsOfRun(store, start.id))
      took.set(node, [...(took.get(node) ?? []), Date.parse(endedAt) - Date.parse(startedAt)]);
  }
  return new Map([...took].map(([node, times]) => [node, times.sort((a, b) => a - b)[times.length >> 1] ?? 0]));
}
