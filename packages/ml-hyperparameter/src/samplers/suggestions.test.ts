/**
 * What each sampler suggests is part of a version: a change that is meant to make it faster must leave these as they
 * are, and one that is meant to suggest otherwise says so in the notes of the version.
 */
import { expect, it } from 'vitest';
import { categorical, conditional, createStudy, float, int, type SamplerSpec, type Study } from '../index.js';
import { hashWords } from '../random.js';

const space = {
  rate: float(1e-5, 1e-1, { log: true }),
  layers: int(1, 8),
  kind: conditional({
    u: { depth: int(2, 200, { log: true }) },
    v: { drop: float(0, 1), act: categorical(['a', 'b', 'c']) },
  }),
};

/** A hash of all suggestions, every digit, of a study with failures and trials side by side. */
function digest(sampler: SamplerSpec['name'], trials: number, objectives: number): number {
  const study = createStudy({
    space,
    sampler: { name: sampler } as SamplerSpec,
    seed: 11,
    trials,
    directions: Array.from({ length: objectives }, () => 'minimize' as const),
  }) as Study;
  while (study.trials.length < trials) {
    const asked = study.askMany(2);
    for (const { number, params } of asked.reverse()) {
      const { rate, layers, depth, drop } = params as Record<string, number | undefined>;
      const loss = 20 * Math.abs((rate as number) - 0.01) + (layers as number) / 8 + (drop ?? (depth as number) / 200);
      if (number % 13 === 4) study.fail(number, 'broke');
      else study.tell(number, objectives === 1 ? loss : [loss, (layers as number) - loss / 3]);
    }
  }
  return hashWords(0, JSON.stringify(study.trials.map((t) => t.params)));
}

it.each<[SamplerSpec['name'], number, number, number]>([
  ['random', 40, 1, 4123002650],
  ['sobol', 40, 1, 3858718197],
  ['halton', 40, 1, 3578854216],
  ['latin', 40, 1, 3240965240],
  ['tpe', 80, 1, 2953889190],
  ['gp', 40, 1, 694031133],
  ['cma-es', 60, 1, 3803031302],
  ['evolution', 80, 1, 2398243855],
  ['nsga2', 80, 2, 110367455],
  ['motpe', 60, 2, 2092212576],
  ['gp', 30, 2, 1730776041],
])('%s suggests what it did: %i trials, %i objectives', (sampler, trials, objectives, before) => {
  expect(digest(sampler, trials, objectives)).toBe(before);
});
