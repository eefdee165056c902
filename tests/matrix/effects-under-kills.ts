import { readFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TemporalService } from '../../setup/index.js';
import { committedAt } from './crash-case.js';
import { Probe, startServer } from './harness.js';
import { startService, type Service } from './service.js';
import { randomFrom } from './shapes.js';

const EFFECTS = 4;
/** A run whose processes are killed again and again may fail; then somebody resumes it. */
const MOST_RESUMES = 6;

/** Runs with effects, one for each seed, while workers and executors are killed at moments that the seeds draw. */
export function effectsUnderKills(seeds: readonly number[], { kills }: { readonly kills: number }): void {
  describe('effects under kill -9', () => {
    let server: TemporalService;
    let probe: Probe;
    let service: Service;
    const ended = new Map<number, Promise<number>>();

    beforeAll(async () => {
      server = await startServer();
      service = await startService({ loseEvery: 3 });
      probe = await Probe.start(server, { respawn: true, heartbeat: '6 seconds' });
      probe.write('service.txt', service.url);
      for (const seed of seeds) {
        const run = untilDone(probe, seed);
        run.catch(() => undefined);
        ended.set(seed, run);
      }
      let going = true;
      void Promise.allSettled([...ended.values()]).then(() => (going = false));
      void killAtRandom(probe, randomFrom(seeds[0] ?? 0), kills, () => going);
    });

    afterAll(async () => {
      await probe?.close();
      await server?.stop();
      await service?.stop();
    });

    it('the service was asked again for what it had done, and told by the key', { timeout: 600_000 }, async () => {
      await Promise.all(ended.values());
      expect(service.asked()).toBeGreaterThan(service.done.length);
    });

    for (const seed of seeds) {
      it(`what run ${seed} acknowledged has happened, once`, { timeout: 600_000 }, async () => {
        const resumes = await ended.get(seed);
        expect(resumes).toBeLessThanOrEqual(MOST_RESUMES);
        const counted = service.done.filter((what) => what.startsWith(`${runOf(seed)} `));
        expect([...counted].sort()).toEqual(
          Array.from({ length: EFFECTS }, (_, index) => `${runOf(seed)} effect ${index}`).sort(),
        );
      });

      it(`run ${seed} asked for no effect again that was in the store`, async () => {
        await ended.get(seed);
        const { nodes } = await probe.graph(runOf(seed, (await ended.get(seed)) ?? 0));
        const late = nodes.flatMap((node) => {
          const { label } = node.params as { label: string };
          const committed = committedAt(probe, node.key ?? '');
          return probe
            .events()
            .filter((event) => event.what === 'start' && event.label === label && event.at > committed)
            .filter((event) => event.run.startsWith(runOf(seed)) && node.node === 'probe.effect');
        });
        expect(late).toEqual([]);
      });
    }
  });
}

function runOf(seed: number, resumes = 0): string {
  return resumes === 0 ? `effects-${seed}` : `effects-${seed}.again-${resumes}`;
}

/** Runs to the end, resumed as often as need be; gives how often. */
async function untilDone(probe: Probe, seed: number): Promise<number> {
  const params = { salt: String(seed), count: EFFECTS };
  let outcome = await probe.run('effects', params, { id: runOf(seed) });
  for (let resumes = 0; ;) {
    if (outcome.state === 'done') return resumes;
    if (resumes === MOST_RESUMES) throw outcome.error;
    const [lineage, using] = [runOf(seed), runOf(seed, resumes)];
    resumes++;
    outcome = await probe.run('effects', params, { id: runOf(seed, resumes), lineage, using });
  }
}

async function killAtRandom(probe: Probe, random: () => number, kills: number, goes: () => boolean): Promise<void> {
  for (let kill = 0; kill < kills && goes(); kill++) {
    await wait(200 + random() * 1500);
    if (random() < 0.5) {
      await probe.killWorker();
      continue;
    }
    const executors = [...new Set(probe.events().map(({ pid }) => pid))].filter((pid) => isExecutorOf(probe, pid));
    const pid = executors[Math.floor(random() * executors.length)];
    if (pid !== undefined) process.kill(pid, 'SIGKILL');
  }
}

/** Whether a process id, known from the past, still is an executor of this project: the system gives ids again. */
function isExecutorOf(probe: Probe, pid: number): boolean {
  try {
    const said = readFileSync(`/proc/${pid}/cmdline`, 'utf8') + readFileSync(`/proc/${pid}/environ`, 'utf8');
    return said.includes('executor-main') && said.includes(probe.folder);
  } catch {
    return false;
  }
}
