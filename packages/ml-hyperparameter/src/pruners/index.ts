import { SearchError, show } from '../errors.js';
import { checkOptions, count, notNegative, over, part, share, type OptionRule } from '../options.js';
import { ashaPruner, type AshaOptions } from './asha.js';
import type { Pruner } from './contract.js';
import { forecastPruner, type ForecastOptions } from './forecast.js';
import { hyperbandPruner, type HyperbandOptions } from './hyperband.js';
import { medianPruner, percentilePruner, type PercentileOptions } from './median.js';
import { patiencePruner, type PatienceOptions } from './patience.js';
import { wilcoxonPruner, type WilcoxonOptions } from './wilcoxon.js';

export type { Pruner, PrunerView } from './contract.js';
export type { AshaOptions, ForecastOptions, HyperbandOptions, PatienceOptions, PercentileOptions, WilcoxonOptions };
export { ashaPruner, forecastPruner, hyperbandPruner, medianPruner, patiencePruner, percentilePruner, wilcoxonPruner };

/** A pruner by name and options: plain JSON, so that it travels with the study. */
export type PrunerSpec =
  | { readonly name: 'none' }
  | ({ readonly name: 'median' } & PercentileOptions)
  | ({ readonly name: 'percentile'; readonly keep: number } & PercentileOptions)
  | ({ readonly name: 'asha' } & AshaOptions)
  | ({ readonly name: 'forecast' } & ForecastOptions)
  | ({ readonly name: 'hyperband' } & HyperbandOptions)
  | ({ readonly name: 'wilcoxon' } & WilcoxonOptions)
  | ({ readonly name: 'patience'; readonly inner?: PrunerSpec } & PatienceOptions);

/** The names of all built-in pruners. */
export const prunerNames = [
  'none',
  'median',
  'percentile',
  'asha',
  'forecast',
  'hyperband',
  'wilcoxon',
  'patience',
] as const satisfies readonly PrunerSpec['name'][];

const percentileOptions = { startup: count(0), warmup: notNegative, least: count(0) };

/** What options there are, by pruner; the inner one of "patience" is checked as its own. */
const OPTIONS: Readonly<Record<PrunerSpec['name'], Readonly<Record<string, OptionRule>>>> = {
  none: {},
  median: percentileOptions,
  percentile: { keep: share, ...percentileOptions },
  asha: { min: over(0), eta: over(1), max: over(0) },
  forecast: { chance: share, startup: count(0), spared: part },
  hyperband: { max: over(0), min: over(0), eta: over(1) },
  wilcoxon: { p: share, startup: count(0) },
  patience: { patience: count(1), least: notNegative },
};

/** The pruner that a specification names. */
export function makePruner(spec: PrunerSpec): Pruner {
  if (Object.hasOwn(OPTIONS, spec.name))
    checkOptions(spec.name === 'patience' ? { ...spec, inner: undefined } : spec, OPTIONS[spec.name]);
  switch (spec.name) {
    case 'none':
      return { name: 'none', shouldPrune: () => false };
    case 'median':
      return medianPruner(spec);
    case 'percentile':
      return percentilePruner(spec);
    case 'asha':
      return ashaPruner(spec);
    case 'forecast':
      return forecastPruner(spec);
    case 'hyperband':
      return hyperbandPruner(spec);
    case 'wilcoxon':
      return wilcoxonPruner(spec);
    case 'patience':
      return patiencePruner(spec, spec.inner === undefined ? undefined : makePruner(spec.inner));
    default:
      throw new SearchError(
        'MLH-UNKNOWN-PRUNER',
        `there is no pruner of the name ${show((spec as { name?: unknown }).name)}`,
        {
          expected: prunerNames.join(', '),
          remedy: 'A pruner of your own is passed as an object with name and shouldPrune.',
        },
      );
  }
}
