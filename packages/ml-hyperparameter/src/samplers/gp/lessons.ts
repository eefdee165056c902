/** What the process learns from: one loss a trial, how sure it is, and the outcome constraints. */
import { log } from '../../numeric/elementary.js';
import { Front } from '../../numeric/pareto.js';
import type { Generator } from '../../random.js';
import type { Domain, Point } from '../../space/index.js';
import { endingsOf } from '../../study/estimates.js';
import type { Observation } from '../../study/trial.js';
import type { SamplerView } from '../contract.js';

/** One trial's lesson. */
export interface Lesson {
  readonly point: Point;
  readonly loss: number;
  /** Standard deviation of the loss beyond noise: of a pruned trial's estimated ending. */
  readonly spread: number;
  readonly constraints: readonly number[];
}

/** Lessons of a view: complete trials, pruned ones as they would have ended, failed ones as bad as the worst. */
export function lessonsOf(view: SamplerView): Lesson[] {
  const lessons =
    view.objectives === 1 ? single(view.domain, view.history) : scalarised(view.history, view.objectives, view.random);
  if (lessons.length === 0) return lessons;
  const worst = lessons.reduce((w, l) => Math.max(w, l.loss), -Infinity);
  for (const t of view.history)
    if (t.state === 'failed') lessons.push({ point: t.point, loss: worst, spread: 0, constraints: [] });
  return lessons;
}

function single(domain: Domain, history: readonly Observation[]): Lesson[] {
  return endingsOf(domain, history).map(({ trial, loss, spread }) => ({
    point: trial.point,
    loss,
    spread,
    constraints: trial.constraints,
  }));
}

/**
 * Several objectives as one, by weights drawn anew for each suggestion, so that suggestions spread along the front.
 * Source: Knowles, ParEGO (2006): augmented Chebyshev distance, over the front's own ranges.
 */
function scalarised(history: readonly Observation[], objectives: number, random: Generator): Lesson[] {
  const complete = history.filter((t) => t.losses !== undefined);
  const best = new Front<Observation>();
  for (const t of complete) if (t.violation === 0) best.add(t, t.losses as number[]);
  const front = best.members;
  const raw = Array.from({ length: objectives }, () => -log(1 - random.uniform()));
  const total = raw.reduce((s, v) => s + v, 0);
  const scale = raw.map((_, k) => {
    const of = (trials: readonly Observation[]): [number, number] => {
      const values = trials.map((t) => t.losses?.[k] as number);
      return [Math.min(...values), Math.max(...values)];
    };
    const [low, high] = of(front.length > 1 ? front : complete);
    const [least, most] = of(complete);
    const span = high > low ? high - low : most > least ? most - least : 1;
    return { low, span };
  });
  return complete.map((t) => {
    const parts = raw.map(
      (w, k) => (w / total) * (((t.losses?.[k] as number) - (scale[k]?.low as number)) / (scale[k]?.span as number)),
    );
    return {
      point: t.point,
      loss: Math.max(...parts) + 0.05 * parts.reduce((s, v) => s + v, 0),
      spread: 0,
      constraints: t.constraints,
    };
  });
}

/** The best half and an even choice of the rest, in their old order. */
export function thinned(all: readonly Lesson[], most: number): Lesson[] {
  if (all.length <= most) return all.slice();
  const order = all.map((_, i) => i).sort((a, b) => (all[a] as Lesson).loss - (all[b] as Lesson).loss || a - b);
  const half = most >> 1;
  const kept = order.slice(0, half);
  const rest = order.slice(half);
  for (let k = 0; k < most - half; k++)
    kept.push(rest[Math.floor(((k + 0.5) * rest.length) / (most - half))] as number);
  return kept.sort((a, b) => a - b).map((i) => all[i] as Lesson);
}
