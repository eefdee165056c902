import { SearchError } from '../errors.js';
import { cdf } from '../numeric/normal.js';
import { generator } from '../random.js';
import { Forecaster } from '../study/forecast.js';
import type { Pruner } from './contract.js';

/** When a forecast stops a trial. */
export interface ForecastOptions {
  /** A trial stops when its chance of ending as the best is below this (default 0.05). */
  readonly chance?: number;
  /** Trials that must be complete before any is pruned (default 5). */
  readonly startup?: number;
  /** Share of trials, drawn by the seed, that always run to their end and so keep the forecast honest (default 0.1). */
  readonly spared?: number;
}

/**
 * Prunes a trial that is unlikely to end as the best, by how complete trials, above all those alike, went on from the
 * same step. Where early values say little about the end the line has a wide spread and
 * nothing is pruned; rank-based pruners stop such trials all the same, and a sampler that learns then never sees what
 * a slow starter would have come to.
 * After: Domhan et al., Speeding up automatic hyperparameter optimization by extrapolation of learning curves (2015);
 * here across trials instead of along the curve, as in Baker et al., Accelerating neural architecture search using
 * performance prediction (2017).
 */
export function forecastPruner(options: ForecastOptions = {}): Pruner {
  const { chance = 0.05, startup = 5, spared = 0.1 } = options;
  if (!(chance > 0 && chance < 1))
    throw new SearchError('MLH-BAD-OPTION', 'the chance of forecast is no probability', {
      expected: '0 < chance < 1',
      actual: String(chance),
    });
  return {
    name: 'forecast',
    shouldPrune: ({ trial, history, seed, domain }) => {
      const last = trial.curve[trial.curve.length - 1];
      if (last === undefined) return false;
      let complete = 0;
      let best = Infinity;
      for (const t of history) {
        if (t.state !== 'complete' || t.losses === undefined) continue;
        complete++;
        if (t.violation === 0) best = Math.min(best, t.losses[0] as number);
      }
      if (complete < startup) return false;
      if (last[1] === Infinity) return true;
      if (generator(seed, 'spared', trial.number).uniform() < spared) return false;
      const guess = new Forecaster(domain, history).of(trial);
      if (guess === undefined) return false;
      return guess.spread > 0 ? cdf((best - guess.mean) / guess.spread) < chance : guess.mean > best;
    },
  };
}
