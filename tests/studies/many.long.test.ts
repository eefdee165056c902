import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { KeptStudy } from '../../core/study/state.js';
import type { TemporalService } from '../../setup/index.js';
import { readStudy } from '../../store/index.js';
import { Probe, startServer } from '../matrix/harness.js';
import { historySize } from '../matrix/history-size.js';

/** Temporal warns at this length of a history. */
const MOST_EVENTS = 10_240;
const MOST_PAYLOAD = 64 * 1024;

describe('a study that is too long for one history', () => {
  let server: TemporalService;
  let probe: Probe;
  beforeAll(async () => {
    server = await startServer();
    probe = await Probe.start(server, { slots: 8, respawn: true });
  });
  afterAll(async () => {
    await probe?.close();
    await server?.stop();
  });

  it.each([
    // By a threshold for tests, with a sampler whose state is carried; and by the length of its history alone.
    { trials: 600, sampler: 'tpe', continueAfter: 200, leastParts: 3 },
    { trials: 5_000, sampler: 'tpe', continueAfter: undefined, leastParts: 2 },
    // By a process first, which a double of the study in the worker suggests for, and by a Parzen estimator at the end.
    { trials: 620, sampler: 'auto', continueAfter: 250, leastParts: 2 },
  ])(
    'continues as new: $trials trials by $sampler, each once',
    { timeout: 3_600_000 },
    async ({ trials, sampler, continueAfter, leastParts }) => {
      const id = `many-${trials}`;
      const options = { trials, parallel: 8, sampler, ...(continueAfter === undefined ? {} : { continueAfter }) };
      const outcome = await probe.run('many-trials', { salt: id, options }, { id });
      if (outcome.state === 'failed') throw outcome.error;
      const study = (await readStudy(probe.client.store, `${id}/tune`)) as unknown as KeptStudy;
      expect(study.counts).toMatchObject({ complete: trials, running: 0, failed: 0 });
      expect(study.trials.map(({ number }) => number)).toEqual(Array.from({ length: trials }, (_, number) => number));
      expect(study.resume.before).toHaveLength(trials);
      const computed = probe.events(id).map(({ label }) => label);
      const tried = new Set(study.trials.map(({ params }) => params['x']));
      expect(computed).toHaveLength(tried.size);
      expect(new Set(computed).size).toBe(tried.size);
      const { events, largestPayload } = await historySize(probe.client.temporal, `${id}/tune`);
      expect(events.length).toBeGreaterThanOrEqual(leastParts);
      expect(events.filter((length) => length > MOST_EVENTS)).toEqual([]);
      expect(largestPayload).toBeLessThan(MOST_PAYLOAD);
    },
  );
});
