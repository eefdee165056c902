/** A smooth function to be made small: its value at `x`, its gradient written into `slope`. */
export type Objective = (x: Float64Array, slope: Float64Array) => number;

export interface Minimum {
  readonly x: Float64Array;
  readonly value: number;
  readonly iterations: number;
  /** Largest absolute component of the gradient. */
  readonly slope: number;
  /** Whether `slope` came below the tolerance. */
  readonly converged: boolean;
}

export interface MinimiseOptions {
  readonly iterations: number;
  /** Largest gradient component at which it stops. */
  readonly tolerance: number;
  /** Called after each iteration; may throw to stop. */
  readonly onIteration?: (iteration: number, slope: number) => void;
}

/** Pairs of steps and gradient changes that stand in for the Hessian; m in the book. */
const MEMORY = 10;
const [ARMIJO, CURVATURE] = [1e-4, 0.9];

/** A step and what it changed in the gradient. */
export interface Pair {
  readonly s: Float64Array;
  readonly y: Float64Array;
  readonly rho: number;
}

export const dot = (a: Float64Array, b: Float64Array): number => a.reduce((sum, value, i) => sum + value * b[i]!, 0);
export const largest = (a: Float64Array): number => a.reduce((most, value) => Math.max(most, Math.abs(value)), 0);

/**
 * L-BFGS with a line search for the strong Wolfe conditions (Nocedal and Wright 2006, algorithms 7.4, 7.5, 3.5, 3.6;
 * the zoom halves its interval). Deterministic.
 */
export function minimise(objective: Objective, start: Float64Array, options: MinimiseOptions): Minimum {
  let x = Float64Array.from(start);
  let slope = new Float64Array(x.length);
  let value = objective(x, slope);
  const pairs: Pair[] = [];
  let iteration = 0;
  for (; iteration < options.iterations && largest(slope) > options.tolerance; iteration++) {
    const direction = descent(slope, pairs);
    const found = search(objective, x, value, slope, direction, pairs.length === 0 ? 1 / (1 + largest(slope)) : 1);
    if (!found) {
      if (pairs.length === 0) break;
      pairs.length = 0;
      continue;
    }
    remember(pairs, { x, slope }, found);
    ({ x, slope, value } = found);
    options.onIteration?.(iteration + 1, largest(slope));
  }
  return { x, value, iterations: iteration, slope: largest(slope), converged: largest(slope) <= options.tolerance };
}

/** Adds a step to those that the curvature is known by, if it rose along it; the oldest goes. */
export function remember(pairs: Pair[], from: Pick<Point, 'x' | 'slope'>, to: Pick<Point, 'x' | 'slope'>): void {
  const s = to.x.map((value, i) => value - from.x[i]!);
  const y = to.slope.map((value, i) => value - from.slope[i]!);
  const curvature = dot(s, y);
  if (!(curvature > 0)) return;
  pairs.push({ s, y, rho: 1 / curvature });
  if (pairs.length > MEMORY) pairs.shift();
}

/** −H·gradient by the two-loop recursion (algorithm 7.4). */
export function descent(slope: Float64Array, pairs: readonly Pair[]): Float64Array<ArrayBuffer> {
  const q = slope.map((g) => -g);
  const alphas: number[] = [];
  for (const { s, y, rho } of pairs.toReversed()) {
    const alpha = rho * dot(s, q);
    alphas.push(alpha);
    for (let i = 0; i < q.length; i++) q[i]! -= alpha * y[i]!;
  }
  const last = pairs.at(-1);
  if (last) {
    const scale = dot(last.s, last.y) / dot(last.y, last.y);
    for (let i = 0; i < q.length; i++) q[i]! *= scale;
  }
  for (const { s, y, rho } of pairs) {
    const beta = rho * dot(y, q);
    const alpha = alphas.pop()!;
    for (let i = 0; i < q.length; i++) q[i]! += (alpha - beta) * s[i]!;
  }
  return q;
}

interface Point {
  readonly x: Float64Array<ArrayBuffer>;
  readonly slope: Float64Array<ArrayBuffer>;
  readonly value: number;
}

/** A step along `direction` that meets the strong Wolfe conditions; none when rounding hides all descent. */
function search(
  objective: Objective,
  from: Float64Array,
  value: number,
  slope: Float64Array,
  direction: Float64Array,
  first: number,
): Point | undefined {
  const descentAtStart = dot(slope, direction);
  if (!(descentAtStart < 0)) return undefined;
  // Near the optimum values differ by less than their rounding; there the slope decides.
  const rounding = Math.abs(value) * 4 * Number.EPSILON;
  const at = (step: number): Point & { along: number } => {
    const x = from.map((start, i) => start + step * direction[i]!);
    const gradient = new Float64Array(x.length);
    const reached = objective(x, gradient);
    return { x, slope: gradient, value: reached, along: dot(gradient, direction) };
  };
  let [low, high, step] = [0, Infinity, first];
  for (let trial = 0; trial < 60; trial++) {
    const point = at(step);
    const tooHigh = !(point.value <= value + ARMIJO * step * descentAtStart + rounding);
    if (tooHigh || point.along > -CURVATURE * descentAtStart) high = step;
    else if (point.along < CURVATURE * descentAtStart) low = step;
    else return point;
    step = high === Infinity ? low * 2 : (low + high) / 2;
  }
  return undefined;
}
