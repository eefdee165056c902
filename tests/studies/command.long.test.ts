import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { StudyState } from '../../core/study/state.js';
import type { TemporalService } from '../../setup/index.js';
import { startCommand, type Ended } from '../cli/command.js';
import { STACK } from '../cli/harness.js';
import { Probe, startServer } from '../matrix/harness.js';

/** A study as people see and steer it from the command line: a real process, beside the real server. */
describe('trainyard study', () => {
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

  const start = (id: string, options: object, params: object = {}) =>
    probe.start('climbed', { salt: id, options, params } as never, { id });
  const command = (...args: string[]): Promise<Ended> => startCommand(probe.folder, args).ended;
  const study = (...args: string[]): Promise<Ended> => command('study', ...args);
  const done = async (...args: string[]): Promise<string> => {
    const { code, out, err } = await study(...args);
    expect(code, err).toBe(0);
    return out;
  };
  const state = async (id: string): Promise<StudyState> => JSON.parse(await done(id, '--json')) as StudyState;
  const until = async (id: string, test: (state: StudyState) => boolean): Promise<StudyState> => {
    for (;;) {
      const now = await state(id);
      if (test(now)) return now;
    }
  };
  const refused = async (code: number, name: string, ...args: string[]): Promise<string> => {
    const ended = await study(...args);
    expect(ended.code, ended.err).toBe(code);
    expect(ended.err).toContain(`[${name}]`);
    expect(ended.err).toContain('to do:');
    expect(ended.err).not.toMatch(STACK);
    return ended.err;
  };

  it('pauses, grows, adds a trial, resumes: each on the record, and shown', async () => {
    // A trial takes ten seconds: there is time for what people do.
    const handle = await start('steered', { trials: 3, sampler: 'sobol', parallel: 1 }, { ms: 5_000, steps: 2 });
    await probe.until(({ run }) => run.startsWith('steered/'));
    expect(await done('steered', 'pause', '--by', 'ada', '--why', 'to look')).toBe('steered/tune: pause, by ada\n');
    await until('steered', ({ status, counts }) => status === 'paused' && counts.running === 0);
    expect(await refused(1, 'TY-DECISION', 'steered', 'pause')).toContain('trainyard study steered resume');

    // A trial outside the space: parameter, value, range, and what to do.
    const outside = await refused(2, 'TY-PARAM', 'steered', 'add', '-p', 'x=7');
    expect(outside).toContain('x is 7, which the space does not hold');
    expect(outside).toContain('expected: a number from 0 to 1');
    expect(outside).toContain('widen it and run again');
    expect(await refused(2, 'TY-PARAM', 'steered', 'add', '-p', 'y=0.5')).toContain('x is missing');
    expect(await refused(2, 'TY-PARAM', 'steered', 'add', '-p', 'x=0.5', '-p', 'xx=1')).toContain('did you mean "x"?');
    expect(await refused(2, 'TY-USAGE', 'steered', 'add')).toContain('-p name=value');
    expect(await refused(2, 'TY-USAGE', 'steered', 'add', '-p', 'x')).toContain('name=value');
    expect(await refused(2, 'TY-USAGE', 'steered', 'grow')).toContain('--trials +50');
    expect(await refused(2, 'TY-USAGE', 'steered', 'grow', '--trials', 'many')).toContain('"many"');

    await done('steered', 'grow', '--trials', '+1', '--by', 'ada');
    const added = JSON.parse(await done('steered', 'add', '-p', 'x=0.71', '--by', 'bob', '--json')) as object;
    expect(added).toEqual({ study: 'steered/tune', action: 'add', params: { x: 0.71 }, by: 'bob', why: '' });
    expect(await done('steered')).toMatch(/paused/);
    await done('steered', 'resume', '--study', 'tune', '--by', 'ada');
    expect(await probe.outcome(handle)).toMatchObject({ state: 'done', result: { params: { x: 0.71 } } });

    const over = await state('steered');
    expect(over).toMatchObject({ status: 'done', counts: { complete: 5 } });
    expect(over.changes.map(({ action, by, why }) => [action, by, why])).toEqual([
      ['pause', 'ada', 'to look'],
      ['grow', 'ada', ''],
      ['add', 'bob', ''],
      ['resume', 'ada', ''],
    ]);
    const shown = await done('steered');
    expect(shown).toContain('5 trials, best out.score');
    expect(shown).toMatch(/best out\.score so far {2}[▁▂▃▄▅▆▇█]+/u);
    expect(shown).toMatch(/^ +\d+ {2}best .*x=0\.71$/m);
    expect(shown).toContain('ada: no new trials for now (to look)');
  });

  it('stops with the best so far, or cancels without a result', async () => {
    for (const action of ['stop', 'cancel'] as const) {
      const handle = await start(action, { trials: 50, sampler: 'sobol' }, { ms: 200, steps: 2 });
      await until(action, ({ counts }) => counts.complete > 0);
      await done(action, action, '--by', 'ada', '--why', 'enough');
      const outcome = await probe.outcome(handle);
      const { status, trials, ended } = await state(action);
      expect(trials.length).toBeLessThan(50);
      expect(outcome.state).toBe(action === 'stop' ? 'done' : 'failed');
      expect({ status, ended }).toEqual(
        action === 'stop'
          ? { status: 'done', ended: 'stopped by ada: enough' }
          : { status: 'failed', ended: 'cancelled by ada: enough' },
      );
    }
  });

  it('says what it does not know, and what a study that is over takes', async () => {
    expect(await refused(2, 'TY-STUDY-UNKNOWN', 'nothing')).toContain('run "nothing" has no study');
    expect(await refused(2, 'TY-STUDY-UNKNOWN', 'stop', '--study', 'tnue')).toContain('did you mean "tune"?');
    expect(await refused(1, 'TY-DECISION', 'stop', 'pause')).toContain('trainyard resume stop --trials +50');
    expect((await study('stop', 'shrink')).err).toContain('grow, add, pause, resume, stop, cancel');
  });

  it('goes on where it ended when its run is resumed with more trials', async () => {
    await probe.outcome(await start('small', { trials: 4, sampler: 'sobol' }));
    const before = await state('small');
    const wrong = await command('resume', 'small', '--trials', 'more');
    expect(wrong).toMatchObject({ code: 2 });
    expect(wrong.err).toContain('"more" is no number of trials');
    const { code, out, err } = await command('resume', 'small', '--trials', '+3', '--why', 'rising', '--json');
    expect(code, err).toBe(0);
    const { run } = JSON.parse(out) as { run: string };
    const grown = await state(run);
    expect(grown.trials).toHaveLength(7);
    expect(grown.trials.slice(0, 4).map(({ params, values }) => ({ params, values }))).toEqual(
      before.trials.map(({ params, values }) => ({ params, values })),
    );
    expect(grown.changes.map(({ action, why }) => [action, why])).toEqual([['grow', 'rising']]);
    // What had been computed was found: each x but for the three new ones once.
    expect(new Set(probe.events(`${run}`).map(({ label }) => label.split(' ')[0])).size).toBe(3);
  });
});
