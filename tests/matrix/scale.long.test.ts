import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TemporalService } from '../../setup/index.js';
import { committedAt } from './crash-case.js';
import { Probe, startServer } from './harness.js';
import { historySize, processUse } from './history-size.js';
import { countBy } from './resume-case.js';

/** Temporal warns at this length of a history. */
const MOST_EVENTS = 10_240;
const MOST_PAYLOAD = 64 * 1024;
/** What a worker may take beside what it takes when it is idle, in bytes: at all, and for each of the run's nodes. */
const MEMORY = 200_000_000;
const MEMORY_A_NODE = 60_000;

/** What `layers` computes, in plain TypeScript: each call counts one more than its inputs do. */
function layered(count: number): number {
  const made: number[] = [];
  for (let index = 0; index < count; index++) {
    const layer = Math.floor(index / 20);
    const before = (shift: number): number => made[(layer - 1) * 20 + ((index * 7 + shift) % 20)] ?? 0;
    made.push(layer === 0 ? 1 : 1 + before(0) + before(layer));
  }
  return made.slice(-20).reduce((sum, n) => sum + n, 1);
}

describe('a large run', () => {
  let server: TemporalService;
  let probe: Probe;

  beforeAll(async () => {
    server = await startServer();
    probe = await Probe.start(server, { slots: 8, respawn: true, heartbeat: '10 seconds' });
  }, 120_000);

  afterAll(async () => {
    await probe?.close();
    await server?.stop();
  });

  const value = async (pipeline: string, count: number, id: string): Promise<unknown> => {
    const outcome = await probe.run(pipeline, { salt: `${pipeline} ${count}`, count }, { id });
    if (outcome.state === 'failed') throw outcome.error;
    return (outcome.result as { value: { n: number } }).value.n;
  };

  const expectSmallHistories = async (run: string): Promise<void> => {
    const { events, largestPayload } = await historySize(probe.client.temporal, run);
    expect(events.filter((length) => length > MOST_EVENTS)).toEqual([]);
    expect(largestPayload).toBeLessThan(MOST_PAYLOAD);
  };

  it.each([
    { pipeline: 'layers', count: 1_000, result: layered(1_000), killAt: 400 },
    { pipeline: 'wide', count: 5_000, result: 5_001, killAt: 2_500 },
  ])(
    '$pipeline of $count loses no finished call to a worker that is killed, and is found again whole',
    { timeout: 3_000_000 },
    async ({ pipeline, count, result, killAt }) => {
      const idle = processUse(probe.workerPid ?? NaN).rss;
      const running = value(pipeline, count, pipeline);
      await probe.until(({ run, label }) => run === pipeline && label === String(killAt), 2_000_000);
      await probe.killWorker();
      const died = probe.deaths.at(-1)?.at ?? NaN;
      expect(await running).toBe(result);
      const { nodes } = await probe.graph(pipeline);
      const keys = new Map(
        nodes.map(({ params, key }) => [String((params as { index?: number }).index), key as string]),
      );
      expect(countBy(probe.events(pipeline), 'start').size).toBe(count + 1);
      // What was under way is done again, what had been committed by then is not.
      const again = probe.events(pipeline).filter(({ what, at }) => what === 'start' && at > died);
      expect(again.length).toBeGreaterThan(0);
      expect(again.filter(({ label }) => committedAt(probe, keys.get(label) ?? '') <= died)).toEqual([]);
      await expectSmallHistories(pipeline);
      expect(await value(pipeline, count, `${pipeline}-again`)).toBe(result);
      expect(probe.events(`${pipeline}-again`)).toEqual([]);
      const found = (await probe.graph(`${pipeline}-again`)).nodes.filter(({ state }) => state === 'found');
      expect(found).toHaveLength(nodes.length);
      await expectSmallHistories(`${pipeline}-again`);
      expect(processUse(probe.workerPid ?? NaN).rss - idle).toBeLessThan(MEMORY + MEMORY_A_NODE * count);
    },
  );

  it('a map of 10,000 ends', { timeout: 3_000_000 }, async () => {
    expect(await value('wide', 10_000, 'widest')).toBe(10_001);
    expect(countBy(probe.events('widest'), 'start').size).toBe(10_001);
    await expectSmallHistories('widest');
  });
});
