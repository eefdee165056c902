/** Local minimisation of a smooth function in a box. */

/** A function with its gradient, which is asked for far less often: only where a descent goes on from. */
export interface Smooth {
  value(x: Float64Array): number;
  /** Writes the gradient at the x of which the value was asked last. */
  gradient(into: Float64Array): void;
}

/** Where a descent ended. */
export interface Descent {
  readonly x: Float64Array;
  readonly value: number;
  readonly evaluations: number;
}

/** When a descent ends. */
export interface DescentLimits {
  readonly low: ArrayLike<number>;
  readonly high: ArrayLike<number>;
  readonly evaluations: number;
  /** It also ends when a step gains less than this. */
  readonly gain: number;
  /** Longest first step. */
  readonly reach: number;
}

const MEMORY = 8;

/**
 * L-BFGS with projection on the box: coordinates at a bound that want to leave it are held, and the two-loop
 * recursion works on the others. Source: Nocedal and Wright, Numerical optimization (2006), algorithm 7.4.
 */
export function descend(f: Smooth, start: ArrayLike<number>, limits: DescentLimits): Descent {
  const n = start.length;
  const clamp = (v: number, i: number): number =>
    Math.max(limits.low[i] as number, Math.min(limits.high[i] as number, v));
  let x = Float64Array.from(start, clamp);
  let gradient = new Float64Array(n);
  let value = f.value(x);
  if (limits.evaluations > 1) f.gradient(gradient);
  let evaluations = 1;
  const steps: Float64Array[] = [];
  const changes: Float64Array[] = [];
  const curvatures: number[] = [];
  while (evaluations < limits.evaluations) {
    const free = new Uint8Array(n);
    for (let i = 0; i < n; i++) {
      const g = gradient[i] as number;
      const v = x[i] as number;
      free[i] = (v <= (limits.low[i] as number) && g > 0) || (v >= (limits.high[i] as number) && g < 0) ? 0 : 1;
    }
    const direction = twoLoops(gradient, free, steps, changes, curvatures);
    let slope = 0;
    let longest = 0;
    for (let i = 0; i < n; i++) {
      slope += (direction[i] as number) * (gradient[i] as number);
      longest = Math.max(longest, Math.abs(direction[i] as number));
    }
    if (!(slope < 0) || longest < 1e-12) break;
    let t = longest > limits.reach ? limits.reach / longest : 1;
    let moved: { x: Float64Array<ArrayBuffer>; value: number } | undefined;
    for (let halvings = 0; halvings < 12 && evaluations < limits.evaluations; halvings++, t *= 0.35) {
      const next = Float64Array.from(x, (v, i) => clamp(v + t * (direction[i] as number), i));
      const nextValue = f.value(next);
      evaluations++;
      if (nextValue <= value + 1e-4 * t * slope) {
        moved = { x: next, value: nextValue };
        break;
      }
    }
    if (moved === undefined) break;
    const { x: next, value: nextValue } = moved;
    if (value - nextValue < limits.gain || evaluations >= limits.evaluations) {
      x = next;
      value = nextValue;
      break;
    }
    const nextGradient = new Float64Array(n);
    f.gradient(nextGradient);
    const step = next.map((v, i) => v - (x[i] as number));
    const change = nextGradient.map((v, i) => v - (gradient[i] as number));
    let curvature = 0;
    for (let i = 0; i < n; i++) curvature += (step[i] as number) * (change[i] as number);
    if (curvature > 1e-14) {
      steps.push(step);
      changes.push(change);
      curvatures.push(curvature);
      if (steps.length > MEMORY) {
        steps.shift();
        changes.shift();
        curvatures.shift();
      }
    }
    x = next;
    gradient = nextGradient;
    value = nextValue;
  }
  return { x, value, evaluations };
}

function twoLoops(
  gradient: Float64Array,
  free: Uint8Array,
  steps: Float64Array[],
  changes: Float64Array[],
  curvatures: number[],
): Float64Array {
  const n = gradient.length;
  const q = Float64Array.from(gradient, (g, i) => (free[i] === 1 ? -g : 0));
  const kept: number[] = [];
  const dot = (a: Float64Array, b: Float64Array): number => {
    let s = 0;
    for (let i = 0; i < n; i++) s += (a[i] as number) * (b[i] as number);
    return s;
  };
  for (let k = steps.length - 1; k >= 0; k--) {
    const a = dot(steps[k] as Float64Array, q) / (curvatures[k] as number);
    kept[k] = a;
    for (let i = 0; i < n; i++) q[i] = (q[i] as number) - a * ((changes[k] as Float64Array)[i] as number);
  }
  const last = changes[changes.length - 1];
  if (last !== undefined) {
    const scale = (curvatures[curvatures.length - 1] as number) / Math.max(1e-300, dot(last, last));
    for (let i = 0; i < n; i++) q[i] = (q[i] as number) * scale;
  }
  for (let k = 0; k < steps.length; k++) {
    const b = dot(changes[k] as Float64Array, q) / (curvatures[k] as number);
    for (let i = 0; i < n; i++)
      q[i] = (q[i] as number) + ((kept[k] as number) - b) * ((steps[k] as Float64Array)[i] as number);
  }
  for (let i = 0; i < n; i++) if (free[i] === 0) q[i] = 0;
  return q;
}
