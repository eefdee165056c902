import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TemporalService } from '../../setup/index.js';
import { Probe, startServer } from './harness.js';
import { nameOfPause, OTHER_POOL, runPause, type PauseCase } from './pause-case.js';
import { places } from './places.js';
import { cleanRun, type Clean } from './resume-case.js';

/** Runs failures that wait for an operator, many at once on one worker, each a test of its own. */
export function weavePauses(cases: readonly PauseCase[], { atOnce }: { readonly atOnce: number }): void {
  describe('a failed node that waits does what an operator decides, in this run and in those that resume it', () => {
    let server: TemporalService;
    let probe: Probe;
    const problems = new Map<PauseCase, Promise<string[]>>();

    beforeAll(async () => {
      server = await startServer();
      probe = await Probe.start(server, { otherPool: OTHER_POOL });
      const clean = new Map<string, Clean>();
      for (const pipeline of new Set(cases.map(({ shape }) => shape.pipeline)))
        clean.set(pipeline, await cleanRun(probe, pipeline));
      const enter = places(atOnce);
      for (const [index, one] of cases.entries()) {
        const running = enter(() => runPause(probe, one, clean.get(one.shape.pipeline) as Clean, `pause-${index}`));
        running.catch(() => undefined);
        problems.set(one, running);
      }
    });

    afterAll(async () => {
      await probe?.close();
      await server?.stop();
    });

    for (const one of cases) {
      it(nameOfPause(one), { timeout: 600_000 }, async () => {
        const again = `TRAINYARD_CASE='${nameOfPause(one)}' npx vitest run tests/matrix/pause.test.ts`;
        expect(await problems.get(one), `${again}\n${probe.said}`).toEqual([]);
      });
    }
  });
}
