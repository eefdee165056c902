import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { KeptStudy } from '../../core/study.js';
import type { TemporalService } from '../../setup/index.js';
import { readStudy } from '../../store/index.js';
import { Probe, startServer } from '../matrix/harness.js';

/** Temporal warns at this length of a history. */
const MOST_EVENTS = 10_240;
const TRIALS = Number(process.env['TRAINYARD_TRIALS'] ?? 5_000);

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

  it(`continues as new: ${TRIALS} trials, each once`, { timeout: 3_600_000 }, async () => {
    const options = { trials: TRIALS, parallel: 8, sampler: 'random' };
    const outcome = await probe.run('many-trials', { salt: 'wide', options }, { id: 'wide' });
    if (outcome.state === 'failed') throw outcome.error;
    const study = (await readStudy(probe.client.store, 'wide/tune')) as unknown as KeptStudy;
    expect(study.counts).toMatchObject({ complete: TRIALS, running: 0, failed: 0 });
    const computed = probe.events('wide').map(({ label }) => label);
    expect(computed).toHaveLength(TRIALS);
    expect(new Set(computed).size).toBe(TRIALS);
    const lengths = (await probe.history('wide/tune')).map((events) => events.length);
    expect(lengths.length).toBeGreaterThan(1);
    expect(lengths.filter((length) => length > MOST_EVENTS)).toEqual([]);
    // For people: how long a trial took, part by part.
    const tenth = Math.floor(TRIALS / 10);
    const pace = Array.from({ length: 10 }, (_, i) => {
      const some = study.trials.slice(i * tenth, (i + 1) * tenth);
      return Math.round(((some.at(-1)?.startedAt ?? 0) - (some[0]?.startedAt ?? 0)) / tenth);
    });
    probe.log(`events by part: ${lengths.join(', ')}; ms a trial, by tenths: ${pace.join(', ')}`);
  });
});
