import { SearchError } from '../errors.js';
import { factorise, solveLower, solveUpper } from '../numeric/cholesky.js';
import { exp } from '../numeric/elementary.js';
import { cdf } from '../numeric/normal.js';
import { generator } from '../random.js';
import type { Domain, Point } from '../space/index.js';
import { lineThrough, lossAt, type Guess } from '../study/estimates.js';
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

/** How far, in shares of a range, what a line misses is alike; and the part of it that is not alike even there. */
const REACH = 0.5;
const APART = 0.1;

/** Complete trials that are looked at, the newest. */
const MOST = 100;

/** One complete trial as the forecast sees it: where, its loss at the step, its loss at the end. */
interface Gone {
  readonly point: Point;
  readonly then: number;
  readonly end: number;
}

function alike(domain: Domain, a: Point, b: Point): number {
  let squared = 0;
  domain.dimensions.forEach((d, i) => {
    const u = a[i] as number;
    const v = b[i] as number;
    if (d.nominal || u !== u || v !== v) squared += u === v || (u !== u && v !== v) ? 0 : 0.25;
    else squared += (u - v) * (u - v);
  });
  return exp(-squared / (2 * REACH * REACH));
}

/**
 * A line from the loss at a step to the loss at the end, and what the line misses kriged over the space: a trial
 * unlike those that were followed to their end is judged with the whole spread of what the line ever missed, however
 * many alike ones have been followed elsewhere.
 */
export function forecast(domain: Domain, gone: readonly Gone[], point: Point, now: number): Guess {
  const line = lineThrough(gone.map((g) => [g.then, g.end] as const));
  const missed = Float64Array.from(gone, (g) => g.end - line(g.then).mean);
  const n = gone.length;
  const factor = new Float64Array(n * n);
  gone.forEach((a, i) => {
    for (let j = 0; j < i; j++) factor[i * n + j] = alike(domain, a.point, (gone[j] as Gone).point);
    factor[i * n + i] = 1 + APART;
  });
  const guess = line(now);
  if (!factorise(factor, n)) return guess;
  const solved = missed.slice();
  solveLower(factor, n, solved);
  let variance = 0;
  for (let i = 0; i < n; i++) variance += ((solved[i] as number) * (solved[i] as number)) / Math.max(1, n - 2);
  const pull = Float64Array.from(gone, (g) => alike(domain, g.point, point));
  solveUpper(factor, n, solved);
  let shift = 0;
  for (let i = 0; i < n; i++) shift += (pull[i] as number) * (solved[i] as number);
  solveLower(factor, n, pull);
  let known = 0;
  for (let i = 0; i < n; i++) known += (pull[i] as number) * (pull[i] as number);
  return { mean: guess.mean + shift, spread: Math.sqrt(variance * Math.max(APART, 1 + APART - known)) };
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
      const gone: Gone[] = [];
      let best = Infinity;
      for (const t of history) {
        if (t.state !== 'complete' || t.losses === undefined) continue;
        const loss = t.losses[0] as number;
        const x = lossAt(t, last[0]);
        if (t.violation === 0 && loss < best) best = loss;
        if (x !== undefined) gone.push({ point: t.point, then: x, end: loss });
      }
      if (gone.length < Math.max(3, startup)) return false;
      if (last[1] === Infinity) return true;
      if (generator(seed, 'spared', trial.number).uniform() < spared) return false;
      const { mean, spread } = forecast(domain, gone.slice(-MOST), trial.point, last[1]);
      return spread > 0 ? cdf((best - mean) / spread) < chance : mean > best;
    },
  };
}
