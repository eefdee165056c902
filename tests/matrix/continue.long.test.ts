import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TemporalService } from '../../setup/index.js';
import { committedAt } from './crash-case.js';
import { Probe, startServer } from './harness.js';
import { countBy } from './resume-case.js';

/** Temporal warns at this length of a history. */
const MOST_EVENTS = 10_240;

/** What the pipeline `long` computes, in plain TypeScript. */
function expected(chains: number, length: number): number {
  let sum = 0;
  for (let chain = 0; chain < chains; chain++) {
    sum += chain;
    for (let index = 1; index < length; index++) sum += (index * 7) % 5;
  }
  return sum;
}

describe('a run that is too long for one history', () => {
  let server: TemporalService;
  let probe: Probe;

  beforeAll(async () => {
    server = await startServer();
    probe = await Probe.start(server, { slots: 8, respawn: true, heartbeat: '10 seconds' });
  });

  afterAll(async () => {
    await probe?.close();
    await server?.stop();
  });

  it('continues as new: 3,000 nodes, each once, with the same result', { timeout: 600_000 }, async () => {
    const outcome = await probe.run('long', { salt: 'long', chains: 10, length: 300 }, { id: 'long' });
    if (outcome.state === 'failed') throw outcome.error;
    expect((outcome.result as { value: unknown }).value).toEqual({ n: expected(10, 300) });
    const starts = countBy(probe.events('long'), 'start');
    expect(starts.size).toBe(3001);
    expect([...starts].filter(([, count]) => count !== 1)).toEqual([]);
    const lengths = (await probe.history('long')).map((events) => events.length);
    expect(lengths.length).toBeGreaterThan(1);
    expect(lengths.filter((length) => length > MOST_EVENTS)).toEqual([]);
    const { nodes } = await probe.graph('long');
    expect(nodes).toHaveLength(3001);
    // Found in the second part, and still told with the time and worker that made them.
    expect(nodes.filter(({ state, worker }) => state === 'done' && worker !== undefined)).toHaveLength(3001);
  });

  it(
    'loses no finished node to a worker that is killed, in the middle and while it hands on',
    { timeout: 600_000 },
    async () => {
      probe.planCrash('journal', { point: 'saving-journal', run: 'killed' });
      const params = { salt: 'killed', chains: 10, length: 300 };
      const running = probe.run('long', params, { id: 'killed' });
      await probe.until((event) => event.run === 'killed' && event.label === '5 40', 300_000);
      await probe.killWorker();
      const outcome = await running;
      if (outcome.state === 'failed') throw outcome.error;
      expect((outcome.result as { value: unknown }).value).toEqual({ n: expected(10, 300) });
      expect(probe.hasCrashed('journal')).toBe(true);
      const { nodes } = await probe.graph('killed');
      const committed = new Map(
        nodes.map(({ params: given, key }) => [(given as { label: string }).label, committedAt(probe, key ?? '')]),
      );
      const late = probe
        .events('killed')
        .filter(({ what, label, at }) => what === 'start' && at > (committed.get(label) ?? 0));
      expect(late).toEqual([]);
    },
  );
});
