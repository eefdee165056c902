import { statSync } from 'node:fs';
import type { CrashPoint } from '../../activities/run/crash-points.js';
import { canonical } from '../../core/json.js';
import type { Event } from '../fixtures/probe/nodes/probe/outside.js';
import type { Probe } from './harness.js';
import { countBy, type Clean } from './resume-case.js';
import { randomFrom, SHAPES, type Shape } from './shapes.js';

/** The death of a worker at one of the engine's named points, in a run of a shape. */
export interface CrashCase {
  readonly shape: Shape;
  readonly point: CrashPoint;
  /** The node at whose point it dies; the points of runs have none. */
  readonly label: string | undefined;
}

export function nameOfCrash({ shape, point, label }: CrashCase): string {
  return `${shape.pipeline}/${point}${label === undefined ? '' : `/${label}`}`;
}

const OF_NODES: readonly CrashPoint[] = ['reserved', 'before-compute', 'outputs-stored', 'recorded', 'committed'];
const OF_RUNS: readonly CrashPoint[] = ['looking-up', 'saving-graph'];

export function allCrashes(): CrashCase[] {
  return SHAPES.flatMap((shape) => [
    ...OF_RUNS.map((point) => ({ shape, point, label: undefined })),
    ...shape.labels
      .filter((label) => !shape.refusing?.includes(label))
      .flatMap((label) => OF_NODES.map((point) => ({ shape, point, label }))),
  ]);
}

/** A number of cases, drawn by a seed: all points in turn, shapes as they come. */
export function drawCrashes(count: number, seed: number): CrashCase[] {
  const random = randomFrom(seed);
  const left = allCrashes();
  const points = [...OF_NODES, ...OF_RUNS];
  return Array.from({ length: count }, (_, index) => {
    const fitting = left.filter(({ point }) => point === points[index % points.length]);
    const drawn = fitting[Math.floor(random() * fitting.length)] as CrashCase;
    left.splice(left.indexOf(drawn), 1);
    return drawn;
  });
}

/**
 * Runs a shape, lets its worker die at the point, and gives everything that is not as it must be: the run goes on by
 * itself to the result of a clean run, and no node is executed once its result is in the store.
 */
export async function runCrash(probe: Probe, one: CrashCase, clean: Clean, id: string): Promise<string[]> {
  const { shape, point, label } = one;
  probe.planCrash(id, { point, run: id, ...(label === undefined ? {} : { params: { label } }) });
  const outcome = await probe.run(shape.pipeline, { salt: id }, { id });
  if (outcome.state === 'failed') return [`the run failed: ${String(outcome.error)}`];
  const problems: string[] = [];
  if (!probe.hasCrashed(id)) problems.push('the planned death did not happen');
  const result = canonical(outcome.result);
  if (result !== clean.result) problems.push(`the result differs from a clean run's: ${result} ≠ ${clean.result}`);
  return [...problems, ...(await checkExecutions(probe, shape, clean, id))];
}

async function checkExecutions(probe: Probe, shape: Shape, clean: Clean, id: string): Promise<string[]> {
  const problems: string[] = [];
  const events = probe.events(id);
  const starts = countBy(events, 'start');
  for (const [label, count] of clean.counts) {
    const had = starts.get(label) ?? 0;
    // A death interrupts what is under way, of this run and of those beside it: each interrupted node runs once more.
    const lost = interruptions(probe, events, label);
    const most = count + (shape.refusing?.includes(label) ? Math.max(1, lost) : lost);
    if (had < count || had > most)
      problems.push(`"${label}" was executed ${had} times; ${count} and ${lost} interruptions allow ${most}`);
  }
  const { nodes } = await probe.graph(id);
  for (const node of nodes) {
    const called = (node.params as { label?: string } | undefined)?.label;
    if (!node.key || called === undefined) continue;
    const committed = committedAt(probe, node.key);
    const late = events.filter((event) => event.what === 'start' && event.label === called && event.at > committed);
    if (node.state !== 'failed' && late.length > 0 && !shape.twice?.includes(called))
      problems.push(`"${called}" was executed after its result was in the store`);
  }
  return problems;
}

/**
 * Executions of a call whose worker had died by the time that the next one began. A process may begin a node that its
 * worker sent it just before it died, and then begins it after that death.
 */
function interruptions({ deaths, workers }: Probe, events: readonly Event[], label: string): number {
  const begun = events.filter((event) => event.what === 'start' && event.label === label);
  return begun.filter(({ pid, parent }, index) => {
    const worker = workers.has(pid) ? pid : parent;
    const next = begun[index + 1]?.at ?? Number.POSITIVE_INFINITY;
    return !workers.has(worker) || deaths.some((death) => death.pid === worker && death.at <= next);
  }).length;
}

/** Files get their time from the kernel's clock of ticks, which is behind by up to one, ms. */
const TICK_MS = 10;

/** When the result of a key was first in the store, ms since the epoch. */
export function committedAt(probe: Probe, key: string): number {
  try {
    return Math.ceil(statSync(probe.path(`.trainyard/store/records/cache/${key}`)).mtimeMs) + TICK_MS;
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}
