import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TemporalService } from '../../setup/index.js';
import { Probe, startServer } from './harness.js';
import { places } from './places.js';
import { cleanRun, repeatCommand, runCase, type Clean } from './resume-case.js';
import { nameOf, SHAPES, type Case } from './shapes.js';

/** Longest time for all cases of a file, ms. */
const PATIENCE_MS = 600_000;

/**
 * Runs cases many at once on one worker, and makes each a test of its own. `apart` gives the clean runs a store of
 * their own; without it they are clean by their keys, which no case shares.
 */
export function weave(
  promise: string,
  cases: readonly Case[],
  { atOnce, apart = false }: { readonly atOnce: number; readonly apart?: boolean },
): void {
  describe(promise, () => {
    let server: TemporalService;
    let probe: Probe;
    const clean = new Map<string, Clean>();
    const problems = new Map<Case, Promise<string[]>>();

    beforeAll(async () => {
      server = await startServer();
      probe = await Probe.start(server);
      const other = apart ? await Probe.start(server) : probe;
      const shapes = SHAPES.filter((shape) => cases.some((one) => one.shape === shape));
      await Promise.all(shapes.map(async ({ pipeline }) => clean.set(pipeline, await cleanRun(other, pipeline))));
      if (other !== probe) await other.close();
      const enter = places(atOnce);
      for (const [index, one] of cases.entries()) {
        const running = runCase(probe, one, clean.get(one.shape.pipeline) as Clean, `case-${index}`, enter);
        running.catch(() => undefined);
        problems.set(one, running);
      }
    }, 1_200_000);

    afterAll(async () => {
      await probe?.close();
      await server?.stop();
    });

    it('a clean run executes each call once', () => {
      for (const shape of SHAPES) {
        const counts = clean.get(shape.pipeline)?.counts;
        if (!counts) continue;
        for (const label of shape.labels) expect(counts.get(label), label).toBe(shape.twice?.includes(label) ? 2 : 1);
      }
    });

    for (const one of cases) {
      it(
        nameOf(one),
        async () => {
          const found = await (problems.get(one) as Promise<string[]>);
          expect(found, `${repeatCommand(one)}\n${probe.said}`).toEqual([]);
        },
        PATIENCE_MS,
      );
    }
  });
}
