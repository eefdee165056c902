import type { Point } from '../../space/index.js';
import type { Observation } from '../../study/trial.js';
import type { Sampler, SamplerView } from '../contract.js';
import { Mixture } from './mixture.js';

/** How the tree-structured Parzen estimator works. */
export interface TpeOptions {
  /** Random trials before the model is used (default 10). */
  readonly startup?: number;
  /** Points drawn from the good density, of which the best by ratio is suggested (default 24). */
  readonly candidates?: number;
}

/** How many of n finished trials count as good. */
function goodCount(n: number): number {
  return Math.min(25, Math.ceil(0.1 * n));
}

/** Old trials fade: the newest 25 weigh 1, earlier ones down to 1/n. */
function ramp(n: number): number[] {
  return Array.from({ length: n }, (_, i) =>
    n < 25 || i >= n - 25 ? 1 : n - 25 <= 1 ? 1 / n : 1 / n + ((1 - 1 / n) * i) / (n - 26),
  );
}

/** Good and bad trials: pruned, failed and running ones are never good (a running one is the constant liar's). */
export function splitByLoss(history: readonly Observation[]): { good: Observation[]; bad: Observation[] } {
  const complete = history.filter((t) => t.state === 'complete' && t.losses !== undefined);
  const ranked = complete
    .slice()
    .sort(
      (a, b) =>
        a.violation - b.violation || (a.losses as number[])[0]! - (b.losses as number[])[0]! || a.number - b.number,
    );
  const good = new Set(ranked.slice(0, goodCount(complete.length)));
  return { good: history.filter((t) => good.has(t)), bad: history.filter((t) => !good.has(t)) };
}

/**
 * Tree-structured Parzen estimator: two densities, of good and of bad trials, over the whole tree of parameters at
 * once; the candidate with the greatest ratio is suggested.
 * Sources: Bergstra et al., Algorithms for hyper-parameter optimization (2011); Falkner et al., BOHB (2018), for the
 * joint density; Watanabe, Tree-structured Parzen estimator: understanding its algorithm components (2023).
 */
export function tpeSampler(options: TpeOptions = {}): Sampler {
  const { startup = 10, candidates = 24 } = options;
  return {
    name: 'tpe',
    suggest: (view: SamplerView) => {
      const finished = view.history.filter((t) => t.state === 'complete').length;
      if (finished < startup) return { point: view.domain.draw(view.random) };
      const { good, bad } = splitByLoss(view.history);
      const l = new Mixture(
        view.domain,
        good.map((t) => t.point),
        good.map(() => 1),
      );
      const g = new Mixture(
        view.domain,
        bad.map((t) => t.point),
        ramp(bad.length),
      );
      const drawn: Point[] = [];
      for (let c = 0; c < candidates * 10 && drawn.length < candidates; c++) {
        const point = l.sample(view.random);
        if (view.domain.allows(point)) drawn.push(point);
      }
      if (drawn.length === 0) return { point: view.domain.draw(view.random) };
      const up = l.logDensities(drawn);
      const down = g.logDensities(drawn);
      let best = 0;
      for (let c = 1; c < drawn.length; c++) {
        if ((up[c] as number) - (down[c] as number) > (up[best] as number) - (down[best] as number)) best = c;
      }
      return { point: drawn[best] as Point };
    },
  };
}
