import { gammaQ, logGamma } from '@trainyard/numeric';

const logChoose = (n: number, k: number): number => logGamma(n + 1) - logGamma(k + 1) - logGamma(n - k + 1);

/**
 * P(X ≥ `found`) where `drawn` of `all` rows are drawn without replacement and `marked` of all are marked (hypergeometric; the
 * one-sided test of Fisher).
 */
export function hypergeometricTail(found: number, drawn: number, marked: number, all: number): number {
  const [least, most] = [Math.max(0, drawn - (all - marked)), Math.min(drawn, marked)];
  if (found <= least) return 1;
  if (found > most) return 0;
  const whole = logChoose(all, drawn);
  let tail = 0;
  for (let k = found; k <= most; k++)
    tail += Math.exp(logChoose(marked, k) + logChoose(all - marked, drawn - k) - whole);
  return Math.min(1, tail);
}

/** P(Z ≥ z) of the standard normal distribution. */
export function normalTail(z: number): number {
  const half = gammaQ(0.5, (z * z) / 2) / 2;
  return z >= 0 ? half : 1 - half;
}

/** The z of P(Z ≥ z) = `tail`, above 0 and below 1, of the standard normal distribution. */
export function normalQuantile(tail: number): number {
  if (tail > 0.5) return -normalQuantile(1 - tail);
  let [low, high] = [0, 40];
  for (let i = 0; i < 100 && low < high; i++) {
    const middle = (low + high) / 2;
    if (middle === low || middle === high) break;
    if (normalTail(middle) > tail) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/**
 * P(mean of `drawn` of these values, drawn without replacement, ≥ `mean`), by the normal distribution with the mean and the variance
 * that such draws have. 1 where all values are equal.
 */
export function drawnMeanTail(mean: number, drawn: number, values: ArrayLike<number>): number {
  return meanTail(mean, drawn, values.length, momentsOf(values));
}

interface Moments {
  readonly centre: number;
  readonly variance: number;
}

function momentsOf(values: ArrayLike<number>): Moments {
  let total = 0;
  for (let i = 0; i < values.length; i++) total += values[i]!;
  const centre = total / values.length;
  let spread = 0;
  for (let i = 0; i < values.length; i++) spread += (values[i]! - centre) ** 2;
  return { centre, variance: spread / (values.length - 1) };
}

function meanTail(mean: number, drawn: number, all: number, { centre, variance }: Moments): number {
  const ofMean = (variance * (1 - drawn / all)) / drawn;
  return ofMean > 0 ? normalTail((mean - centre) / Math.sqrt(ofMean)) : 1;
}

/** Ranks from 1 for the smallest; equal values share the mean of theirs. */
export function midranks(values: ArrayLike<number>): Float64Array {
  const order = Int32Array.from({ length: values.length }, (_, i) => i).sort((a, b) => values[a]! - values[b]!);
  const ranks = new Float64Array(values.length);
  for (let from = 0; from < order.length;) {
    let to = from + 1;
    while (to < order.length && values[order[to]!] === values[order[from]!]) to++;
    for (let i = from; i < to; i++) ranks[order[i]!] = (from + to + 1) / 2;
    from = to;
  }
  return ranks;
}

/** The share of equal values from which on ranks are too uneven for the normal distribution. */
const MANY_ALIKE = 0.25;

/**
 * How likely values so large are among as many rows drawn without replacement: the one-sided rank-sum test of Wilcoxon (1945), ties
 * corrected, by the normal distribution of mean ranks. Means of skewed values have tails that the normal distribution lacks; ranks have
 * none. Where one value makes up a quarter of all, what counts is how many lie above it, exactly (`hypergeometricTail`).
 * The function that is returned takes the rows drawn.
 */
export function largerTail(values: ArrayLike<number>): (rows: ArrayLike<number>) => number {
  const all = values.length;
  const sorted = Float64Array.from(values).sort();
  let [alike, most] = [sorted[0]!, 0];
  for (let from = 0; from < all;) {
    let to = from + 1;
    while (to < all && sorted[to] === sorted[from]) to++;
    if (to - from > most) [alike, most] = [sorted[from]!, to - from];
    from = to;
  }
  if (most >= MANY_ALIKE * all) {
    // Of the largest value itself none lies above.
    const isMarked = alike === sorted[all - 1] ? (value: number) => value >= alike : (value: number) => value > alike;
    const marked = Uint8Array.from({ length: all }, (_, row) => Number(isMarked(values[row]!)));
    const whole = marked.reduce((sum, one) => sum + one, 0);
    return (rows) => hypergeometricTail(sumOf(marked, rows), rows.length, whole, all);
  }
  const ranks = midranks(values);
  const moments = momentsOf(ranks);
  return (rows) => meanTail(sumOf(ranks, rows) / rows.length, rows.length, all, moments);
}

function sumOf(values: ArrayLike<number>, rows: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < rows.length; i++) sum += values[rows[i]!]!;
  return sum;
}

/**
 * p-values after the correction of Holm (1979) for so many looks: where one is at most alpha, the chance that any of those found is
 * none is at most alpha.
 */
export function holm(p: readonly number[]): number[] {
  const order = p.map((_, i) => i).sort((a, b) => p[a]! - p[b]!);
  const adjusted = p.map(() => 1);
  let most = 0;
  order.forEach((at, place) => {
    most = Math.max(most, Math.min(1, (p.length - place) * p[at]!));
    adjusted[at] = most;
  });
  return adjusted;
}
