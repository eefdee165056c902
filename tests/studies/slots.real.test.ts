import { afterAll, beforeAll, expect, it } from 'vitest';
import { readStudy } from '../../client/study/studies.js';
import type { TemporalService } from '../../setup/index.js';
import { Probe, startServer } from '../matrix/harness.js';

/** The only slot of a pool, and trials that would hold it for minutes. */
let server: TemporalService;
let probe: Probe;
beforeAll(async () => {
  server = await startServer();
  probe = await Probe.start(server, { slots: 1 });
});
afterAll(async () => {
  await probe?.close();
  await server?.stop();
});

it('a trial that is stopped gives its slot to the next, though its node does not listen', async () => {
  const options = { trials: 8, sampler: 'sobol', pruner: { name: 'median', startup: 2 }, parallel: 1 };
  // What is far from the best takes a minute for each step after the first.
  const params = { steps: 9, ms: 20, slowBelow: 0.3 };
  const outcome = await probe.run('climbed', { salt: 'deaf', options, params } as never, { id: 'deaf' });
  expect(outcome.state).toBe('done');
  const trials = (await readStudy({ store: probe.client.store }, 'deaf/tune'))?.trials ?? [];
  const deaf = trials.filter(({ params: { x } }) => Number(x) < 0.3);
  expect(deaf.length).toBeGreaterThan(0);
  expect(deaf.map(({ state }) => state)).toEqual(deaf.map(() => 'pruned'));
  const steps = probe.events('deaf').filter(({ what }) => what === 'start');
  const of = (number: number) => steps.filter(({ label }) => label.startsWith(`${trials[number]?.params['x']} 0 `));
  for (const { number } of deaf) {
    // It ended in its second step, which had most of a minute to go when the next trial began in its place.
    expect(of(number)).toHaveLength(2);
    if (number + 1 < trials.length) expect(of(number + 1)[0]!.at).toBeLessThan(of(number)[1]!.at + 60_000);
  }
});
