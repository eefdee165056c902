import { SearchError } from '../errors.js';
import { generator } from '../random.js';
import { coordinateOf } from '../space/compile.js';
import type { Dimension, Domain, Point } from '../space/index.js';
import type { Sampler } from './contract.js';

/** The largest grid that is listed: more points than any study tries, few enough to be listed within a second. */
const MOST_LISTED = 100_000;

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
    point[at] = coordinateAt(d, k, n);
    yield* walk(domain, points, at + 1, point);
  }
}

/** The coordinate of value `k` of `n`: each value of the dimension once where `n` is all of them, else evenly spaced. */
function coordinateAt(d: Dimension, k: number, n: number): number {
  if (d.nominal) return k;
  if (n < d.levels) return n === 1 ? 0.5 : k / (n - 1);
  const { parameter } = d;
  // On a log scale the cells of whole numbers are not equal: the middle of each is known by its value.
  if (parameter.kind !== 'int' || parameter.log !== true) return (k + 0.5) / n;
  return coordinateOf(d, parameter.low + k) ?? 0.5;
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
  const { points } = options;
  const orders = new WeakMap<Domain, Point[]>();
  const gridOf = (domain: Domain): Point[] => {
    let all = orders.get(domain);
    if (all === undefined) {
      const seen = new Map<string, Point>();
      for (const point of walk(domain, points)) {
        domain.settle(point);
        if (domain.allows(point)) seen.set(JSON.stringify(domain.configurationAt(point)), point);
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
      const { domain, budget = Infinity } = view;
      // Counted first: a wide range is never listed to learn that it is too wide.
      const count = domain.count((d) => levelsOf(d, points));
      const isExact =
        domain.restrictions.length === 0 && domain.dimensions.every((d) => levelsOf(d, points) === d.levels);
      if (count > MOST_LISTED || (isExact && count > budget)) throw tooLarge(count, Math.min(budget, MOST_LISTED));
      const all = gridOf(domain);
      if (all.length > budget) throw tooLarge(all.length, budget);
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

function tooLarge(count: number, most: number): SearchError {
  const isBudget = most < MOST_LISTED;
  return new SearchError(
    'MLH-GRID-TOO-LARGE',
    `the grid is larger than ${isBudget ? 'the budget' : 'any that is listed'}`,
    {
      expected: `at most ${most} configurations${isBudget ? '' : ', restrictions aside'}`,
      actual: String(count),
      remedy: "Raise the number of trials, coarsen the grid ({ name: 'grid', points: 5 }), or take another sampler.",
    },
  );
}

function shuffled(n: number, seed: number): number[] {
  return generator(seed, 'grid').shuffle(Array.from({ length: n }, (_, i) => i));
}
