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
  const all = values.length;
  let total = 0;
  for (let i = 0; i < all; i++) total += values[i]!;
  const centre = total / all;
  let spread = 0;
  for (let i = 0; i < all; i++) spread += (values[i]! - centre) ** 2;
  const variance = ((spread / (all - 1)) * (1 - drawn / all)) / drawn;
  return variance > 0 ? normalTail((mean - centre) / Math.sqrt(variance)) : 1;
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
