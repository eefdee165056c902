import { SearchError, show } from '../errors.js';
import { checkOptions, count, over, type OptionRule } from '../options.js';
import type { Sampler } from './contract.js';
import { gridSampler, type GridOptions } from './grid.js';
import { autoSampler } from './auto.js';
import { cmaSampler, type CmaOptions } from './cma/cma.js';
import { nsga2Sampler, type Nsga2Options } from './evolution/nsga2.js';
import { evolutionSampler, type EvolutionOptions } from './evolution/regularized.js';
import { gpSampler, type GpOptions } from './gp/gp.js';
import { haltonSampler, latinSampler, sobolSampler } from './sequences.js';
import { randomSampler } from './random.js';
import { motpeSampler, tpeSampler, type TpeOptions } from './tpe/tpe.js';

export type { Json, Sampler, SamplerView, Suggestion } from './contract.js';
export type { CmaOptions, EvolutionOptions, GpOptions, GridOptions, Nsga2Options, TpeOptions };
export {
  autoSampler,
  cmaSampler,
  evolutionSampler,
  gpSampler,
  gridSampler,
  haltonSampler,
  latinSampler,
  motpeSampler,
  nsga2Sampler,
  randomSampler,
  sobolSampler,
  tpeSampler,
};

/** A sampler by name and options: plain JSON, so that it travels with the study. */
export type SamplerSpec =
  | { readonly name: 'auto' | 'random' | 'sobol' | 'halton' | 'latin' }
  | ({ readonly name: 'grid' } & GridOptions)
  | ({ readonly name: 'tpe' | 'motpe' } & TpeOptions)
  | ({ readonly name: 'evolution' } & EvolutionOptions)
  | ({ readonly name: 'nsga2' } & Nsga2Options)
  | ({ readonly name: 'gp' } & GpOptions)
  | ({ readonly name: 'cma-es' } & CmaOptions);

/** The names of all built-in samplers. */
export const samplerNames = [
  'auto',
  'random',
  'grid',
  'sobol',
  'halton',
  'latin',
  'tpe',
  'gp',
  'cma-es',
  'evolution',
  'nsga2',
  'motpe',
] as const satisfies readonly SamplerSpec['name'][];

const tpeOptions = { startup: count(0), candidates: count(1) };

/** What options there are, by sampler. */
const OPTIONS: Readonly<Record<SamplerSpec['name'], Readonly<Record<string, OptionRule>>>> = {
  auto: {},
  random: {},
  sobol: {},
  halton: {},
  latin: {},
  grid: { points: count(1) },
  tpe: tpeOptions,
  motpe: tpeOptions,
  evolution: { population: count(1), tournament: count(1) },
  nsga2: { population: count(2) },
  gp: { startup: count(0) },
  'cma-es': { sigma: over(0), population: count(2), screen: count(1) },
};

/** The sampler that a specification names. */
export function makeSampler(spec: SamplerSpec): Sampler {
  if (Object.hasOwn(OPTIONS, spec.name)) checkOptions(spec, OPTIONS[spec.name]);
  switch (spec.name) {
    case 'auto':
      return autoSampler();
    case 'random':
      return randomSampler();
    case 'grid':
      return gridSampler(spec);
    case 'sobol':
      return sobolSampler();
    case 'halton':
      return haltonSampler();
    case 'latin':
      return latinSampler();
    case 'cma-es':
      return cmaSampler(spec);
    case 'gp':
      return gpSampler(spec);
    case 'evolution':
      return evolutionSampler(spec);
    case 'nsga2':
      return nsga2Sampler(spec);
    case 'motpe':
      return motpeSampler(spec);
    case 'tpe':
      return tpeSampler(spec);
    default:
      throw new SearchError(
        'MLH-UNKNOWN-SAMPLER',
        `there is no sampler of the name ${show((spec as { name?: unknown }).name)}`,
        {
          expected: samplerNames.join(', '),
          remedy: 'A sampler of your own is passed as an object with name and suggest.',
        },
      );
  }
}
