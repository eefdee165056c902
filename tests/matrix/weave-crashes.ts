import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TemporalService } from '../../setup/index.js';
import { nameOfCrash, runCrash, type CrashCase } from './crash-case.js';
import { Probe, startServer } from './harness.js';
import { places } from './places.js';
import { cleanRun, type Clean } from './resume-case.js';

/** Runs deaths of workers, a few at once on one worker that is started again each time, each a test of its own. */
export function weaveCrashes(cases: readonly CrashCase[], { atOnce }: { readonly atOnce: number }): void {
  describe('a worker killed at a named point costs nothing that is in the store', () => {
    let server: TemporalService;
    let probe: Probe;
    const problems = new Map<CrashCase, Promise<string[]>>();

    beforeAll(async () => {
      server = await startServer();
      probe = await Probe.start(server, { respawn: true, heartbeat: '6 seconds' });
      const clean = new Map<string, Clean>();
      for (const pipeline of new Set(cases.map(({ shape }) => shape.pipeline)))
        clean.set(pipeline, await cleanRun(probe, pipeline));
      const enter = places(atOnce);
      for (const [index, one] of cases.entries()) {
        const running = enter(() => runCrash(probe, one, clean.get(one.shape.pipeline) as Clean, `crash-${index}`));
        running.catch(() => undefined);
        problems.set(one, running);
      }
    });

    afterAll(async () => {
      await probe?.close();
      await server?.stop();
    });

    for (const one of cases) {
      it(nameOfCrash(one), { timeout: 600_000 }, async () => {
        const again = `TRAINYARD_TESTS=all TRAINYARD_CRASH='${nameOfCrash(one)}' npx vitest run tests/matrix/crash.test.ts`;
        expect(await problems.get(one), `${again}\n${probe.said}`).toEqual([]);
      });
    }
  });
}
