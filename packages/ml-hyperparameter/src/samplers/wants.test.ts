import { describe, expect, it } from 'vitest';
import { createStudy, float, type PrunerSpec, type Sampler, type SamplerSpec } from '../index.js';
import { makeSampler } from './index.js';

const STEPS = 27;
const space = { x: float(0, 1), y: float(0, 1) };
type Params = { x: number; y: number };
const end = (p: Params): number => (p.x - 0.85) ** 2 + (p.y - 0.3) ** 2;
/** The nearer x is to 1, the slower a trial falls: those that end best start worst. */
const curve = (p: Params, step: number): number => end(p) + Math.exp(-step / (1 + 4 * p.x));

/** The search's best after so many steps of training, its trials, and how many it stopped that would have led. */
function play(sampler: SamplerSpec | Sampler, pruner: PrunerSpec, seed: number, budget = 40 * STEPS) {
  const study = createStudy({ space, sampler, pruner, seed });
  let lost = 0;
  for (let steps = 0; steps < budget;) {
    const { number, params } = study.ask();
    let stopped = false;
    for (let step = 1; step <= STEPS && !stopped; step++, steps++) {
      study.report(number, step, curve(params, step));
      stopped = step < STEPS && study.shouldPrune(number);
    }
    if (!stopped) study.tell(number, curve(params, STEPS));
    else {
      if (study.best !== undefined && end(params) < end(study.best.params)) lost++;
      study.prune(number);
    }
  }
  return { best: end(study.best?.params as Params), trials: study.trials.length, lost };
}

const seeds = [0, 1, 2, 3, 4];
const sum = (values: number[]): number => values.reduce((s, v) => s + v, 0);
const middle = (values: number[]): number => values.sort((a, b) => a - b)[values.length >> 1] as number;
/** How near to the optimum counts as found; a random point is 0.2 away. */
const NEAR = 5e-4;
const bare = seeds.map((seed) => play({ name: 'tpe' }, { name: 'none' }, seed));

describe('where slow starters end best, tpe with a pruner', () => {
  it.each<PrunerSpec>([{ name: 'asha' }, { name: 'hyperband', max: STEPS }, { name: 'median' }])(
    '$name fits more trials into the same steps and ends as near to the optimum as without one',
    (pruner) => {
      expect(middle(bare.map((r) => r.best))).toBeLessThan(NEAR);
      const pruned = seeds.map((seed) => play({ name: 'tpe' }, pruner, seed));
      expect(sum(pruned.map((r) => r.trials))).toBeGreaterThan(1.05 * sum(bare.map((r) => r.trials)));
      expect(middle(pruned.map((r) => r.best))).toBeLessThan(NEAR);
    },
  );

  it('stops fewer trials that would have led than where the pruner decides alone', () => {
    const { suggest } = makeSampler({ name: 'tpe' });
    const lost = (sampler: SamplerSpec | Sampler): number =>
      sum([0, 1].map((seed) => play(sampler, { name: 'asha' }, seed, 20 * STEPS).lost));
    expect(lost({ name: 'tpe' })).toBeLessThan(0.5 * lost({ name: 'tpe', suggest }));
  });
});
