import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { STACK, TestProject } from '../cli/harness.js';

/** Partial runs, backfills and schedules by the command, in a session. */
describe('the command', () => {
  const project = new TestProject();
  beforeAll(async () => {
    project.write(
      'pipelines/nightly.ts',
      `import { pipeline } from 'trainyard';\nimport { make } from '../nodes/toy/index.js';\nexport default pipeline('nightly', { schedule: { cron: '0 3 * * *' } }, () => make({ n: 3 }));\n`,
    );
    await project.dev();
  });
  afterAll(() => project.remove());

  it('plans a part of a run, and runs it', async () => {
    expect((await project.run('run', 'toy', '--from', 'toy.sum')).err).toContain('no run of toy has ended yet');
    expect((await project.run('run', 'toy', '-p', 'count=2', '--id', 'whole', '--json')).code).toBe(0);
    const plan = await project.run('run', 'toy', '--only', 'toy.sum', '--dry-run');
    expect(plan.code, plan.all).toBe(0);
    expect(plan.out).toMatch(
      /part of whole\n\s+run\s+toy\.sum\n\s+keep\s+number\[0\]\/toy\.make, number\[1\]\/toy\.make, number\[0\]\/toy\.add/,
    );
    const part = await project.run('run', 'toy', '--using', 'whole', '--to', 'number[0]/toy.add', '--id', 'part');
    expect(part.code, part.all).toBe(0);
    expect(part.out).toMatch(/leave out\s+toy\.sum/);
    const shown = await project.run('show', 'part');
    expect(shown.out).toMatch(/skipped\s+toy\.sum/);
    const wrong = await project.run('run', 'toy', '--from', 'toy.smu');
    expect([wrong.code, wrong.all]).toEqual([2, expect.stringContaining('did you mean "toy.sum"?')]);
    expect((await project.run('run', 'toy', '--from', 'toy.sum', '-p', 'count=3')).err).toContain('has the parameters');
    expect((await project.run('run', 'slowly', '--using', 'whole')).err).toContain('is a run of toy, not of slowly');
    expect(wrong.all).not.toMatch(STACK);
  });

  it('backfills, shows and lists', async () => {
    const begun = await project.run(
      'backfill',
      'toy',
      '--param',
      'label',
      '--values',
      'a, 2',
      '--with',
      'count=1',
      '--id',
      'two',
      '--json',
    );
    expect(begun.code, begun.all).toBe(0);
    expect(JSON.parse(begun.out)).toEqual({
      backfill: 'two',
      runs: [expect.stringMatching(/^toy-two-a-[0-9a-f]{8}$/), expect.stringMatching(/^toy-two-2-[0-9a-f]{8}$/)],
    });
    for (let turn = 0; turn < 30; turn++) {
      const { out } = await project.run('backfill', 'show', 'two', '--json');
      if ((JSON.parse(out) as { open: boolean }).open === false) break;
    }
    const shown = await project.run('backfill', 'show', 'two');
    expect(shown.out).toMatch(/two {2}toy, label: 2 done; it does not go on/);
    expect(shown.out).toMatch(/^2\s+done\s+.*toy-two-2-[0-9a-f]{8}$/m);
    const folders = await project.run(
      ...['backfill', 'toy', '--param', 'label', '--folders', 'nodes/*', '--with', 'count=1', '--id', 'dirs', '--json'],
    );
    expect(JSON.parse(folders.out)).toEqual({
      backfill: 'dirs',
      runs: [expect.stringMatching(/^toy-dirs-nodes-toy-/)],
    });
    expect((await project.run('backfill', 'list')).out).toMatch(/two\s+toy\s+label\s+2/);
    expect((await project.run('backfill', 'stop', 'two')).code).toBe(2);
    expect((await project.run('backfill', 'toy', '--param', 'cuont', '--values', '1')).err).toContain(
      'did you mean "count"?',
    );
    expect((await project.run('backfill', 'toy', '--param', 'count', '--from', '2013-01-01')).err).toContain(
      'for which values?',
    );
  });

  it('lists schedules, pauses and resumes them', async () => {
    expect((await project.run('schedules')).out).toMatch(/nightly\s+0 3 \* \* \*\s+skip\s+20\d\d-/);
    expect((await project.run('schedules', 'pause', 'nightly', '--why', 'holidays')).code).toBe(0);
    expect((await project.run('schedules')).out).toMatch(/nightly.*paused.*holidays/);
    expect((await project.run('schedules', 'resume', 'nightly')).code).toBe(0);
    const unknown = await project.run('schedules', 'trigger', 'nihgtly');
    expect([unknown.code, unknown.all]).toEqual([2, expect.stringContaining('did you mean "nightly"?')]);
  });
});
