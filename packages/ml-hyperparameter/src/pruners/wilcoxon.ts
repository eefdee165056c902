import { cdf } from '../numeric/normal.js';
import { SearchError } from '../errors.js';
import type { Observation } from '../study/trial.js';
import type { Pruner } from './contract.js';

/** When the signed-rank test may stop a trial. */
export interface WilcoxonOptions {
  /** A trial stops when it is worse than the best by chance less often than this (default 0.1). */
  readonly p?: number;
  /** Steps that it must share with the best trial first (default 2). */
  readonly startup?: number;
}

/** Up to this many differences the test counts all sign patterns; beyond, it is normal. */
const EXACT = 40;

/**
 * One-sided Wilcoxon signed-rank test: how likely differences at least as high are when signs are tossed. Zeros are
 * left out, ties share ranks; exact up to 40 differences. The differences' order has no effect.
 */
export function signedRankP(differences: readonly number[]): number {
  const sizes = differences.filter((d) => d !== 0).sort((a, b) => Math.abs(a) - Math.abs(b));
  const n = sizes.length;
  if (n === 0) return 1;
  // Ranks are doubled so that shared ones stay whole.
  const ranks = new Array<number>(n).fill(0);
  for (let i = 0; i < n;) {
    let j = i;
    while (j < n && Math.abs(sizes[j] as number) === Math.abs(sizes[i] as number)) j++;
    for (let k = i; k < j; k++) ranks[k] = i + j + 1;
    i = j;
  }
  let sum = 0;
  let total = 0;
  ranks.forEach((rank, i) => {
    total += rank;
    if ((sizes[i] as number) > 0) sum += rank;
  });
  if (n > EXACT) {
    const squares = ranks.reduce((s, r) => s + r * r, 0);
    return 1 - cdf((sum - 1 - total / 2) / Math.sqrt(squares / 4));
  }
  let chances = new Float64Array(total + 1);
  chances[0] = 1;
  for (const rank of ranks) {
    const next = new Float64Array(total + 1);
    for (let s = 0; s <= total; s++)
      next[s] = 0.5 * ((chances[s] as number) + (s >= rank ? (chances[s - rank] as number) : 0));
    chances = next;
  }
  let p = 0;
  for (let s = sum; s <= total; s++) p += chances[s] as number;
  return p;
}

const meanOf = (t: Observation): number => t.curve.reduce((s, [, loss]) => s + loss, 0) / Math.max(1, t.curve.length);

/**
 * For objectives that are means over instances or folds, each reported at its own step: prunes a trial that a signed-
 * rank test finds worse than the best trial on the instances that both have seen, unless its mean is better.
 */
export function wilcoxonPruner(options: WilcoxonOptions = {}): Pruner {
  const { p = 0.1, startup = 2 } = options;
  if (!(p > 0 && p < 1))
    throw new SearchError('MLH-BAD-OPTION', 'the threshold of wilcoxon is no probability', {
      expected: '0 < p < 1',
      actual: String(p),
    });
  return {
    name: 'wilcoxon',
    shouldPrune: ({ trial, history }) => {
      let best: Observation | undefined;
      for (const t of history) {
        if (t.state !== 'complete' || t.curve.length === 0 || t.losses === undefined) continue;
        if (best?.losses === undefined || (t.losses[0] as number) < (best.losses[0] as number)) best = t;
      }
      if (best === undefined) return false;
      const reference = new Map(best.curve);
      const differences: number[] = [];
      for (const [step, loss] of trial.curve) {
        const other = reference.get(step);
        if (other !== undefined) differences.push(loss - other);
      }
      if (differences.length < Math.max(2, startup)) return false;
      return meanOf(trial) > meanOf(best) && signedRankP(differences) < p;
    },
  };
}
