import type { Observation } from '../study/trial.js';
import type { Pruner } from './contract.js';

/** When a pruner begins to judge. */
export interface PercentileOptions {
  /** Trials that must be complete before any is pruned (default 5). */
  readonly startup?: number;
  /** Steps before which no trial is pruned (default 0). */
  readonly warmup?: number;
  /** Other trials that must have reported as far (default 1). */
  readonly least?: number;
}

/** The best loss up to a step; `undefined` if nothing was reported that early. */
export function bestUpTo(trial: Observation, step: number): number | undefined {
  let best: number | undefined;
  for (const [at, loss] of trial.curve) {
    if (at > step) break;
    if (best === undefined || loss < best) best = loss;
  }
  return best;
}

/** Linear interpolation between order statistics; `share` in [0, 1], `sorted` not empty. */
export function quantileOf(sorted: readonly number[], share: number): number {
  const at = share * (sorted.length - 1);
  const low = Math.floor(at);
  const a = sorted[low] as number;
  const b = sorted[Math.min(low + 1, sorted.length - 1)] as number;
  return a === b ? a : a + (at - low) * (b - a);
}

/** Prunes a trial whose best so far is worse than the given share of complete trials' losses at the same step. */
export function percentilePruner(options: PercentileOptions & { readonly keep: number }, name = 'percentile'): Pruner {
  const { startup = 5, warmup = 0, least = 1, keep } = options;
  return {
    name,
    shouldPrune: ({ trial, history }) => {
      const last = trial.curve[trial.curve.length - 1];
      if (last === undefined || last[0] < warmup) return false;
      const complete = history.filter((t) => t.state === 'complete' && t.number !== trial.number);
      if (complete.length < startup) return false;
      const best = bestUpTo(trial, last[0]) as number;
      if (best === Infinity) return true;
      const others: number[] = [];
      for (const t of complete) {
        const at = t.curve.find(([step]) => step === last[0]);
        if (at !== undefined) others.push(at[1]);
      }
      if (others.length < least || others.length === 0) return false;
      return (
        best >
        quantileOf(
          others.sort((a, b) => a - b),
          keep,
        )
      );
    },
  };
}

/** Prunes a trial whose best so far is worse than the median of complete trials at the same step (Golovin et al. 2017). */
export function medianPruner(options: PercentileOptions = {}): Pruner {
  return percentilePruner({ ...options, keep: 0.5 }, 'median');
}
