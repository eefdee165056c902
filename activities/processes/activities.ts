import type { DurableProcess, ProcessServices } from '../../client/process.js';
import { TrainyardError } from '@trainyard/errors';
import { pageActivities } from './pages.js';

type Activities = Record<string, (...args: never[]) => Promise<unknown>>;

/** Activities of durable processes, and of the pages that any of them keeps. Throws TY-CONFIG where two have one name. */
export async function processActivities(
  processes: readonly DurableProcess[],
  services: ProcessServices,
): Promise<Activities> {
  const all: Activities = { ...pageActivities(services) };
  for (const { name, activities } of processes)
    for (const [activity, act] of Object.entries((await activities?.())?.(services) ?? {}) as [string, never][]) {
      if (activity in all)
        throw new TrainyardError('TY-CONFIG', {
          what: `the process "${name}" has an Activity "${activity}", and so has another one`,
          where: { field: 'plugins' },
          remedy: `call it ${name}.${activity.split('.').at(-1) ?? activity}`,
        });
      all[activity] = act;
    }
  return all;
}
