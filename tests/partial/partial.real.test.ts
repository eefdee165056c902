import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readPlan, startPart, type PartChoice } from '../../client/run/partial.js';
import { resumeRun } from '../../client/run/resume.js';
import type { GraphRecord } from '../../core/graph.js';
import type { TemporalService } from '../../setup/index.js';
import { readRun } from '../../store/index.js';
import { Probe, startServer } from '../matrix/harness.js';

/** A part of a run on the real server: what ran is counted from outside. */
describe('a partial run', () => {
  let server: TemporalService;
  let probe: Probe;
  beforeAll(async () => {
    server = await startServer();
    probe = await Probe.start(server);
  });
  afterAll(async () => {
    await probe?.close();
    await server?.stop();
  });

  const labelled = (graph: GraphRecord, label: string): string =>
    graph.nodes.find(({ params }) => (params as { label?: string } | undefined)?.label === label)?.call ?? label;

  /** Runs a part of a run, its calls named by their labels; gives result, executions, and states by label. */
  async function part(used: string, id: string, choice: PartChoice) {
    const graph = await probe.graph(used);
    const calls = Object.fromEntries(
      Object.entries(choice).map(([name, labels]: [string, readonly string[]]) => [
        name,
        labels.map((label) => labelled(graph, label)),
      ]),
    );
    const plan = await readPlan(probe.client, used, calls);
    const outcome = await probe.outcome(await startPart(probe.client, plan, { id }));
    if (outcome.state === 'failed') throw outcome.error;
    return { result: outcome.result, ran: ranIn(id), states: statesOf(await probe.graph(id)) };
  }

  const ranIn = (id: string): string[] =>
    probe
      .events(id)
      .filter(({ what }) => what === 'start')
      .map(({ label }) => label)
      .sort();

  function statesOf(graph: GraphRecord): Record<string, string> {
    return Object.fromEntries(
      graph.nodes.map(({ params, node, state }) => [(params as { label?: string } | undefined)?.label ?? node, state]),
    );
  }

  /** New code of all nodes: their keys are others from now on; a step adds so many times what it should. */
  async function edit(times: number): Promise<void> {
    const file = 'nodes/probe/worker.ts';
    const source = probe
      .read(file)
      .replace(/inputs\.from\.value\.n \+ (\d+ \* )?add/, `inputs.from.value.n + ${times} * add`)
      .replace(
        /(Reflect\.set\(.*\);)?\n {2}note\('start'/,
        `Reflect.set(globalThis, 'edition', ${times});\n  note('start'`,
      );
    probe.write(file, source);
    await probe.reload();
  }

  it('keeps what is upstream, whatever its code is now, and runs the rest', async () => {
    await probe.run('linear', { salt: 'kept' }, { id: 'linear-1' });
    await edit(10);
    // a = 1, b = 2, kept as they were; c = 3 and d = 3 + 10 by the new code.
    const { result, ran, states } = await part('linear-1', 'linear-2', { from: ['c'] });
    expect(result).toMatchObject({ value: { n: 13 } });
    expect(ran).toEqual(['c', 'd']);
    expect(states).toEqual({ a: 'found', b: 'found', c: 'done', d: 'done' });
    // The whole pipeline with the new code gives another result: b was not kept for nothing.
    const whole = await probe.run('linear', { salt: 'kept' }, { id: 'linear-3' });
    expect(whole).toMatchObject({ state: 'done', result: { value: { n: 1 + 10 + 1 + 10 } } });
  });

  it('does not run what is downstream, and is done without it', async () => {
    await probe.run('diamond', { salt: 'to' }, { id: 'diamond-1' });
    await edit(100);
    const { result, ran, states } = await part('diamond-1', 'diamond-2', { to: ['c'] });
    expect(result).toBeNull();
    expect(ran).toEqual(['a', 'c']);
    expect(states).toEqual({ a: 'done', b: 'skipped', c: 'done', d: 'skipped' });
    expect((await readRun(probe.client.store, 'diamond-2'))?.end?.status).toBe('completed');
    // A resume of a part is that part.
    const again = await probe.outcome(await resumeRun(probe.client, 'diamond-2'));
    expect(again.state).toBe('done');
    expect(
      probe.events().filter(({ label, run }) => label === 'd' && run !== 'diamond-1' && !run.startsWith('linear')),
    ).toEqual([]);
  });

  it('runs one node alone, and skips one in the middle by what it gave before', async () => {
    const only = await part('diamond-1', 'diamond-only', { only: ['b'] });
    expect([only.ran, only.states]).toEqual([['b'], { a: 'found', b: 'done', c: 'found', d: 'skipped' }]);
    const skip = await part('diamond-1', 'diamond-skip', { skip: ['b'] });
    // b kept as the first run gave it, 1 + 10; c by the new code, found: 1 + 100 × 2.
    expect(skip.result).toMatchObject({ value: { n: 11 + 201 } });
    expect(skip.ran).toEqual(['d']);
  });

  it('keeps a study with its result, or leaves it out, as one node', async () => {
    await probe.run('searched', { salt: 'study' }, { id: 'searched-1' });
    await edit(7);
    const kept = await part('searched-1', 'searched-2', { from: ['after'] });
    expect(kept.ran).toEqual(['after']);
    expect(kept.states).toMatchObject({ study: 'found', after: 'done' });
    const left = await part('searched-1', 'searched-3', { only: ['from'] });
    expect(left.ran).toEqual(['from']);
    expect(left.states).toEqual({ from: 'done', study: 'skipped', after: 'skipped' });
    // A part of a part knows the study's result still.
    const again = await part('searched-2', 'searched-4', { only: ['after'] });
    expect(again.states).toMatchObject({ study: 'found', after: 'found' });
    expect(again.result).toEqual(kept.result);
  });

  it('fails when a node of it fails that nobody waits for, though something is left out', async () => {
    await probe.run('dropped', { salt: 'unseen' }, { id: 'dropped-1' });
    await edit(3);
    probe.planFault('dropped-2', { label: 'aside', moment: 'before', kind: 'user', times: 1 });
    await expect(part('dropped-1', 'dropped-2', { only: ['aside'] })).rejects.toThrow(/planned: the input is wrong/);
  });

  it('keeps the calls of a map, each by its scope', async () => {
    await probe.run('width', { salt: 'wide' }, { id: 'width-1' });
    const { ran, states } = await part('width-1', 'width-2', { from: ['all'] });
    expect(ran).toEqual([]);
    expect(new Set(Object.values(states))).toEqual(new Set(['found']));
  });

  it('refuses what the used run does not have', async () => {
    await expect(readPlan(probe.client, 'diamond-1', { from: ['probe.stp'] })).rejects.toThrow(
      /did you mean "probe\.step"/,
    );
    await expect(readPlan(probe.client, 'nothing', {})).rejects.toThrow(/there is no run "nothing"/);
  });
});
