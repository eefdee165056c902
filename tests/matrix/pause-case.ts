import { resumeRun } from '../../client/run/resume.js';
import { queryGraph } from '../../client/run/run-view.js';
import { recoverNode } from '../../client/run/runs.js';
import type { GraphNode } from '../../core/graph.js';
import { canonical, type Json } from '../../core/json.js';
import type { Recovery } from '../../core/task.js';
import type { Moment } from '../fixtures/probe/nodes/probe/outside.js';
import type { Outcome, Probe } from './harness.js';
import { countBy, type Clean } from './resume-case.js';
import { SHAPES, type Shape } from './shapes.js';

export const OTHER_POOL = 'spare';

const WAYS = ['retry', 'with other parameters', 'on another pool', 'skip', 'fail'] as const;

/** A node that fails in a run which leaves failed nodes waiting, and what an operator decides. */
export interface PauseCase {
  readonly shape: Shape;
  readonly label: string;
  readonly moment: Moment;
  readonly way: (typeof WAYS)[number];
  /** Whether the run is terminated afterwards, at a later node, and resumed; otherwise it ends and is resumed. */
  readonly terminated: boolean;
}

export function nameOfPause({ shape, label, moment, way, terminated }: PauseCase): string {
  return `${shape.pipeline}/${label}/${moment}/${way}${terminated ? '/terminated' : ''}`;
}

/** Nothing of a caught failure waits for an operator here, and an operator's decision is about one call. */
const FITTING = SHAPES.filter(({ refusing, twice }) => !refusing && !twice);

export function allPauses(): PauseCase[] {
  return FITTING.flatMap((shape) =>
    shape.labels.flatMap((label) =>
      (['before', 'during', 'after'] as const).flatMap((moment) =>
        WAYS.flatMap((way) =>
          [false, true]
            .filter((terminated) => !terminated || (way !== 'fail' && label !== lastOf(shape)))
            .map((terminated) => ({ shape, label, moment, way, terminated })),
        ),
      ),
    ),
  );
}

function lastOf({ labels }: Shape): string {
  return labels.at(-1) ?? '';
}

/**
 * Runs a shape into a failure that waits, decides, and gives everything that is not as it must be: the run ends as
 * decided, the decision is on the record with who and why, and stands in the resume too, however the run ended.
 */
export async function runPause(probe: Probe, one: PauseCase, clean: Clean, id: string): Promise<string[]> {
  const { shape, label, moment, way, terminated } = one;
  const last = lastOf(shape);
  probe.planFault(
    id,
    { label, moment, kind: 'user', times: 1 },
    ...(terminated ? [{ label: last, moment: 'before', kind: 'terminate', times: 1 } as const] : []),
  );
  const handle = await probe.start(shape.pipeline, { salt: id }, { id, onFailure: 'pause' });
  const ended = probe.outcome(handle);
  const node = await paused(probe, id, label);
  await recoverNode(probe.client, id, {
    call: node.call,
    by: 'operator',
    why: nameOfPause(one),
    ...(await decision(probe, one)),
  });
  if (terminated) {
    await probe.until((event) => event.what === 'fault' && event.run === id && event.label === last);
    await handle.terminate('planned');
  }
  const problems = checkEnd(one, await ended, clean);
  if (!terminated) problems.push(...(await checkRecord(probe, one, id)));
  const again = await resumeRun(probe.client, id);
  const outcome = await probe.outcome(again);
  if (outcome.state === 'failed') return [...problems, `the resumed run failed: ${String(outcome.error)}`];
  const result = canonical(outcome.result);
  if (result !== clean.result) problems.push(`the result differs from a clean run's: ${result} ≠ ${clean.result}`);
  const starts = countBy([...probe.events(id), ...probe.events(again.workflowId)], 'start');
  for (const [called, count] of clean.counts) {
    // The failed attempt, and for a skip nothing more; the node at which the run was terminated is begun once more.
    const more = called === label ? (way === 'skip' ? 0 : 1) : terminated && called === last ? 1 : 0;
    if (starts.get(called) !== count + more)
      problems.push(`"${called}" was executed ${starts.get(called) ?? 0} times, not ${count + more}`);
  }
  return problems;
}

async function paused(probe: Probe, run: string, label: string): Promise<GraphNode> {
  let seen: readonly GraphNode[] = [];
  for (
    const end = performance.now() + 120_000;
    performance.now() < end;
    await new Promise((go) => setTimeout(go, 100))
  ) {
    seen = (await queryGraph(probe.client.temporal, run))?.nodes ?? [];
    const waiting = seen.find(({ state }) => state === 'paused');
    if (waiting && (waiting.params as { label?: string }).label !== label)
      throw new Error(`${waiting.call} waits, not "${label}"`);
    if (waiting) return waiting;
  }
  throw new Error(`"${label}" does not wait: ${seen.map(({ call, state }) => `${call} ${state}`).join(', ')}`);
}

/** What an operator says. Other parameters are such that the result does not change. */
async function decision(
  probe: Probe,
  one: PauseCase,
): Promise<Pick<Recovery, 'action' | 'params' | 'pool' | 'outputs'>> {
  switch (one.way) {
    case 'fail':
      return { action: 'fail' };
    case 'skip':
      return { action: 'skip', outputs: await cleanOutputs(probe, one) };
    case 'with other parameters':
      return { action: 'retry', params: { salt: `by an operator: ${nameOfPause(one)}` } };
    case 'on another pool':
      return { action: 'retry', pool: OTHER_POOL };
    case 'retry':
      return { action: 'retry' };
  }
}

async function cleanOutputs(probe: Probe, { shape, label }: PauseCase): Promise<{ [port: string]: Json }> {
  const { nodes } = await probe.graph(`clean-${shape.pipeline}`);
  const node = nodes.find(({ params }) => (params as { label?: string } | undefined)?.label === label);
  return Object.fromEntries(
    Object.entries(node?.outputs ?? {}).map(([port, { value }]) => [port, (value ?? null) as Json]),
  );
}

function checkEnd({ way, terminated }: PauseCase, outcome: Outcome, clean: Clean): string[] {
  if (terminated || way === 'fail') {
    if (outcome.state === 'done') return ['the run should have failed, and is done'];
    const said = String(outcome.error);
    return way !== 'fail' || said.includes('planned: the input is wrong') ? [] : [`it failed otherwise: ${said}`];
  }
  if (outcome.state === 'failed') return [`the run failed: ${String(outcome.error)}`];
  const result = canonical(outcome.result);
  return result === clean.result ? [] : [`the run's own result differs: ${result} ≠ ${clean.result}`];
}

async function checkRecord(probe: Probe, one: PauseCase, id: string): Promise<string[]> {
  const node = (await probe.graph(id)).nodes.find(({ recoveries }) => recoveries !== undefined);
  const { by, why, action, pool } = node?.recoveries?.[0] ?? {};
  const told = [by, why, action, pool ?? null].join();
  const due = [
    'operator',
    nameOfPause(one),
    one.way === 'skip' || one.way === 'fail' ? one.way : 'retry',
    one.way === 'on another pool' ? OTHER_POOL : null,
  ].join();
  const problems = told === due ? [] : [`on the record: ${told}, not ${due}`];
  if (one.way === 'on another pool' && node?.pool !== OTHER_POOL) problems.push(`it ran on pool ${node?.pool ?? '?'}`);
  return problems;
}
