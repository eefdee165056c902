import { cmaSampler } from './cma/cma.js';
import type { Json, Sampler, SamplerView } from './contract.js';
import { nsga2Sampler } from './evolution/nsga2.js';
import { gpSampler } from './gp/gp.js';
import { gridSampler } from './grid.js';
import { mayEndAmongBest } from './wants.js';
import { motpeSampler, tpeSampler } from './tpe/tpe.js';

/** Beyond so many features a process of a few hundred trials learns little. */
const MOST_FEATURES = 60;
/** Beyond so many trials at once, believed outcomes crowd out told ones. */
const MOST_PARALLEL = 32;
/** After so many trials a process sees only a part of them, while a Parzen estimator sees all at less cost. */
const MOST_TRIALS = 600;

interface Choice {
  readonly name: 'grid' | 'gp' | 'tpe' | 'motpe' | 'nsga2' | 'cma-es';
  readonly why: string;
}

interface Memory {
  readonly name: Choice['name'];
  readonly inner?: Json;
}

/** Which method suits what the view holds, and why. */
export function choose(view: SamplerView): Choice {
  const { domain, budget, objectives, parallel } = view;
  const features = domain.dimensions.filter((d) => d.levels > 1).length;
  const done = view.history.length;
  if (
    objectives === 1 &&
    budget !== undefined &&
    domain.restrictions.length === 0 &&
    domain.size <= budget &&
    view.drawn < domain.size
  ) {
    return { name: 'grid', why: `all ${domain.size} configurations fit into ${budget} trials` };
  }
  if (objectives > 1) {
    if (features <= MOST_FEATURES && parallel <= MOST_PARALLEL && done < MOST_TRIALS) {
      return {
        name: 'gp',
        why: `${objectives} objectives, ${features} parameters: a process with objectives weighed anew each time`,
      };
    }
    return {
      name: 'nsga2',
      why: `${objectives} objectives and ${done >= MOST_TRIALS ? `${done} trials` : features > MOST_FEATURES ? `${features} parameters` : `${parallel} trials at once`}: evolution, which stays cheap`,
    };
  }
  if (features > MOST_FEATURES) return { name: 'tpe', why: `${features} parameters are too many for a process` };
  if (parallel > MOST_PARALLEL) return { name: 'tpe', why: `${parallel} trials at once are too many for a process` };
  if (done >= MOST_TRIALS)
    return { name: 'tpe', why: `after ${done} trials a Parzen estimator uses all of them at less cost` };
  return { name: 'gp', why: `${features} parameters, few trials: a process makes the most of each` };
}

const make: Record<Choice['name'], () => Sampler> = {
  grid: gridSampler,
  gp: gpSampler,
  tpe: tpeSampler,
  motpe: motpeSampler,
  nsga2: nsga2Sampler,
  'cma-es': cmaSampler,
};

/**
 * The default: picks a method by space, budget, parallelism and number of objectives, changes over when the study
 * has outgrown it, and leaves a note that says why.
 */
export function autoSampler(): Sampler {
  const made = new Map<string, Sampler>();
  return {
    name: 'auto',
    wants: mayEndAmongBest,
    suggest: (view) => {
      const { name, why } = choose(view);
      const before = view.memory as unknown as Memory | undefined;
      let sampler = made.get(name);
      if (sampler === undefined) made.set(name, (sampler = make[name]()));
      const inner = before?.name === name ? before.inner : undefined;
      const suggestion = sampler.suggest({ ...view, memory: inner });
      const memory = {
        name,
        ...(suggestion.memory === undefined ? {} : { inner: suggestion.memory }),
      } as unknown as Json;
      const note =
        before?.name === name
          ? suggestion.note
          : `${before === undefined ? 'Begins' : `Changes from ${before.name}`} with ${name}: ${why}.`.replace(
              /(from \S+) with/,
              '$1 to',
            );
      return { point: suggestion.point, memory, by: name, ...(note === undefined ? {} : { note }) };
    },
  };
}
