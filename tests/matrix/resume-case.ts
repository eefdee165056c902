import { resumeRun } from '../../client/run/resume.js';
import { canonical } from '../../core/json.js';
import type { Event } from '../fixtures/probe/nodes/probe/outside.js';
import type { Outcome, Probe } from './harness.js';
import type { Enter } from './places.js';
import { nameOf, type Case } from './shapes.js';

/** What a clean run of a shape, in a store of its own, gives and executes. */
export interface Clean {
  readonly result: string;
  /** Executions by label. */
  readonly counts: ReadonlyMap<string, number>;
}

export function countBy(events: readonly Event[], what: Event['what']): Map<string, number> {
  const counts = new Map<string, number>();
  for (const event of events) if (event.what === what) counts.set(event.label, (counts.get(event.label) ?? 0) + 1);
  return counts;
}

export async function cleanRun(probe: Probe, pipeline: string, id = `clean-${pipeline}`): Promise<Clean> {
  const outcome = await probe.run(pipeline, { salt: id }, { id });
  if (outcome.state !== 'done') throw outcome.error;
  const { nodes } = await probe.graph(id);
  const found = nodes.filter(
    ({ state, key }) => state === 'found' && nodes.filter((node) => node.key === key).length < 2,
  );
  if (found.length > 0)
    throw new Error(`the run of ${pipeline} is not clean: it found ${found.map(({ call }) => call).join()}`);
  return { result: canonical(outcome.result), counts: countBy(probe.events(id), 'start') };
}

/**
 * Runs a shape into its planned failure, resumes it as `trainyard resume` does, and gives everything that is not as it
 * must be: what had succeeded is executed once over both runs, everything else as often as it should, and the result is
 * that of a clean run. `enter` lets in a number of runs at once.
 */
export async function runCase(probe: Probe, one: Case, clean: Clean, id: string, enter: Enter): Promise<string[]> {
  const former = await enter(() => runInto(probe, one, id));
  const before = await probe.graph(id);
  if (one.forgotten && one.kind !== 'terminate') await probe.forget(id);
  const { run, outcome } = await enter(async () => {
    const again = await resumeRun(probe.client, id);
    return { run: again.workflowId, outcome: await probe.outcome(again) };
  });
  const problems = [...checkFirst(one, former), ...checkSecond(outcome, clean)];
  problems.push(...checkCounts(one, clean, probe.events(id), probe.events(run)));
  // A run that was terminated has saved no graph: what had finished is seen by the counts alone.
  const finished = new Set(
    before?.nodes.flatMap(({ key, state }) => (key && (state === 'done' || state === 'found') ? [key] : [])),
  );
  for (const node of (await probe.graph(run))?.nodes ?? [])
    if (node.key && finished.has(node.key) && node.state !== 'found')
      problems.push(`${node.call} (${node.node}) had finished, and is "${node.state}" in the resumed run`);
  return problems;
}

/** The first run of a case, to its end. */
export async function runInto(probe: Probe, one: Case, id: string): Promise<Outcome> {
  const { shape, label, kind } = one;
  probe.planFault(id, { label, moment: one.moment, kind, times: one.times });
  const handle = await probe.start(shape.pipeline, { salt: id, brief: kind === 'timeout' ? label : '' }, { id });
  const ended = probe.outcome(handle);
  if (kind === 'cancel' || kind === 'terminate') {
    const told = probe.until((event) => event.what === 'fault' && event.run.split('/')[0] === id);
    const end = (): Promise<unknown> => {
      if (kind === 'cancel') return handle.cancel();
      // To delete a run that goes on ends it, too.
      return one.forgotten ? probe.forget(id) : handle.terminate('planned');
    };
    await Promise.race([told.then(end), ended.then(() => undefined)]);
    told.catch(() => undefined);
  }
  return ended;
}

/** Failures that the engine mends by itself leave nothing to resume. */
function mended({ kind, times }: Case): boolean {
  return times < 3 && (kind === 'transient' || kind === 'throw' || kind === 'crash');
}

/** A study goes on without a failed trial, and a caught failure is caught. */
function survives({ shape, label }: Case): boolean {
  return shape.refusing?.includes(label) === true || label.startsWith('trial ');
}

function checkFirst(one: Case, outcome: Outcome): string[] {
  const should =
    mended(one) || (survives(one) && one.kind !== 'cancel' && one.kind !== 'terminate') ? 'done' : 'failed';
  if (outcome.state === should) return [];
  const how = outcome.state === 'failed' ? String(outcome.error) : canonical(outcome.result);
  return [`the first run should be ${should}, it is ${outcome.state}: ${how}`];
}

function checkSecond(outcome: Outcome, clean: Clean): string[] {
  if (outcome.state === 'failed') return [`the resumed run failed: ${String(outcome.error)}`];
  const result = canonical(outcome.result);
  return result === clean.result ? [] : [`the result differs from a clean run's: ${result} ≠ ${clean.result}`];
}

function checkCounts(one: Case, clean: Clean, earlier: readonly Event[], later: readonly Event[]): string[] {
  const problems: string[] = [];
  const starts = countBy([...earlier, ...later], 'start');
  const faults = countBy([...earlier, ...later], 'fault');
  const failed = faults.get(one.label) ?? 0;
  // On a busy machine an attempt's time may be up before it comes to the planned failure.
  if (one.kind === 'timeout' ? failed < 1 || failed > one.times : failed !== one.times)
    problems.push(`the planned failure happened ${failed} times, not ${one.times}`);
  for (const [label, count] of clean.counts) {
    const had = starts.get(label) ?? 0;
    if (one.shape.refusing?.includes(label)) {
      if (had < 1 || had > 2) problems.push(`"${label}", which always refuses, was executed ${had} times`);
      continue;
    }
    const expected = count + (faults.get(label) ?? 0);
    if (had !== expected) problems.push(`"${label}" was executed ${had} times, not ${expected}`);
  }
  for (const label of starts.keys())
    if (!clean.counts.has(label)) problems.push(`"${label}" was executed, which no clean run has`);
  return problems;
}

/** How to see one case again. */
export function repeatCommand(one: Case): string {
  return `TRAINYARD_CASE='${nameOf(one)}' npx vitest run tests/matrix/resume.real.test.ts`;
}
