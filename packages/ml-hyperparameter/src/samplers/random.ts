import type { Sampler } from './contract.js';

/** Independent uniform draws (uniform in the logarithm where a parameter is on a log scale). */
export function randomSampler(): Sampler {
  return { name: 'random', suggest: (view) => ({ point: view.domain.draw(view.random) }) };
}
