import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readStudy, steerStudy } from '../../client/study/studies.js';
import type { StudyState } from '../../core/study/state.js';
import type { TuneFigures } from '../../core/study/tune-figures.js';
import type { TemporalService } from '../../setup/index.js';
import { Probe, startServer } from '../matrix/harness.js';

/** The search repeated within outer folds, on the real server. */
describe('a nested estimate', () => {
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

  const kept = async (study: string): Promise<StudyState> => {
    const state = await readStudy({ store: probe.client.store }, study);
    if (!state) throw new Error(`no study ${study} was kept`);
    return state;
  };
  const run = async (id: string, pipeline: string, params: object) => {
    const outcome = await probe.run(pipeline, { salt: id, ...params } as never, { id });
    if (outcome.state === 'failed') throw outcome.error;
    return { state: await kept(`${id}/tune`), result: outcome.result as unknown as { report: { value: TuneFigures } } };
  };
  const options = { trials: 6, sampler: 'tpe', parallel: 2 };

  it('repeats the search in each outer fold, and judges what it found on what no search has seen', async () => {
    const { state, result } = await run('nested', 'nested-study', { options });
    const { folds, value, spread } = state.nested!;
    expect(folds).toHaveLength(3);
    const parts = (of: readonly { label: string }[]) => of.map(({ label }) => Number(label.split(' ')[1]));
    for (const [i, { params, value: judged }] of folds.entries()) {
      const inner = await kept(`nested/tune/outer-${i + 1}`);
      expect(inner.counts.complete).toBe(6);
      expect(inner.nested).toBeNull();
      expect(params).toEqual(inner.trials[inner.best!]!.params);
      // Its trials were measured on its own part alone; the judgement is the one call on the part held back.
      expect(new Set(parts(probe.events(`nested/tune/outer-${i + 1}`)))).toEqual(new Set([i + 2]));
      const call = (await probe.graph('nested/tune')).nodes.filter(
        ({ scope, node }) => scope === `outer ${i + 1}` && node === 'climb.fit',
      );
      expect(call).toHaveLength(1);
      expect((call[0]!.outputs!['out']!.value as { score: number }).score).toBe(judged);
      expect((call[0]!.params as { x: number }).x).toBe(params!['x']);
    }
    expect(
      parts(probe.events('nested'))
        .filter((n) => n > 10)
        .sort(),
    ).toEqual([12, 13, 14]);
    const values = folds.map((fold) => fold.value!);
    const mean = values.reduce((sum, one) => sum + one, 0) / 3;
    expect(value).toBeCloseTo(mean, 12);
    expect(spread).toBeCloseTo(Math.sqrt(values.reduce((sum, one) => sum + (one - mean) ** 2, 0) / 2), 12);
    // Beside the plain best, not in its place.
    expect(result.report.value).toMatchObject({
      best: state.trials[state.best!]!.values![0],
      nested: { value, spread, folds: 3 },
    });

    // A study that continues as new in the middle comes to the same.
    const again = await run('in-parts', 'nested-study', { options: { ...options, continueAfter: 4 } });
    expect(again.state.nested).toEqual(state.nested);
    expect((await probe.history('in-parts/tune')).length).toBeGreaterThan(1);
  });

  it('has none where an outer fold has no value, and says why; the study has its best all the same', async () => {
    const nested = [
      { search: { salt: 'a' }, held: { salt: 'b' } },
      { search: { salt: 'c', failsFrom: 0 }, held: { salt: 'd' } },
    ];
    const { state, result } = await run('half', 'climbed', { options: { ...options, nested } });
    expect(state).toMatchObject({ status: 'done', nested: { value: null, spread: null, of: 2 } });
    expect(state.nested?.folds[0]).toHaveProperty('value');
    expect(state.nested?.folds[1]?.reason).toContain('no trial of the study succeeded: planned: 0 or more fails');
    expect(result.report.value.nested).toBeNull();
  });

  it('refuses an outer fold that is judged by what its search has seen', async () => {
    const nested = [
      { search: { salt: 'a' }, held: { salt: 'b' } },
      { search: { salt: 'c' }, held: { salt: 'c' } },
    ];
    const id = 'seen';
    const outcome = await probe.run('climbed', { salt: id, options: { ...options, nested } } as never, { id });
    expect(outcome).toMatchObject({ state: 'failed', error: { code: 'TY-STUDY', where: { field: 'nested.1.held' } } });
    expect(probe.events(id)).toEqual([]);
  });

  it('refuses an outer fold of which every table shares rows with its search, before anything is searched', async () => {
    const apart = [
      [0, 10],
      [10, 20],
    ];
    const { state } = await run('apart', 'nested-tables', { options, held: apart });
    expect(state.nested?.folds.map(({ value }) => typeof value)).toEqual(['number', 'number']);
    const held = [apart[0], [10, 25]];
    const id = 'shares';
    const outcome = await probe.run('nested-tables', { salt: id, options, held } as never, { id });
    const shared = 'every table that is to judge it: 80 of the 80 rows of train, 5 of the 15 rows of validation';
    expect(outcome).toMatchObject({
      state: 'failed',
      error: { code: 'TY-STUDY', where: { field: 'nested.1.held' }, message: expect.stringContaining(shared) },
    });
    expect(probe.events(`${id}/tune`)).toEqual([]);
  });

  it('ends with the study when a person stops it; its trials are over before', async () => {
    const nested = [
      { search: { salt: 'a' }, held: { salt: 'b' } },
      { search: { salt: 'c' }, held: { salt: 'd' } },
    ];
    const id = 'stopped';
    const slow = { salt: id, options: { ...options, nested }, params: { ms: 200, steps: 3 } };
    const handle = await probe.start('climbed', slow as never, { id });
    await probe.until((event) => event.run === 'stopped/tune/outer-1');
    const ada = { by: 'ada', why: '' };
    await expect(steerStudy(probe.client, 'stopped/tune', { action: 'grow', trials: 1, ...ada })).rejects.toMatchObject(
      {
        code: 'TY-DECISION',
      },
    );
    await steerStudy(probe.client, 'stopped/tune', { action: 'stop', ...ada });
    expect((await probe.outcome(handle)).state).toBe('done');
    expect(await kept('stopped/tune')).toMatchObject({
      status: 'done',
      counts: { complete: 6 },
      nested: { value: null },
    });
    expect((await kept('stopped/tune/outer-1')).status).toBe('cancelled');
  });
});
