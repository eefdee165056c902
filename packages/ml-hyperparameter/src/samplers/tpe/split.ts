/** Which trials a Parzen estimator counts as good. */
import { log } from '../../numeric/elementary.js';
import { cdf } from '../../numeric/normal.js';
import { dominationRanks, hypervolume } from '../../numeric/pareto.js';
import { endingsOf, type Ending } from '../../study/estimates.js';
import type { Domain } from '../../space/index.js';
import type { Observation } from '../../study/trial.js';

/** Good and bad trials with the weights of their kernels. */
export interface Split {
  readonly good: readonly Observation[];
  readonly goodWeights: readonly number[];
  readonly bad: readonly Observation[];
  readonly badWeights: readonly number[];
}

/** How many of n finished trials count as good. */
function goodCount(n: number): number {
  return Math.min(25, Math.ceil(0.2 * n));
}

/** Weight of the trial at a rank (from 0) among `count` good ones: logarithms, as CMA-ES weighs its parents. */
function rankWeight(rank: number, count: number): number {
  return Math.max(0.05, log(count + 1) - log(rank + 1));
}

/** Below this chance of being good a pruned trial has no kernel among the good. */
const LEAST_CHANCE = 0.05;

/** Pruned trials, the newest, of which the ending is forecast. */
const FORECAST = 30;

/**
 * The best fifth by loss, better ones weighing more (Watanabe 2023 finds weights of this kind best). A pruned trial
 * takes part with the loss that it would have ended at, in both parts, by the chance that it would have been good:
 * where its reports tell nothing it changes the ratio of the two densities nowhere; old ones are bad. Failed and
 * running trials are bad (a running one keeps others away: the constant liar); trials that break outcome constraints
 * come after all that keep them, by how far.
 */
export function splitByLoss(domain: Domain, history: readonly Observation[]): Split {
  const endings = endingsOf(domain, history, FORECAST);
  const order = byViolationAndLoss(endings);
  const ended = history.reduce((n, t) => (t.state === 'complete' || t.state === 'pruned' ? n + 1 : n), 0);
  const count = Math.min(goodCount(ended), endings.length);
  const limit = endings[order[count - 1] ?? -1]?.loss ?? 0;
  const ranks = new Uint32Array(endings.length);
  order.forEach((e, rank) => (ranks[e] = rank));
  const good: Observation[] = [];
  const chances: number[] = [];
  const raw: number[] = [];
  const bad: Observation[] = [];
  const badWeights: number[] = [];
  // Endings come in the order of the history, which is far longer than what is good of it.
  let next = 0;
  for (const trial of history) {
    const ending = endings[next]?.trial === trial ? endings[next] : undefined;
    const rank = ending === undefined ? 0 : (ranks[next++] as number);
    const chance = ending === undefined ? 0 : chanceOf(ending, rank, count, limit);
    if (chance >= LEAST_CHANCE) {
      good.push(trial);
      chances.push(chance);
      raw.push(rankWeight(rank, count));
    }
    if (chance < 1) {
      bad.push(trial);
      badWeights.push(1 - chance);
    }
  }
  const mean = raw.reduce((s, w) => s + w, 0) / Math.max(1, raw.length);
  return { good, goodWeights: chances.map((chance, k) => (chance * (raw[k] as number)) / mean), bad, badWeights };
}

/** The chance that a trial is among the `count` best, of which the last lost `limit`. */
function chanceOf(ending: Ending, rank: number, count: number, limit: number): number {
  if (ending.spread > 0) return cdf((limit - ending.loss) / ending.spread);
  return rank < count ? 1 : 0;
}

/** Indices, best first: by how far constraints are broken, then by loss; equal ones in the order of their numbers. */
function byViolationAndLoss(endings: readonly Ending[]): Uint32Array {
  const n = endings.length;
  const losses = new Float64Array(n);
  const violations = new Float64Array(n);
  const order = new Uint32Array(n);
  endings.forEach(({ loss, trial }, i) => {
    losses[i] = loss;
    violations[i] = trial.violation;
    order[i] = i;
  });
  return order.sort(
    (a, b) =>
      (violations[a] as number) - (violations[b] as number) || (losses[a] as number) - (losses[b] as number) || a - b,
  );
}

/**
 * The best tenth by domination rank, and within the last rank those that add most to the hypervolume; kernels weigh
 * by what their trial adds. Source: Ozaki et al., Multiobjective tree-structured Parzen estimator (2022).
 */
export function splitByDomination(_: Domain, history: readonly Observation[]): Split {
  const complete = history.filter((t) => t.losses !== undefined);
  const feasible = complete.filter((t) => t.violation === 0);
  const count = Math.ceil(0.1 * complete.length);
  const losses = feasible.map((t) => t.losses as readonly number[]);
  const ranks = dominationRanks(losses);
  const fronts: Observation[][] = [];
  feasible.forEach((t, i) => (fronts[ranks[i] as number] ??= []).push(t));
  const chosen: Observation[] = [];
  for (const front of fronts) {
    if (chosen.length >= count) break;
    chosen.push(...(chosen.length + front.length <= count ? front : widest(front, count - chosen.length)));
  }
  const broken = complete
    .filter((t) => t.violation > 0)
    .sort((a, b) => a.violation - b.violation || a.number - b.number);
  chosen.push(...broken.slice(0, Math.max(0, count - chosen.length)));
  const good = new Set(chosen);
  const ordered = history.filter((t) => good.has(t));
  const bad = history.filter((t) => !good.has(t));
  return { good: ordered, goodWeights: shares(ordered), bad, badWeights: bad.map(() => 1) };
}

/** A point just beyond the worst of each objective. */
function beyond(front: readonly (readonly number[])[]): number[] {
  return (front[0] ?? []).map((_, k) => {
    const values = front.map((p) => p[k] as number);
    const worst = Math.max(...values);
    const span = worst - Math.min(...values);
    return worst + 0.1 * (span > 0 ? span : 1);
  });
}

/** Greedy choice of those that together cover most. */
function widest(front: readonly Observation[], count: number): Observation[] {
  const reference = beyond(front.map((t) => t.losses as readonly number[]));
  const left = front.slice();
  const chosen: Observation[] = [];
  while (chosen.length < count && left.length > 0) {
    const covered = chosen.map((t) => t.losses as readonly number[]);
    let best = 0;
    let most = -1;
    left.forEach((t, i) => {
      const volume = hypervolume([...covered, t.losses as readonly number[]], reference);
      if (volume > most) {
        most = volume;
        best = i;
      }
    });
    chosen.push(...left.splice(best, 1));
  }
  return chosen;
}

function shares(good: readonly Observation[]): number[] {
  const fronts = good.map((t) => t.losses as readonly number[]);
  if (good.length < 2 || (fronts[0] as readonly number[]).length > 3) return good.map(() => 1);
  const reference = beyond(fronts);
  const all = hypervolume(fronts, reference);
  const added = fronts.map((_, i) =>
    Math.max(
      0,
      all -
        hypervolume(
          fronts.filter((_, j) => j !== i),
          reference,
        ),
    ),
  );
  const most = Math.max(...added);
  return added.map((v) => (most > 0 ? Math.max(0.05, v / most) : 1));
}
