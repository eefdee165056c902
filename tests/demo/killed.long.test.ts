import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { retrainingRunId } from '../../core/ids.js';
import { DemoProject, sleep, type DemoResult } from './demo-project.js';

const WORKER = /worker\/main\.js/;
const TEMPORAL = /temporal\S* server start-dev/;
const DEV = /trainyard\.js .* dev /;
const DEMO = /scripts\/demo\.mjs/;

/** What must not depend on what was killed. */
function outcome({ labels, versions, metrics, models, verdict }: DemoResult): object {
  return { labels, versions, metrics, models, verdict };
}

describe('the demo, killed', () => {
  const projects: DemoProject[] = [];
  const project = (): DemoProject => {
    const made = new DemoProject();
    projects.push(made);
    return made;
  };
  let undisturbed: object;

  beforeAll(async () => {
    undisturbed = outcome(await project().result());
  }, 300_000);
  afterAll(async () => {
    for (const one of projects) await one.remove();
  });

  it('its worker in the middle of the tuning, then Temporal in the middle of the training: the same model', async () => {
    const killed = project();
    const running = killed.demo('--once', '--json');
    const study = (): string => `${killed.run() ?? ''}/tune`;
    await killed.reaches('train.net', ['running'], study);
    await sleep(1_000);
    expect(killed.kill(WORKER)).toBe(1);
    await killed.reaches('study', ['done']);
    await killed.reaches('train.net', ['running', 'done']);
    expect(killed.kill(TEMPORAL)).toBe(1);
    const { code, out, err } = await running.ended;
    expect(code, err).toBe(0);
    expect(outcome(JSON.parse(out) as DemoResult)).toEqual(undisturbed);
    expect(await killed.leftovers()).toEqual([]);
  }, 400_000);

  it('Temporal in the middle of the tuning, the worker in the middle of the retraining: the same models', async () => {
    const killed = project();
    const running = killed.demo('--once', '--json');
    await killed.reaches('train.net', ['running'], () => `${killed.run() ?? ''}/tune`);
    expect(killed.kill(TEMPORAL)).toBe(1);
    await killed.reaches(
      'train.net',
      ['running'],
      () => `${retrainingRunId(killed.name, 'penguins', 'penguins', 1)}/tune`,
      240_000,
    );
    await sleep(500);
    expect(killed.kill(WORKER)).toBe(1);
    const { code, out, err } = await running.ended;
    expect(code, err).toBe(0);
    expect(outcome(JSON.parse(out) as DemoResult)).toEqual(undisturbed);
    expect(await killed.leftovers()).toEqual([]);
  }, 400_000);

  it('all of it in the middle of the tuning, and started again: the run is taken up, and gives the same models', async () => {
    const killed = project();
    const running = killed.demo('--once', '--json');
    await killed.reaches('train.net', ['running'], () => `${killed.run() ?? ''}/tune`);
    await sleep(1_000);
    const run = killed.run();
    for (const each of [DEMO, DEV, WORKER]) expect(killed.kill(each)).toBe(1);
    expect((await running.ended).signal).toBe('SIGKILL');
    expect(await killed.leftovers(20_000)).toEqual([]);
    const again = await killed.result();
    expect(again.runs[0]).toBe(run);
    expect(outcome(again)).toEqual(undisturbed);
    expect(await killed.leftovers()).toEqual([]);
  }, 400_000);
});
