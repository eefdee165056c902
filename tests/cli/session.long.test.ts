import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Started } from './command.js';
import { interrupt, STACK, TestProject } from './harness.js';

interface GraphShown {
  readonly run: string;
  readonly open: boolean;
  readonly source: string;
  readonly graph: { readonly state: string; readonly nodes: readonly { node: string; state: string }[] };
}

describe('a session', { timeout: 120_000 }, () => {
  const project = new TestProject();
  let dev: Started;
  beforeAll(async () => {
    dev = await project.dev();
  });
  afterAll(() => project.remove());

  it('refuses a second session of the same project, naming the first', async () => {
    const second = await project.run('dev');
    expect(second.code, second.all).toBe(1);
    expect(second.err).toContain('[TY-DEV-RUNNING]');
    expect(second.err).toContain(String(dev.child.pid));
    expect(second.all).not.toMatch(STACK);
  });

  it('runs a pipeline: nodes as they end, then the result; again, all is found', async () => {
    const first = await project.run('run', 'toy', '-p', 'count=2', '-p', 'label=7', '--id', 'first');
    expect(first.code, first.all).toBe(0);
    expect(first.out).toMatch(/✓ number\[1\]\/toy\.make/);
    expect(first.out).toMatch(/not negative {2}gate: yes/);
    expect(first.out).toContain('"n": 21');
    const again = await project.run('run', 'toy', '-p', 'count=2', '-p', 'label=7', '--json');
    expect(again.code, again.all).toBe(0);
    const result = JSON.parse(again.out) as { outcome: string; nodes: string; result: { value: unknown } };
    expect(result).toMatchObject({ outcome: 'done', result: { value: { n: 21 } } });
    expect(result.nodes).toBe('5 found, 1 done');
  });

  it('refuses the id of a run that there is', async () => {
    const ended = await project.run('run', 'toy', '--id', 'first');
    expect(ended.code, ended.all).toBe(2);
    expect(ended.err).toContain('[TY-RUN-EXISTS]');
    expect(ended.all).not.toMatch(STACK);
    expect((await project.run('run', 'toy', '--id', 'a/b')).err).toContain('[TY-PARAM]');
  });

  it('lists runs and shows one, for people and for programs', async () => {
    const runs = await project.run('runs', '--pipeline', 'toy');
    expect(runs.out).toMatch(/first\s+toy\s+done\s+\S+ \S+\s+.*6 done/);
    const shown = await project.run('show', 'first');
    expect(shown.code).toBe(0);
    expect(shown.out).toMatch(/first {2}done in/);
    expect(shown.out).toMatch(/✓ done\s+number\[0\]\/toy\.add/);
    expect(shown.out).toMatch(/decisions\n\s+yes not negative/);
    expect(shown.out).toContain('Temporal UI');
    const record = JSON.parse((await project.run('show', 'first', '--json')).out) as GraphShown;
    expect(record).toMatchObject({ run: 'first', open: false, graph: { state: 'done' } });
    const unknown = await project.run('show', 'frist');
    expect(unknown.code).toBe(2);
    expect(unknown.err).toContain('did you mean "first"?');
  });

  it('draws the graph of a run and of a pipeline, as text, Mermaid and SVG', async () => {
    expect((await project.run('graph', 'first')).out).toContain('toy.sum');
    expect((await project.run('graph', 'toy', '--format', 'mermaid')).out).toMatch(/^flowchart TD/);
    const svg = await project.run('graph', 'first', '--format', 'svg', '-o', 'first.svg');
    expect(svg.code, svg.all).toBe(0);
    expect(project.read('first.svg')).toMatch(/^<svg [^>]*xmlns=/);
    expect((await project.run('graph', 'frist')).err).toContain('did you mean "first"?');
    expect((await project.run('graph', 'first', '--format', 'png')).code).toBe(2);
  });

  it('says what a run failed with: place, expected, actual, what to do; exit code 1', async () => {
    const wrong = await project.run('run', 'failing', '-p', 'how=user', '--id', 'wrong');
    expect(wrong.code, wrong.all).toBe(1);
    expect(wrong.err).toContain('the value is wrong');
    expect(wrong.err).toMatch(/column x/);
    expect(wrong.err).toMatch(/expected: a number\n {2}actual: {3}abc/);
    expect(wrong.all).not.toMatch(STACK);
    expect((await project.run('show', 'wrong')).out).toMatch(/errors\n\s+the value is wrong/);
    const json = await project.run('run', 'failing', '-p', 'how=crash', '--json');
    expect(json.code, json.all).toBe(1);
    expect(JSON.parse(json.out)).toMatchObject({ outcome: 'failed', error: { code: 'TY-NODE-CRASHED' } });
  });

  it('a data file that is missing, and one that is not what its schema says: row and column', async () => {
    const missing = await project.run('run', 'reading', '-p', 'source=nothing.csv');
    expect(missing.code, missing.all).toBe(1);
    expect(missing.err).toContain('nothing.csv');
    expect(missing.all).not.toMatch(STACK);
    project.write('animals.csv', 'name,mass\nadelie,3700\ngentoo,heavy\n');
    const wrong = await project.run('run', 'reading', '-p', 'source=animals.csv');
    expect(wrong.code, wrong.all).toBe(1);
    expect(wrong.err).toMatch(/column mass/);
    expect(wrong.err).toMatch(/row (2|3)/);
    expect(wrong.err).toContain('heavy');
    expect(wrong.all).not.toMatch(STACK);
  });

  it('Ctrl-C leaves the run going and says how to take it up; show --follow does', async () => {
    const run = project.start(['run', 'slowly', '-p', 'tag=interrupted', '-p', 'ms=1500', '--id', 'left']);
    await run.says(/run left/);
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    const ended = await interrupt(run);
    expect(ended.code, ended.all).toBe(130);
    expect(ended.err).toContain('trainyard show left --follow');
    expect(ended.all).not.toMatch(STACK);
    expect((await project.run('runs', '--state', 'running')).out).toContain('left');
    const open = JSON.parse((await project.run('show', 'left', '--json')).out) as GraphShown;
    expect(open).toMatchObject({ open: true, source: 'workflow' });
    const follow = await project.run('show', 'left', '--follow');
    expect(follow.code, follow.all).toBe(0);
    expect(follow.out).toMatch(/done in .*2 done/);
  });

  it('cancels a run, and what had finished is found by the next', async () => {
    const run = project.start(['run', 'slowly', '-p', 'tag=ended', '-p', 'ms=4000', '--id', 'ended']);
    await run.says(/✓ toy\.slow/);
    const cancel = await project.run('cancel', 'ended', '--wait');
    expect(cancel.code, cancel.all).toBe(0);
    const ended = await run.ended;
    expect(ended.code, ended.all).toBe(1);
    expect(ended.err).toContain('[TY-RUN-ENDED]');
    expect((await project.run('runs')).out).toMatch(/ended\s+slowly\s+cancelled/);
    expect((await project.run('cancel', 'ended')).out).toContain('has ended already: cancelled');
    expect((await project.run('cancel', 'endde')).err).toContain('did you mean "ended"?');
    const again = await project.run('run', 'slowly', '-p', 'tag=ended', '-p', 'ms=4000', '--json');
    expect(JSON.parse(again.out)).toMatchObject({ outcome: 'done', nodes: '1 found, 1 done' });
  });

  it('asks for an approval and takes the answer', async () => {
    const run = project.start(['run', 'asking', '--id', 'asks']);
    await run.says(/Shall it go live\?\n\s+yes: trainyard approve asks "go live"/);
    const other = await project.run('approve', 'asks', 'go lvie');
    expect(other.code).toBe(1);
    expect(other.err).toContain('did you mean "go live"?');
    const answer = await project.run('approve', 'asks', 'go live', '--no', '--why', 'not yet', '--by', 'ada', '--json');
    expect(JSON.parse(answer.out)).toEqual({
      run: 'asks',
      name: 'go live',
      approved: false,
      by: 'ada',
      why: 'not yet',
    });
    expect((await run.ended).out).toContain('go live  approval: no by ada');
    expect((await project.run('show', 'asks')).out).toMatch(/no {2}go live by ada: not yet/);
  });

  it('predicts, lists models, and examines itself', async () => {
    const predict = await project.run('predict', 'toyy', '--row', '{"x": 1}');
    expect(predict.code, predict.all).toBe(2);
    expect(predict.err).toContain('[TY-ENDPOINT-UNKNOWN]');
    expect((await project.run('predict', 'toy', '--row', '{x: 1}')).err).toContain('[TY-USAGE]');
    expect(JSON.parse((await project.run('models', '--json')).out)).toEqual({ models: [] });
    const doctor = await project.run('doctor', '--json');
    const { checks } = JSON.parse(doctor.out) as { checks: { name: string; ok: boolean }[] };
    for (const name of ['project', 'temporal up', 'valkey up', 'workflows', 'pool cpu', 'store', 'attributes'])
      expect(checks, name).toContainEqual(expect.objectContaining({ name, ok: true }));
  });

  it('Ctrl-C ends everything; runs are shown from the store then', async () => {
    const ended = await interrupt(dev);
    expect(ended.code, ended.all).toBe(0);
    expect(await project.leftovers()).toEqual([]);
    const runs = await project.run('runs');
    expect(runs.code).toBe(0);
    expect(runs.err).toContain('Temporal does not answer');
    expect(runs.out).toMatch(/first\s+toy\s+done/);
    const shown = await project.run('show', 'first');
    expect(shown.out).toMatch(/✓ done\s+number\[0\]\/toy\.add/);
    expect((await project.run('graph', 'first', '--format', 'svg')).out).toMatch(/^<svg/);
    const addresses = JSON.parse(
      readFileSync(path.join(project.folder, '.trainyard', 'services.json'), 'utf8'),
    ) as object;
    expect(addresses).toHaveProperty('temporal');
  });
});
