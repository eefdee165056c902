/** Pairs of steps that stand for the curvature. */
const MEMORY = 8;

/**
 * Minimises a smooth function by L-BFGS (Nocedal and Wright 2006, algorithm 7.5) with backtracking. `loss` fills in
 * the gradient and gives the value. Ends after `steps`, or when the gradient has all but vanished.
 */
export function minimise(
  loss: (at: Float64Array, gradient: Float64Array) => number,
  start: Float64Array,
  steps: number,
): Float64Array {
  let x = start;
  let gradient = new Float64Array(x.length);
  let value = loss(x, gradient);
  const history: { s: Float64Array; y: Float64Array; rho: number }[] = [];
  for (let step = 0; step < steps && norm(gradient) > 1e-6; step++) {
    const direction = towards(gradient, history);
    const slope = dot(direction, gradient);
    let length = history.length === 0 ? 1 / Math.max(1, norm(gradient)) : 1;
    const next = new Float64Array(x.length);
    const nextGradient = new Float64Array(x.length);
    let nextValue = Infinity;
    for (let tries = 0; tries < 30; tries++, length /= 2) {
      for (let at = 0; at < x.length; at++) next[at] = x[at]! + length * direction[at]!;
      nextValue = loss(next, nextGradient);
      if (nextValue <= value + 1e-4 * length * slope) break;
    }
    if (!(nextValue < value)) break;
    const s = next.map((to, at) => to - x[at]!);
    const y = nextGradient.map((to, at) => to - gradient[at]!);
    const curvature = dot(s, y);
    if (curvature > 1e-12) history.push({ s, y, rho: 1 / curvature });
    if (history.length > MEMORY) history.shift();
    [x, gradient, value] = [next, nextGradient, nextValue];
  }
  return x;
}

/** The quasi-Newton direction by the two-loop recursion. */
function towards(
  gradient: Float64Array,
  history: readonly { s: Float64Array; y: Float64Array; rho: number }[],
): Float64Array {
  const q = gradient.slice();
  const alphas: number[] = [];
  for (const { s, y, rho } of [...history].reverse()) {
    const alpha = rho * dot(s, q);
    alphas.push(alpha);
    add(q, y, -alpha);
  }
  const last = history[history.length - 1];
  const scale = last ? 1 / (last.rho * dot(last.y, last.y)) : 1;
  for (let at = 0; at < q.length; at++) q[at] = q[at]! * scale;
  history.forEach(({ s, y, rho }, index) => {
    add(q, s, alphas[history.length - 1 - index]! - rho * dot(y, q));
  });
  return q.map((part) => -part);
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let at = 0; at < a.length; at++) sum += a[at]! * b[at]!;
  return sum;
}

function add(into: Float64Array, what: Float64Array, times: number): void {
  for (let at = 0; at < into.length; at++) into[at] = into[at]! + times * what[at]!;
}

const norm = (vector: Float64Array): number => Math.sqrt(dot(vector, vector));
