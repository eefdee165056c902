import { describe, it } from 'vitest';
import { makePruner, type PrunerSpec } from '../pruners/index.js';
import { makeSampler, samplerNames, type SamplerSpec } from '../samplers/index.js';
import { prunerCases, samplerCases } from './index.js';

const SEVERAL = new Set(['auto', 'random', 'sobol', 'halton', 'latin', 'gp', 'nsga2', 'motpe']);
const endless = 'a grid ends when all its configurations are asked';

describe.each(samplerNames.filter((n) => n !== 'grid'))('sampler %s', (name) => {
  for (const c of samplerCases(() => makeSampler({ name } as SamplerSpec), { trials: 20 })) it(c.name, c.run);
});

describe.each(samplerNames.filter((n) => SEVERAL.has(n)))('sampler %s with two objectives', (name) => {
  const skips = { 'twelve floats': 'slow', choices: 'the same as with one' };
  for (const c of samplerCases(() => makeSampler({ name } as SamplerSpec), { trials: 13, objectives: 2, skips }))
    it(c.name, c.run);
});

describe('sampler grid', () => {
  const skips = { 'one value': endless, 'one float': endless, 'twelve floats': 'more than a million points' };
  const cases = samplerCases(() => makeSampler({ name: 'grid', points: 6 }), { trials: 20, skips });
  for (const c of cases) it(c.name, c.run);
});

const pruners: PrunerSpec[] = [
  { name: 'median' },
  { name: 'percentile', keep: 0.25 },
  { name: 'asha' },
  { name: 'forecast', spared: 0 },
  { name: 'hyperband', max: 27 },
  { name: 'wilcoxon' },
  { name: 'patience', patience: 3, inner: { name: 'median' } },
];
describe.each(pruners)('pruner $name', (spec) => {
  for (const c of prunerCases(() => makePruner(spec), { prunesHopeless: spec.name !== 'patience' })) it(c.name, c.run);
});
