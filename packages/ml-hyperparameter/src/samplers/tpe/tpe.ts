import type { Point } from '../../space/index.js';
import type { Sampler, SamplerView } from '../contract.js';
import { SearchError } from '../../errors.js';
import { startPoint } from '../sequences.js';
import { mayEndAmongBest } from '../wants.js';
import { Mixture } from './mixture.js';
import { splitByDomination, splitByLoss } from './split.js';

/** How the tree-structured Parzen estimator works. */
export interface TpeOptions {
  /** Random trials before the model is used (default 10). */
  readonly startup?: number;
  /** Points drawn from the good density, of which the best by ratio is suggested (default 24). */
  readonly candidates?: number;
}

/** Bad trials that have a kernel, the newest: older ones weigh next to nothing, and a suggestion stays cheap. */
const MOST_BAD = 500;

/** Old trials fade: the newest 25 weigh 1, earlier ones down to 1/n. */
function ramp(n: number): number[] {
  return Array.from({ length: n }, (_, i) =>
    n < 25 || i >= n - 25 ? 1 : n - 25 <= 1 ? 1 / n : 1 / n + ((1 - 1 / n) * i) / (n - 26),
  );
}

/**
 * Tree-structured Parzen estimator: two densities, of good and of bad trials, over the whole tree of parameters at
 * once; the candidate with the greatest ratio is suggested.
 * Sources: Bergstra et al., Algorithms for hyper-parameter optimization (2011); Falkner et al., BOHB (2018), for the
 * joint density; Watanabe, Tree-structured Parzen estimator: understanding its algorithm components (2023).
 */
export function tpeSampler(options: TpeOptions = {}): Sampler {
  return {
    name: 'tpe',
    suggest: (view) => {
      if (view.objectives > 1) {
        throw new SearchError('MLH-NOT-SUPPORTED', 'the sampler "tpe" has one objective', {
          actual: `${view.objectives} objectives`,
          remedy: 'Use "motpe".',
        });
      }
      return { point: suggest(view, options, splitByLoss) };
    },
    wants: mayEndAmongBest,
  };
}

/** The same estimator for several objectives: good trials are those that few others dominate. */
export function motpeSampler(options: TpeOptions = {}): Sampler {
  return { name: 'motpe', suggest: (view) => ({ point: suggest(view, options, splitByDomination) }) };
}

function suggest(view: SamplerView, { startup = 10, candidates = 24 }: TpeOptions, split: typeof splitByLoss): Point {
  // Pruned trials count too: waiting for complete ones alone would draw at random for long.
  const finished = view.history.filter((t) => t.state === 'complete' || t.state === 'pruned').length;
  if (finished < startup) return startPoint(view, view.drawn);
  const { good, goodWeights, ...rest } = split(view.domain, view.history);
  const bad = rest.bad.slice(-MOST_BAD);
  const badWeights = rest.badWeights.slice(-MOST_BAD);
  const fading = ramp(bad.length);
  const l = new Mixture(
    view.domain,
    good.map((t) => t.point),
    goodWeights,
  );
  const g = new Mixture(
    view.domain,
    bad.map((t) => t.point),
    badWeights.map((w, k) => w * (fading[k] as number)),
  );
  const drawn: Point[] = [];
  for (let c = 0; c < candidates * 10 && drawn.length < candidates; c++) {
    const point = l.sample(view.random);
    if (view.domain.allows(point)) drawn.push(point);
  }
  if (drawn.length === 0) return view.domain.draw(view.random);
  const up = l.logDensities(drawn);
  const down = g.logDensities(drawn);
  const ratio = (c: number): number => (up[c] as number) - (down[c] as number);
  const order = drawn.map((_, c) => c).sort((a, b) => ratio(b) - ratio(a) || a - b);
  // Where points can be counted the same one comes up again and again: one not tried yet is worth more.
  const tried = view.domain.size < Infinity ? new Set(view.history.map((t) => t.point.join())) : undefined;
  const best = tried === undefined ? order[0] : (order.find((c) => !tried.has((drawn[c] as Point).join())) ?? order[0]);
  return drawn[best ?? 0] as Point;
}
