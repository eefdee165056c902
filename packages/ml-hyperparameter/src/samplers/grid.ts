import { SearchError } from '../errors.js';
import { generator } from '../random.js';
import type { Dimension, Domain, Point } from '../space/index.js';
import type { Sampler } from './contract.js';

/** How a grid is laid. */
export interface GridOptions {
  /** How many values, evenly spaced, to take from a range that has more (default: all; a range without steps is then an error). */
  readonly points?: number;
}

/** Every configuration of a domain, the last dimension fastest. */
function* walk(
  domain: Domain,
  points: number | undefined,
  at = 0,
  point: Point = new Float64Array(domain.dimensions.length),
): Generator<Point> {
  const d = domain.dimensions[at];
  if (d === undefined) {
    yield point.slice();
    return;
  }
  if (!domain.exists(at, point)) {
    point[at] = NaN;
    yield* walk(domain, points, at + 1, point);
    return;
  }
  const n = levelsOf(d, points);
  for (let k = 0; k < n; k++) {
    point[at] = d.nominal ? k : n < d.levels ? (n === 1 ? 0.5 : k / (n - 1)) : (k + 0.5) / n;
    yield* walk(domain, points, at + 1, point);
  }
}

function levelsOf(d: Dimension, points: number | undefined): number {
  if (d.nominal || (points === undefined && d.levels !== Infinity)) return d.levels;
  if (points === undefined) {
    throw new SearchError('MLH-GRID-INFINITE', 'a grid cannot list a range without steps', {
      at: `parameter "${d.id}"`,
      remedy: "Give it a step, or the grid a number of points: { name: 'grid', points: 5 }.",
    });
  }
  return Math.min(d.levels, points);
}

/**
 * Every configuration once, in a shuffled order that the seed fixes. Asking for more than there are is an error, and
 * so is a grid that is larger than the study's budget.
 */
export function gridSampler(options: GridOptions = {}): Sampler {
  const orders = new WeakMap<Domain, Point[]>();
  const gridOf = (domain: Domain): Point[] => {
    let all = orders.get(domain);
    if (all === undefined) {
      const seen = new Map<string, Point>();
      for (const point of walk(domain, options.points)) {
        domain.settle(point);
        if (domain.allows(point)) seen.set(JSON.stringify(domain.configurationAt(point)), point);
        if (seen.size > 1e6)
          throw new SearchError('MLH-GRID-TOO-LARGE', 'the grid has more than a million configurations');
      }
      all = [...seen.values()];
      if (all.length === 0) throw domain.contradiction('on the whole grid');
      orders.set(domain, all);
    }
    return all;
  };
  return {
    name: 'grid',
    suggest: (view) => {
      const all = gridOf(view.domain);
      if (view.budget !== undefined && all.length > view.budget) {
        throw new SearchError('MLH-GRID-TOO-LARGE', 'the grid is larger than the budget', {
          expected: `at most ${view.budget} configurations`,
          actual: String(all.length),
          remedy: 'Raise the number of trials, coarsen the grid, or take another sampler.',
        });
      }
      if (view.drawn >= all.length) {
        throw new SearchError('MLH-GRID-EXHAUSTED', `all ${all.length} configurations of the grid have been asked`, {
          remedy: 'The study is finished.',
        });
      }
      const order = shuffled(all.length, view.seed);
      return { point: (all[order[view.drawn] as number] as Point).slice() };
    },
  };
}

function shuffled(n: number, seed: number): number[] {
  return generator(seed, 'grid').shuffle(Array.from({ length: n }, (_, i) => i));
}
