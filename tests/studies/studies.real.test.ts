import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readStudy, tellStudy } from '../../client/study/studies.js';
import type { StudyState } from '../../core/study/state.js';
import type { TemporalService } from '../../setup/index.js';
import { Probe, startServer } from '../matrix/harness.js';

/** Studies on the real server: what trials computed is counted from outside. */
describe('a study', () => {
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

  /** Runs a study, and gives what it published in the end. */
  async function study(id: string, pipeline: string, params: object): Promise<{ state: StudyState; result: Found }> {
    const outcome = await probe.run(pipeline, { salt: id, ...params } as never, { id });
    if (outcome.state === 'failed') throw outcome.error;
    const state = await readStudy({ store: probe.client.store }, `${id}/tune`);
    if (!state) throw new Error('no study was kept');
    return { state, result: outcome.result as unknown as Found };
  }
  interface Found {
    readonly best: { readonly value: { readonly score: number } };
    readonly params: { readonly x: number };
  }

  const failure = async (id: string, params: object): Promise<unknown> => {
    const outcome = await probe.run('climbed', { salt: id, ...params } as never, { id });
    return outcome.state === 'failed' ? outcome.error : undefined;
  };

  /** Steps that were computed, by x. */
  const stepsOf = (id: string): Map<string, number[]> => {
    const steps = new Map<string, number[]>();
    for (const { what, label } of probe.events(id)) {
      const [x = '', , step = ''] = label.split(' ');
      if (what === 'start') steps.set(x, [...(steps.get(x) ?? []), Number(step)]);
    }
    return steps;
  };

  it('publishes its trials, its best and why it ended', async () => {
    const { state, result } = await study('plain', 'climbed', { options: { trials: 5, sampler: 'sobol' } });
    expect(state).toMatchObject({ status: 'done', counts: { complete: 5, running: 0 }, target: 'climb.train' });
    const best = state.trials.reduce((one, other) => (other.values![0]! > one.values![0]! ? other : one));
    expect(state.best).toBe(best.number);
    expect(result.params.x).toBe(best.params['x']);
    expect(result.best.value.score).toBe(best.values![0]);
    expect(state.ended).toBe('all 5 trials were begun');
  });

  it('runs rungs from one checkpoint to the next, and stops what is behind', async () => {
    const options = { trials: 9, sampler: 'sobol', pruner: { name: 'asha', min: 1, eta: 3 }, parallel: 2 };
    const { state } = await study('rungs', 'climbed', { options });
    expect(state.counts.pruned).toBeGreaterThan(0);
    expect(state.counts.complete).toBeGreaterThan(0);
    for (const { params, state: how, reports } of state.trials) {
      const rungs = reports.map(([step]) => step);
      expect(rungs).toEqual([1, 3, 9].slice(0, rungs.length));
      if (how === 'complete') expect(rungs).toHaveLength(3);
      // Each step was computed once: a rung goes on from the one before.
      const last = rungs.at(-1)!;
      expect(stepsOf('rungs').get(String(params['x']))).toEqual(Array.from({ length: last }, (_, i) => i + 1));
    }
  });

  it('stops a running trial by what it reports, the same way whatever the timing, and finds it so again', async () => {
    const options = { trials: 10, sampler: 'sobol', pruner: { name: 'median', startup: 2 }, parallel: 2 };
    const params = { steps: 9, ms: 150 };
    const { state } = await study('live', 'climbed', { options, params });
    expect(state.counts.pruned).toBeGreaterThan(0);
    const pruned = state.trials.filter((trial) => trial.state === 'pruned');
    for (const trial of pruned) {
      expect(trial.reports.length).toBeLessThan(9);
      expect(stepsOf('live').get(String(trial.params['x']))!.length).toBeLessThan(9);
    }
    const before = probe.events().length;
    const again = await study('live-again', 'climbed', { salt: 'live', options, params });
    const told = ({ trials }: StudyState) =>
      trials.map(({ params: p, state: s, reports, values }) => ({ p, s, reports, values }));
    expect(told(again.state)).toEqual(told(state));
    expect(probe.events().length).toBe(before);
  });

  it('takes the mean of folds, tells their spread, and stops between them', async () => {
    const options = { trials: 14, sampler: 'sobol', pruner: { name: 'wilcoxon', p: 0.2 }, parallel: 1 };
    const { state } = await study('folds', 'folded', { options });
    const complete = state.trials.filter((trial) => trial.state === 'complete');
    for (const { folds, values, spread } of complete) {
      expect(folds).toHaveLength(4);
      expect(values![0]).toBeCloseTo(folds!.reduce((sum, one) => sum + one, 0) / 4, 12);
      expect(spread).toBeGreaterThan(0);
    }
    expect(state.counts.pruned).toBeGreaterThan(0);
    expect(state.optimism?.method).toContain('Tibshirani');
  });

  it('counts failed trials and values that are no number, and fails with the first reason when none succeeds', async () => {
    const options = { trials: 8, sampler: 'sobol', failures: 3 };
    const { state } = await study('some-fail', 'climbed', { options, params: { failsFrom: 0.8, nullFrom: 0.6 } });
    expect(state.counts.failed).toBeGreaterThan(1);
    const reasons = new Set(state.trials.map(({ reason }) => reason));
    expect(reasons).toEqual(new Set([undefined, 'planned: 0.8 or more fails', 'out.score is null, no number']));
    expect(await failure('all-fail', { options, params: { failsFrom: 0 } })).toMatchObject({
      code: 'TY-STUDY-FAILED',
      actual: 'first reason: planned: 0 or more fails',
    });
    // It failed by its own trials: it was not skipped.
    const children = (await probe.graph('all-fail')).nodes.filter(({ kind }) => kind === 'child');
    expect(children.map(({ state }) => state)).toEqual(['failed']);
  });

  it('chooses among trials that keep all limits, and says so when none does', async () => {
    const limited = (most: number) => ({
      options: { trials: 8, sampler: 'sobol', constraints: { size: { at: 'out.size', most } } },
    });
    const { state, result } = await study('limited', 'climbed', limited(60));
    const kept = state.trials.filter(({ constraints }) => constraints![0]! <= 0);
    expect(kept.map(({ params: { x } }) => Math.round(100 * Number(x)) <= 60)).toEqual(kept.map(() => true));
    expect(kept.length).toBeLessThan(8);
    const best = kept.reduce((one, other) => (other.values![0]! > one.values![0]! ? other : one));
    // The best of all is nearer to 0.7, and too large.
    expect(Math.max(...state.trials.map(({ values }) => values![0]!))).toBeGreaterThan(best.values![0]!);
    expect(result.params.x).toBe(best.params['x']);
    expect(state.constraints).toEqual([{ name: 'size', at: 'out.size', expected: 'at most 60' }]);
    expect(await failure('none-kept', limited(-1))).toMatchObject({
      code: 'TY-STUDY-FAILED',
      what: 'no trial of the study keeps all constraints',
    });
  });

  it('begins no trial once its cost is spent: a figure of the trials, or seconds of computation', async () => {
    const figure = { sampler: 'sobol', parallel: 1, cost: { most: 150, at: 'out.size' } };
    const { state } = await study('price', 'climbed', { options: figure });
    const sizes = state.trials.map(({ params: { x } }) => Math.round(100 * Number(x)));
    const sum = sizes.reduce((all, size) => all + size, 0);
    expect(state.spent.cost).toBe(sum);
    expect(state.ended).toBe(`its cost is spent: ${sum}`);
    expect(sum).toBeGreaterThanOrEqual(150);
    expect(sum - sizes.at(-1)!).toBeLessThan(150);
    const seconds = { sampler: 'sobol', parallel: 1, cost: 0.5 };
    const { state: timed } = await study('seconds', 'climbed', { options: seconds, params: { steps: 2, ms: 100 } });
    const took = timed.trials.map(({ ms }) => ms! / 1000);
    expect(timed.spent.cost).toBeCloseTo(
      took.reduce((all, one) => all + one, 0),
      9,
    );
    expect(timed.spent.cost).toBeGreaterThanOrEqual(0.5);
    expect(timed.spent.cost - took.at(-1)!).toBeLessThan(0.5);
  });

  it('begins no trial once its time is over, and ends when the last one has', async () => {
    const options = { sampler: 'sobol', parallel: 2, time: '2 seconds' };
    const { state } = await study('timed', 'climbed', { options, params: { steps: 2, ms: 150 } });
    expect(state).toMatchObject({ status: 'done', ended: 'its time is over', budget: { timeMs: 2_000 } });
    expect(state.counts).toMatchObject({ complete: state.trials.length, running: 0 });
    const latest = Math.max(...state.trials.map(({ startedAt }) => startedAt));
    expect(latest - state.startedAt).toBeLessThan(2_000);
    expect(state.endedAt! - state.startedAt).toBeGreaterThanOrEqual(2_000);
  });

  it('refuses an objective that no trial gives, with the nearest', async () => {
    const error = await failure('nowhere', {
      options: { trials: 3, objectives: { score: { at: 'out.scroe', direction: 'maximize' } } },
    });
    expect(error).toMatchObject({ code: 'TY-STUDY', where: { node: 'climb.train' } });
    expect((error as Error).message).toContain(
      'climb.train gives nothing at out.scroe: no "scroe"; did you mean "score"?',
    );
  });

  it('is asked only for what is new, by who knows it already', async () => {
    const { temporal, store } = probe.client;
    const options = { trials: 6, sampler: 'sobol', parallel: 1 };
    const handle = await probe.start('climbed', { salt: 'new', options, params: { steps: 2, ms: 300 } } as never, {
      id: 'new',
    });
    const look = (known?: StudyState): Promise<StudyState | undefined> =>
      readStudy({ temporal, store }, 'new/tune', known);
    let before = await look();
    while ((before?.counts.complete ?? 0) < 2) before = await look();
    // What is known of trials that have ended is not asked for again, so it stays as it was given here.
    const known = { ...before!, trials: before!.trials.map((trial) => ({ ...trial, by: 'known' })) };
    const now = await look(known);
    expect(now!.trials.slice(0, 2).map(({ by }) => by)).toEqual(['known', 'known']);
    expect(now!.trials.at(-1)?.by).toBe('sobol');
    // Of a study that began at another time, everything is.
    expect((await look({ ...known, startedAt: 1 }))?.trials.map(({ by }) => by)).not.toContain('known');
    expect((await probe.outcome(handle)).state).toBe('done');
  });

  it('whose Workflow was terminated is gone for its trials, not away', async () => {
    const tell = tellStudy(probe.client);
    const report = { trial: 0, reports: [[1, 0.5]] } as const;
    await expect(tell('never-begun/tune', report)).rejects.toMatchObject({ code: 'TY-RUN-ENDED' });
    const options = { trials: 2, sampler: 'sobol', pruner: { name: 'median', startup: 2 }, parallel: 1 };
    const params = { steps: 9, ms: 300 };
    const handle = await probe.start('climbed', { salt: 'gone', options, params } as never, { id: 'gone' });
    while (stepsOf('gone').size === 0) await new Promise((again) => setTimeout(again, 50));
    expect(await tell('gone/tune', report)).toMatchObject({ stop: false });
    await probe.client.temporal.workflow.getHandle('gone/tune').terminate();
    await expect(tell('gone/tune', report)).rejects.toMatchObject({ code: 'TY-RUN-ENDED' });
    expect((await probe.outcome(handle)).state).toBe('failed');
  });

  it('tunes a sub-pipeline', async () => {
    const { state, result } = await study('parts', 'over-parts', { options: { trials: 4, sampler: 'random' } });
    expect(state).toMatchObject({ target: 'two-steps', counts: { complete: 4 } });
    expect(result.params.x).toBe(state.trials[state.best!]!.params['x']);
    const graph = await probe.graph('parts/tune');
    expect(graph.nodes.filter(({ scope }) => scope === 'trial 3').map(({ node }) => node)).toEqual([
      'climb.part',
      'climb.fit',
    ]);
  });
});
