import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { resumeRun } from '../../client/run/resume.js';
import type { TemporalService } from '../../setup/index.js';
import { Probe, startServer } from './harness.js';
import { places } from './places.js';
import { countBy } from './resume-case.js';
import { startService, type Service } from './service.js';

const ROUNDS = 2;
const EFFECTS_A_ROUND = 3;

/**
 * Random graphs in which nodes race, each run into a failure behind all its races, then resumed twice. Who was first, and in
 * which order all ended, decides which effects are asked for: were it decided anew, there would be others.
 */
export function weaveRaces(draws: readonly number[], { atOnce }: { readonly atOnce: number }): void {
  describe('races that are over stay decided in resumes', () => {
    let server: TemporalService;
    let probe: Probe;
    let service: Service;
    const problems = new Map<number, Promise<string[]>>();

    beforeAll(async () => {
      server = await startServer();
      service = await startService({ loseEvery: 1_000_000 });
      probe = await Probe.start(server);
      probe.write('service.txt', service.url);
      const enter = places(atOnce);
      for (const draw of draws) {
        const running = enter(() => raceAgain(probe, service, draw));
        running.catch(() => undefined);
        problems.set(draw, running);
      }
    }, 120_000);

    afterAll(async () => {
      await probe?.close();
      await server?.stop();
      await service?.stop();
    });

    for (const draw of draws)
      it(`draw ${draw}`, { timeout: 600_000 }, async () => {
        expect(await problems.get(draw), probe.said).toEqual([]);
      });
  });
}

/** Fails at the last node, resumes, fails there again, resumes again; gives all that is not as it must be. */
export async function raceAgain(probe: Probe, service: Service, draw: number): Promise<string[]> {
  const [id, params] = [`races-${draw}`, { salt: `races ${draw}`, draw, rounds: ROUNDS }];
  const fail = (run: string): void => probe.planFault(run, { label: 'last', moment: 'before', kind: 'user', times: 1 });
  fail(id);
  const first = await probe.run('races', params, { id });
  const problems = first.state === 'failed' ? [] : ['the first run did not fail as planned'];
  const done = (): string[] => service.done.filter((what) => what.startsWith(`${id} `));
  const before = done();
  if (before.length !== ROUNDS * EFFECTS_A_ROUND) problems.push(`the first run had ${before.length} effects`);
  const second = await resumeRun(probe.client, id);
  const { state, ...how } = await probe.outcome(second);
  if (state !== 'done') problems.push(`the resume failed: ${JSON.stringify(how)}`);
  if (done().join() !== before.join())
    problems.push(`effects after the resume: ${done().slice(before.length).join(', ')} beside ${before.join(', ')}`);
  const again = [...countBy(probe.events(second.workflowId), 'start').keys()];
  // Nodes that refuse have no result that could be found; a loser may have been under way when the run failed.
  const anew = again.filter((label) => label !== 'last' && !label.endsWith('refuses') && ended(probe, id, label));
  if (anew.length > 0) problems.push(`computed anew: ${anew.join(', ')}`);
  return problems;
}

function ended(probe: Probe, run: string, label: string): boolean {
  return probe.events(run).some((event) => event.what === 'end' && event.label === label);
}
