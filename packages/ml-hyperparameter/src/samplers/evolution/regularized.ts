import { SearchError } from '../../errors.js';
import type { Observation } from '../../study/trial.js';
import type { Sampler } from '../contract.js';
import { byMerit } from '../losses.js';
import { startPoint } from '../sequences.js';
import { mutate } from './variation.js';

/** How regularised evolution works. */
export interface EvolutionOptions {
  /** Finished trials that are alive; the oldest dies first (default 20). */
  readonly population?: number;
  /** Of how many the best becomes the parent (default 5). */
  readonly tournament?: number;
}

/**
 * Regularised evolution: the best of a few of the newest trials, with one dimension changed. Ageing keeps lucky
 * results from staying for ever. Source: Real et al., Regularized evolution for image classifier architecture search
 * (2019).
 */
export function evolutionSampler(options: EvolutionOptions = {}): Sampler {
  const { population = 20, tournament = 5 } = options;
  return {
    name: 'evolution',
    suggest: (view) => {
      if (view.objectives > 1) {
        throw new SearchError('MLH-NOT-SUPPORTED', 'the sampler "evolution" has one objective', {
          actual: `${view.objectives} objectives`,
          remedy: 'Use "nsga2".',
        });
      }
      const finished = view.history.filter((t) => t.state !== 'running');
      if (finished.length < population) return { point: startPoint(view, view.drawn) };
      const alive = finished.slice(-population);
      for (let tries = 0; tries < 100; tries++) {
        const met = Array.from({ length: tournament }, () => alive[view.random.below(alive.length)] as Observation);
        const parent = met.sort(byMerit)[0] as Observation;
        const point = mutate(view.domain, parent.point, view.random, 0);
        if (view.domain.allows(point)) return { point };
      }
      return { point: view.domain.draw(view.random) };
    },
  };
}
