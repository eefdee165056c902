import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TemporalService } from '../../setup/index.js';
import { Probe, startServer } from './harness.js';
import { places } from './places.js';
import { cleanRun, type Clean } from './resume-case.js';

/** Cases of one kind of fault, each beside a clean run of its shape. */
export interface Faults<C extends { readonly shape: { readonly pipeline: string } }> {
  readonly promise: string;
  readonly cases: readonly C[];
  /** How many run at the same time. */
  readonly atOnce: number;
  readonly settings: Parameters<typeof Probe.start>[1];
  /** What went otherwise than it should; `id` is for the runs of the case. */
  readonly run: (probe: Probe, one: C, clean: Clean, id: string) => Promise<string[]>;
  readonly kind: string;
  readonly nameOf: (one: C) => string;
  /** The command that repeats a case. */
  readonly again: (name: string) => string;
}

/** Runs the cases on one worker, several at once, each a test of its own. */
export function weaveFaults<C extends { readonly shape: { readonly pipeline: string } }>(faults: Faults<C>): void {
  const { cases, nameOf } = faults;
  describe(faults.promise, () => {
    let server: TemporalService;
    let probe: Probe;
    const problems = new Map<C, Promise<string[]>>();

    beforeAll(async () => {
      server = await startServer();
      probe = await Probe.start(server, faults.settings);
      const clean = new Map<string, Clean>();
      for (const pipeline of new Set(cases.map(({ shape }) => shape.pipeline)))
        clean.set(pipeline, await cleanRun(probe, pipeline));
      const enter = places(faults.atOnce);
      for (const [index, one] of cases.entries()) {
        const beside = clean.get(one.shape.pipeline) as Clean;
        const running = enter(() => faults.run(probe, one, beside, `${faults.kind}-${index}`));
        running.catch(() => undefined);
        problems.set(one, running);
      }
    }, 1_200_000);

    afterAll(async () => {
      await probe?.close();
      await server?.stop();
    });

    for (const one of cases) {
      it(nameOf(one), { timeout: 600_000 }, async () => {
        expect(await problems.get(one), `${faults.again(nameOf(one))}\n${probe.said}`).toEqual([]);
      });
    }
  });
}
