import { readdirSync, readFileSync, renameSync } from 'node:fs';
import path from 'node:path';
import type { AtWork, CrashPoint } from '../../activities/run/crash-points.js';
import type { Json } from '../../core/json.js';

/** One planned death, a JSON file of its own in the plan's folder; each happens once. */
export interface PlannedCrash extends Partial<Omit<AtWork, 'params'>> {
  readonly point: CrashPoint;
  /** Parameters that the node must have. */
  readonly params?: { readonly [name: string]: Json };
}

/**
 * A listener for `onCrashPoint`: where a file of the folder names the point and what is at work, the file is renamed to
 * `….done` and the process kills itself with SIGKILL.
 */
export function dieAsPlanned(folder: string): (point: CrashPoint, at: AtWork) => void {
  return (point, at) => {
    for (const name of readdirSync(folder).filter((one) => one.endsWith('.json'))) {
      const file = path.join(folder, name);
      try {
        if (!isMeant(JSON.parse(readFileSync(file, 'utf8')) as PlannedCrash, point, at)) continue;
        renameSync(file, `${file}.done`);
      } catch {
        // Another process was faster: it has died of this one.
        continue;
      }
      process.kill(process.pid, 'SIGKILL');
    }
  };
}

function isMeant(planned: PlannedCrash, point: CrashPoint, at: AtWork): boolean {
  const params = (at.params ?? {}) as { readonly [name: string]: Json };
  return (
    planned.point === point &&
    (planned.run === undefined || planned.run === at.run) &&
    (planned.node === undefined || planned.node === at.node) &&
    Object.entries(planned.params ?? {}).every(([name, value]) => params[name] === value)
  );
}
