import { readdirSync, readFileSync, renameSync } from 'node:fs';
import path from 'node:path';
import type { Json } from '../core/json.js';

/**
 * Moments between the engine's own steps at which a worker may die and nothing may be lost. In the life of a node:
 * `reserved`, `before-compute`, `outputs-stored` (nothing recorded yet), `recorded` (not yet found by others),
 * `committed` (Temporal does not know yet). Of a run: while results are looked up, while the journal for
 * continue-as-new or a study is saved, while the graph is saved. Of a durable process: before a page of its facts is kept,
 * and after, when it does not know yet.
 */
export type CrashPoint =
  | 'reserved'
  | 'before-compute'
  | 'outputs-stored'
  | 'recorded'
  | 'committed'
  | 'looking-up'
  | 'saving-journal'
  | 'saving-study'
  | 'saving-graph'
  | 'keeping-page'
  | 'page-kept';

/** What is at work when a point is passed. */
export interface AtWork {
  readonly run: string;
  readonly node?: string;
  readonly params?: Json;
}

/** One planned death, a JSON file of its own in the plan's folder; each happens once. */
export interface PlannedCrash extends Partial<Omit<AtWork, 'params'>> {
  readonly point: CrashPoint;
  /** Parameters that the node must have. */
  readonly params?: { readonly [name: string]: Json };
}

const plan = process.env['TRAINYARD_CRASH_PLAN'];

/**
 * Does nothing, unless this process was started with `TRAINYARD_CRASH_PLAN=<folder>`, and a file there names this
 * point and what is at work: then the file is renamed to `….done` and the process kills itself with SIGKILL.
 */
export function crashPoint(point: CrashPoint, at: AtWork): void {
  if (plan !== undefined) dieAsPlanned(plan, point, at);
}

function dieAsPlanned(folder: string, point: CrashPoint, at: AtWork): void {
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
