import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { resumeRun } from '../../client/run/resume.js';
import { readStudy, steerStudy, studyNamed } from '../../client/study/studies.js';
import type { StudyState } from '../../core/study/state.js';
import type { TemporalService } from '../../setup/index.js';
import { Probe, startServer } from '../matrix/harness.js';

/** Studies that people steer, that grow, and that continue as new, on the real server. */
describe('a study that goes on', () => {
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

  const start = (id: string, options: object, params: object = {}, salt = id) =>
    probe.start('climbed', { salt, options, params } as never, { id });
  const kept = async (id: string): Promise<StudyState> => {
    const state = await readStudy({ store: probe.client.store }, `${id}/tune`);
    if (!state) throw new Error(`no study of ${id} was kept`);
    return state;
  };
  const now = async (id: string): Promise<StudyState | undefined> =>
    readStudy({ store: probe.client.store, temporal: probe.client.temporal }, `${id}/tune`);
  const until = async (id: string, test: (state: StudyState) => boolean): Promise<StudyState> => {
    for (let left = 600; left > 0; left--) {
      const state = await now(id).catch(() => undefined);
      if (state && test(state)) return state;
      await wait(100);
    }
    throw new Error(`the study of ${id} did not come to it`);
  };
  const found = ({ trials }: StudyState) => trials.map(({ params, state, values }) => ({ params, state, values }));
  const ada = { by: 'ada', why: 'to see' };

  it('is paused, grown, given a trial by hand and resumed, all on the record', async () => {
    const handle = await start('steered', { trials: 3, sampler: 'sobol', parallel: 1 }, { ms: 100, steps: 3 });
    await until('steered', ({ trials }) => trials.length > 0);
    const study = await studyNamed({ store: probe.client.store, temporal: probe.client.temporal }, 'steered');
    await steerStudy(probe.client, study, { action: 'pause', ...ada });
    const paused = await until('steered', ({ counts }) => counts.running === 0);
    expect(paused.status).toBe('paused');
    await steerStudy(probe.client, study, { action: 'grow', trials: 2, ...ada });
    await steerStudy(probe.client, study, { action: 'add', params: { x: 0.71 }, ...ada });
    await expect(steerStudy(probe.client, study, { action: 'pause', ...ada })).rejects.toMatchObject({
      code: 'TY-DECISION',
    });
    await expect(steerStudy(probe.client, study, { action: 'add', params: { x: 7 }, ...ada })).rejects.toMatchObject({
      code: 'TY-PARAM',
      expected: 'a number from 0 to 1',
    });
    await steerStudy(probe.client, study, { action: 'resume', ...ada });
    const outcome = await probe.outcome(handle);
    expect(outcome).toMatchObject({ state: 'done', result: { params: { x: 0.71 } } });
    const state = await kept('steered');
    expect(state.trials).toHaveLength(6);
    expect(state.trials.filter(({ by }) => by === 'given').map(({ params }) => params)).toEqual([{ x: 0.71 }]);
    expect(state.changes.map(({ action, by, why }) => [action, by, why])).toEqual(
      ['pause', 'grow', 'add', 'resume'].map((action) => [action, 'ada', 'to see']),
    );
  });

  it('is stopped with the best so far, or cancelled without a result', async () => {
    for (const action of ['stop', 'cancel'] as const) {
      const handle = await start(action, { trials: 50, sampler: 'sobol' }, { ms: 100, steps: 6 });
      const { run } = await until(action, ({ counts }) => counts.complete > 1);
      await steerStudy(probe.client, run, { action, ...ada });
      const outcome = await probe.outcome(handle);
      const state = await kept(action);
      expect(state.trials.length).toBeLessThan(50);
      if (action === 'stop') {
        const best = state.trials[state.best!]!;
        expect(outcome).toMatchObject({ state: 'done', result: { params: { x: best.params['x'] } } });
        expect(state.ended).toBe('stopped by ada: to see');
      } else expect(outcome).toMatchObject({ state: 'failed', error: { code: 'TY-STUDY-FAILED' } });
    }
  });

  it('is kept when its run is cancelled, and goes on from there', async () => {
    const handle = await start('called-off', { trials: 20, sampler: 'sobol' }, { ms: 100, steps: 3 });
    await until('called-off', ({ counts }) => counts.complete > 1);
    await handle.cancel();
    expect((await probe.outcome(handle)).state).toBe('failed');
    // The run has ended as soon as it asked its study to end.
    const off = await until('called-off', ({ status }) => status === 'cancelled');
    expect(off.trials.length).toBeLessThan(20);
    const grown = await resumeRun(probe.client, 'called-off', { grow: { trials: 1, ...ada } });
    expect((await probe.outcome(grown)).state).toBe('done');
    const state = await kept(grown.workflowId);
    expect(state.trials).toHaveLength(21);
    const ended = found(off).filter(({ state: how }) => how === 'complete');
    expect(found(state)).toEqual(expect.arrayContaining(ended));
  });

  it.each(['tpe', 'gp'])('continues as new with its sampler, %s, and is the same search', async (sampler) => {
    const options = { trials: 24, sampler, parallel: 3 };
    const [whole, inParts] = [`whole-${sampler}`, `parts-${sampler}`];
    await probe.outcome(await start(whole, options));
    await probe.outcome(await start(inParts, { ...options, continueAfter: 7 }));
    const parts = await kept(inParts);
    expect(found(parts)).toEqual(found(await kept(whole)));
    expect((await probe.history(`${inParts}/tune`)).length).toBeGreaterThan(2);
    // Every trial was computed once, and stands in the graph once.
    const labels = probe.events(inParts).map(({ label }) => label);
    expect(new Set(labels).size).toBe(labels.length);
    const { nodes } = await probe.graph(`${inParts}/tune`);
    expect(nodes.filter(({ node }) => node === 'climb.train').map(({ scope }) => scope)).toEqual(
      Array.from({ length: 24 }, (_, number) => `trial ${number}`),
    );
  });

  it('grows when its run is resumed: the search goes on where it ended', async () => {
    await probe.outcome(await start('small', { trials: 6, sampler: 'sobol' }));
    const before = probe.events('small').length;
    const grown = await resumeRun(probe.client, 'small', { grow: { trials: 4, ...ada } });
    const outcome = await probe.outcome(grown);
    expect(outcome.state).toBe('done');
    const state = await kept(grown.workflowId);
    expect(state.trials).toHaveLength(10);
    expect(found(state).slice(0, 6)).toEqual(found(await kept('small')));
    expect(new Set(state.trials.map(({ params }) => params['x'])).size).toBe(10);
    expect(probe.events('small')).toHaveLength(before);
    // A wider search that nobody grew finds the trials that are equal.
    await probe.outcome(await start('wider', { trials: 10, sampler: 'sobol' }, {}, 'small'));
    expect((await kept('wider')).counts.found).toBe(10);
  });
});
