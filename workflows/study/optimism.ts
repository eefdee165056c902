import type { StudyAsk } from '../../core/study/ask.js';
import type { NestedEstimate, Optimism, StudyTrial } from '../../core/study/state.js';
import { deviation, mean } from '../../core/study/index.js';

/** Fewest complete trials from which luck is estimated. */
const LEAST = 4;

/**
 * How much of the best value is likely luck: the maximum of many noisy estimates lies above what it estimates.
 *
 * With folds, by Tibshirani and Tibshirani (2009), A bias correction for the minimum error rate in cross-validation:
 * the mean over folds of how much better the best of each fold is than the chosen trial there.
 *
 * Without, from the trials alone: the noise of one value is taken from pairs of trials that lie next to each other in
 * the space (half the mean squared difference, as in Gasser, Sroka and Jennen-Steinmetz 1986), and what the best of k
 * equals gains by it is the expected maximum of k normal variates (Blom 1958), k being the trials within two standard
 * deviations of the best. Neighbours differ in truth as well, so this rather says too much than too little.
 */
export function optimismOf(ask: StudyAsk, trials: readonly StudyTrial[], best: StudyTrial): Optimism | null {
  const complete = trials.filter((trial) => trial.state === 'complete' && trial.values);
  const value = best.values?.[0];
  if (complete.length < LEAST || value === undefined) return null;
  const sign = ask.objectives[0]?.direction === 'maximize' ? 1 : -1;
  const folded = ask.folds === undefined ? null : byFolds(complete, best, sign, ask.folds.length);
  const { amount, method } = folded ?? byNeighbours(complete, value, sign);
  return { amount, expected: value - sign * amount, method };
}

/** The nested estimate, as far as it is; null where none was asked for. */
export function nestedOf({ nested }: StudyAsk, outer: NestedEstimate['folds']): NestedEstimate | null {
  if (!nested) return null;
  const values = outer.flatMap(({ value }) => value ?? []);
  const whole = values.length === nested.length;
  return {
    folds: [...outer],
    of: nested.length,
    value: whole ? mean(values) : null,
    spread: whole ? deviation(values) : null,
  };
}

function byFolds(
  complete: readonly StudyTrial[],
  best: StudyTrial,
  sign: number,
  folds: number,
): { amount: number; method: string } | null {
  let sum = 0;
  for (let step = 1; step <= folds; step++) {
    const at = complete.map((trial) => foldValue(trial, step)).filter((value) => value !== undefined);
    const own = foldValue(best, step);
    if (own === undefined) return null;
    sum += Math.max(...at.map((value) => sign * (value - own)), 0);
  }
  return {
    amount: sum / folds,
    method: `over ${folds} folds and ${complete.length} trials, by Tibshirani and Tibshirani (2009)`,
  };
}

/** A trial's own value in a fold. */
function foldValue({ folds }: StudyTrial, step: number): number | undefined {
  return folds?.[step - 1];
}

function byNeighbours(complete: readonly StudyTrial[], best: number, sign: number): { amount: number; method: string } {
  const names = [...new Set(complete.flatMap(({ params }) => Object.keys(params)))].sort();
  const ranges = names.map((name) => {
    const numbers = complete.map(({ params }) => params[name]).filter((value) => typeof value === 'number');
    return numbers.length === 0 ? 0 : Math.max(...numbers) - Math.min(...numbers);
  });
  const distance = (a: StudyTrial, b: StudyTrial): number =>
    names.reduce((sum, name, i) => {
      const one = a.params[name];
      const other = b.params[name];
      if (typeof one !== 'number' || typeof other !== 'number') return sum + (one === other ? 0 : 1);
      const range = ranges[i] as number;
      return sum + (range > 0 ? ((one - other) / range) ** 2 : 0);
    }, 0);
  let squares = 0;
  // The newest are enough, and keep the work of a long study bounded.
  const looked = complete.slice(-300);
  for (const trial of looked) {
    let nearest: { trial: StudyTrial; distance: number } | undefined;
    for (const other of looked) {
      if (other === trial) continue;
      const apart = distance(trial, other);
      if (!nearest || apart < nearest.distance) nearest = { trial: other, distance: apart };
    }
    const gap = (trial.values?.[0] ?? 0) - (nearest?.trial.values?.[0] ?? 0);
    squares += (gap * gap) / 2;
  }
  const noise = Math.sqrt(squares / looked.length);
  const near = complete.filter((trial) => sign * (best - (trial.values?.[0] ?? 0)) <= 2 * noise).length;
  return {
    amount: noise * expectedMaximum(near),
    method: `the expected maximum of ${near} values as good within the noise, which trials next to each other tell; folds would tell it better`,
  };
}

/** Expected maximum of n standard normal variates, by Blom's approximation. */
export function expectedMaximum(n: number): number {
  return n <= 1 ? 0 : quantile((n - 0.375) / (n + 0.25));
}

/** Quantile of the normal distribution for p ≥ ½, to 4.5e-4 (Abramowitz and Stegun 26.2.23). */
function quantile(p: number): number {
  const t = Math.sqrt(-2 * Math.log(1 - p));
  return (
    t - (2.515517 + 0.802853 * t + 0.010328 * t * t) / (1 + 1.432788 * t + 0.189269 * t * t + 0.001308 * t * t * t)
  );
}
