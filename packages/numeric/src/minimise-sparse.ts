import {
  descent,
  largest,
  type Minimum,
  type MinimiseOptions,
  type Objective,
  type Pair,
  remember,
} from './minimise.js';

const ARMIJO = 1e-4;

/**
 * A smooth function plus Σ l1ᵢ · |xᵢ| made small, by OWL-QN: L-BFGS inside the orthant that the steepest descent points to (Andrew and Gao
 * 2007). What `slope` of the result says is the steepest component of the whole's one-sided gradient. Deterministic.
 */
export function minimiseSparse(
  objective: Objective,
  l1: Float64Array,
  start: Float64Array,
  options: MinimiseOptions,
): Minimum {
  const penalty = (x: Float64Array): number => x.reduce((sum, value, i) => sum + l1[i]! * Math.abs(value), 0);
  let x = Float64Array.from(start);
  let slope = new Float64Array(x.length);
  let value = objective(x, slope) + penalty(x);
  let whole = oneSided(x, slope, l1);
  const pairs: Pair[] = [];
  let iteration = 0;
  for (; iteration < options.iterations && largest(whole) > options.tolerance; iteration++) {
    const direction = descent(whole, pairs).map((to, i) => (to * whole[i]! < 0 ? to : 0));
    const orthant = x.map((at, i) => Math.sign(at === 0 ? -whole[i]! : at));
    const rounding = Math.abs(value) * 4 * Number.EPSILON;
    let found: { x: Float64Array<ArrayBuffer>; slope: Float64Array<ArrayBuffer>; value: number } | undefined;
    for (let step = pairs.length === 0 ? 1 / (1 + largest(whole)) : 1; step > 1e-20 && !found; step /= 2) {
      const to = x.map((at, i) => {
        const there = at + step * direction[i]!;
        return l1[i] === 0 || there * orthant[i]! > 0 ? there : 0;
      });
      const gradient = new Float64Array(x.length);
      const reached = objective(to, gradient) + penalty(to);
      const fall = whole.reduce((sum, g, i) => sum + g * (to[i]! - x[i]!), 0);
      if (reached <= value + ARMIJO * fall + rounding) found = { x: to, slope: gradient, value: reached };
    }
    if (!found) {
      if (pairs.length === 0) break;
      pairs.length = 0;
      continue;
    }
    remember(pairs, { x, slope }, found);
    ({ x, slope, value } = found);
    whole = oneSided(x, slope, l1);
    options.onIteration?.(iteration + 1, largest(whole));
  }
  return { x, value, iterations: iteration, slope: largest(whole), converged: largest(whole) <= options.tolerance };
}

/** The gradient of the whole; at 0 that of the side on which it falls, 0 where it falls on neither. */
function oneSided(x: Float64Array, slope: Float64Array, l1: Float64Array): Float64Array<ArrayBuffer> {
  return slope.map((g, i) => {
    const by = l1[i]!;
    if (x[i] !== 0) return g + by * Math.sign(x[i]!);
    return Math.sign(g) * Math.max(Math.abs(g) - by, 0);
  }) as Float64Array<ArrayBuffer>;
}
