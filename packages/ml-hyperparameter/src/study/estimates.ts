/**
 * What trials that were stopped early would have come to. A pruner stops most trials; taking their last report for
 * their result makes a model learn who leads early, and leaving them out starves it.
 */
import type { Domain } from '../space/index.js';
import { Forecaster } from './forecast.js';
import type { Observation } from './trial.js';

/** A trial's loss at the end, as told or as estimated. */
export interface Ending {
  readonly trial: Observation;
  readonly loss: number;
  /** Standard deviation of the estimate; 0 where the loss was told. */
  readonly spread: number;
}

/**
 * Endings of all complete trials and of the newest pruned ones (`most`, 100 by default) that can be judged, by number;
 * the first objective's. Forecasts cost time, and a model does not miss the old ones.
 */
export function endingsOf(domain: Domain, history: readonly Observation[], most = 100): Ending[] {
  const known: Ending[] = [];
  let forecaster: Forecaster | undefined;
  let old = history.reduce((count, t) => (t.state === 'pruned' ? count + 1 : count), -most);
  for (const trial of history) {
    if (trial.state === 'complete' && trial.losses !== undefined)
      known.push({ trial, loss: trial.losses[0] as number, spread: 0 });
    else if (trial.state === 'pruned') {
      if (old-- > 0) continue;
      forecaster ??= new Forecaster(domain, history);
      const guess = forecaster.of(trial);
      if (guess !== undefined) known.push({ trial, loss: guess.mean, spread: guess.spread });
    }
  }
  return known;
}
