/** Probability of the first side: 1 ÷ (1 + exp(slope · decision + offset)). */
export interface Sigmoid {
  readonly slope: number;
  readonly offset: number;
}

/**
 * A sigmoid fitted to decision values (Platt 2000, in the form of Lin, Lin and Weng 2007, algorithm 1): targets are drawn in from 0 and
 * 1 by the numbers of rows, so that values that part the sides wholly give no certainty.
 */
export function fitSigmoid(decisions: Float64Array, isFirst: (row: number) => boolean, weights: Float64Array): Sigmoid {
  let [first, second] = [0, 0];
  for (let row = 0; row < decisions.length; row++) {
    if (isFirst(row)) first += weights[row]!;
    else second += weights[row]!;
  }
  const [high, low] = [(first + 1) / (first + 2), 1 / (second + 2)];
  const targetOf = (row: number): number => (isFirst(row) ? high : low);
  const loss = (a: number, b: number): number => {
    let sum = 0;
    for (let row = 0; row < decisions.length; row++) {
      const z = a * decisions[row]! + b;
      const t = targetOf(row);
      sum += weights[row]! * (z >= 0 ? t * z + Math.log1p(Math.exp(-z)) : (t - 1) * z + Math.log1p(Math.exp(z)));
    }
    return sum;
  };
  let [a, b] = [0, Math.log((second + 1) / (first + 1))];
  let now = loss(a, b);
  for (let iteration = 0; iteration < 100; iteration++) {
    // The ridge on the diagonal keeps the Hessian positive.
    let [h11, h22, h21, g1, g2] = [1e-12, 1e-12, 0, 0, 0];
    for (let row = 0; row < decisions.length; row++) {
      const f = decisions[row]!;
      const p = sigmoid({ slope: a, offset: b }, f);
      const weight = weights[row]!;
      const bend = weight * p * (1 - p);
      h11 += f * f * bend;
      h22 += bend;
      h21 += f * bend;
      const apart = weight * (targetOf(row) - p);
      g1 += f * apart;
      g2 += apart;
    }
    if (Math.abs(g1) < 1e-5 && Math.abs(g2) < 1e-5) break;
    const determinant = h11 * h22 - h21 * h21;
    const da = -(h22 * g1 - h21 * g2) / determinant;
    const db = -(-h21 * g1 + h11 * g2) / determinant;
    const along = g1 * da + g2 * db;
    let step = 1;
    for (; step >= 1e-10; step /= 2) {
      const reached = loss(a + step * da, b + step * db);
      if (reached >= now + 1e-4 * step * along) continue;
      [a, b, now] = [a + step * da, b + step * db, reached];
      break;
    }
    if (step < 1e-10) break;
  }
  return { slope: a, offset: b };
}

export function sigmoid({ slope, offset }: Sigmoid, decision: number): number {
  const z = slope * decision + offset;
  return z >= 0 ? Math.exp(-z) / (1 + Math.exp(-z)) : 1 / (1 + Math.exp(z));
}

/** How near to 0 and 1 the probability of a pair may come. */
const LEAST = 1e-7;

/**
 * Probabilities of the classes from those of pairs (Wu, Lin and Weng 2004, second approach, algorithm 2). `pairs` is `[classes, classes]`:
 * the probability of the one against the other. Written to `to` from `at` on.
 */
export function couple(pairs: Float64Array, classes: number, to: Float64Array, at: number): void {
  const q = new Float64Array(classes * classes);
  const r = (i: number, j: number): number => Math.min(Math.max(pairs[i * classes + j]!, LEAST), 1 - LEAST);
  for (let t = 0; t < classes; t++)
    for (let j = 0; j < classes; j++) {
      if (j === t) continue;
      q[t * classes + t]! += r(j, t) ** 2;
      q[t * classes + j] = -r(j, t) * r(t, j);
    }
  const p = to.subarray(at, at + classes).fill(1 / classes);
  const qp = new Float64Array(classes);
  const most = Math.max(100, classes);
  for (let iteration = 0; iteration < most; iteration++) {
    let pqp = 0;
    for (let t = 0; t < classes; t++) {
      qp[t] = 0;
      for (let j = 0; j < classes; j++) qp[t]! += q[t * classes + j]! * p[j]!;
      pqp += p[t]! * qp[t]!;
    }
    if (qp.every((value) => Math.abs(value - pqp) < 0.005 / classes)) break;
    for (let t = 0; t < classes; t++) {
      const by = (pqp - qp[t]!) / q[t * classes + t]!;
      p[t]! += by;
      pqp = (pqp + by * (by * q[t * classes + t]! + 2 * qp[t]!)) / (1 + by) ** 2;
      for (let j = 0; j < classes; j++) {
        qp[j] = (qp[j]! + by * q[t * classes + j]!) / (1 + by);
        p[j]! /= 1 + by;
      }
    }
  }
}
