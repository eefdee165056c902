/** Setting a study up from its options. */
import { SearchError } from '../errors.js';
import type { Pruner, PrunerSpec } from '../pruners/index.js';
import type { Sampler, SamplerSpec } from '../samplers/index.js';
import { Domain, type AnyConfiguration, type Configuration, type Restriction, type Space } from '../space/index.js';
import { checkCount } from './counts.js';
import { STUDY_FORMAT, type StudyJson } from './json.js';
import { objectivesOf, type Directions } from './results.js';
import { Study, type OwnParts } from './study.js';
import type { Trial } from './trial.js';

/** How a study is set up. All but `sampler` and `pruner` objects of your own is plain JSON. */
export interface StudyOptions<S extends Space> {
  readonly space: S;
  /** Restrictions between parameters that are known beforehand: `linear(…)`, `forbid(…)`. */
  readonly restrictions?: readonly Restriction[];
  /** A name, a name with options, or a sampler of your own (default "auto"). */
  readonly sampler?: SamplerSpec['name'] | SamplerSpec | Sampler;
  /** A name, a name with options, or a pruner of your own (default "none"). */
  readonly pruner?: 'none' | 'median' | 'asha' | 'forecast' | 'wilcoxon' | PrunerSpec | Pruner;
  /** What to optimise (default "minimize"). */
  readonly directions?: Directions;
  /** A whole number ≥ 0 (default 0). Equal seeds and equal tells give equal suggestions. */
  readonly seed?: number;
  /** How many trials are planned: samplers that pace themselves use it. Asking for more is allowed. */
  readonly trials?: number;
  /** How many trials run side by side (default 1). */
  readonly parallel?: number;
  /** Configurations to try first. */
  readonly first?: readonly Configuration<S>[];
  /** Trials of past studies to learn from; those outside the space are left out. */
  readonly past?: readonly Trial<AnyConfiguration>[];
  /** When so many trials have failed and none has succeeded, asking throws with the first reason (default 10). */
  readonly giveUpAfter?: number;
}

/** Sets up a study. Throws a `SearchError` that says what is wrong with an option. */
export function createStudy<const S extends Space>(options: StudyOptions<S>): Study<Configuration<S>> {
  const { seed = 0, parallel = 1, giveUpAfter = 10 } = options;
  checkCount('seed', seed, 0);
  checkCount('parallel', parallel, 1);
  checkCount('giveUpAfter', giveUpAfter, 1);
  if (options.trials !== undefined) checkCount('trials', options.trials, 1);
  const domain = new Domain(options.space, options.restrictions ?? []);
  const sampler = options.sampler ?? 'auto';
  const pruner = options.pruner ?? 'none';
  const json: StudyJson = {
    format: STUDY_FORMAT,
    version: 1,
    space: options.space,
    restrictions: options.restrictions ?? [],
    objectives: objectivesOf(options.directions ?? 'minimize'),
    sampler: specOf(sampler) as SamplerSpec,
    pruner: specOf(pruner) as PrunerSpec,
    seed,
    parallel,
    giveUpAfter,
    ...(options.trials === undefined ? {} : { budget: options.trials }),
    queue: (options.first ?? []).map((c) => domain.toTry(c as AnyConfiguration)),
    past: (options.past ?? []).filter((t) => isWithin(domain, t.params)),
    trials: [],
    notes: [],
  };
  const own: OwnParts = {
    samplers: typeof sampler === 'object' && 'suggest' in sampler ? [sampler] : [],
    pruners: typeof pruner === 'object' && 'shouldPrune' in pruner ? [pruner] : [],
  };
  return new Study<Configuration<S>>(json, own);
}

function specOf(part: string | { readonly name: string }): { name: string } {
  // What is neither comes through for the check of names.
  if (typeof part !== 'object') return { name: part };
  if ('suggest' in part || 'shouldPrune' in part) return { name: part.name };
  return part;
}

function isWithin(domain: Domain, params: AnyConfiguration): boolean {
  try {
    domain.pointOf(params);
    return true;
  } catch (error) {
    if (error instanceof SearchError) return false;
    throw error;
  }
}
