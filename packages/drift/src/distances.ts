// Distances between two discrete distributions, given as counts or shares of the same categories. Each is made to sum
// to one first.

function shares(counts: readonly number[]): number[] {
  const sum = counts.reduce((total, count) => total + count, 0);
  return counts.map((count) => count / sum);
}

/**
 * Population stability index: Σ (q − p) ln(q / p), which is Jeffreys's divergence, in nats. Infinite where only one side
 * has a category; give `smoothing`, a count added to every category, to keep it finite.
 */
export function populationStability(a: readonly number[], b: readonly number[], smoothing = 0): number {
  const p = shares(a.map((count) => count + smoothing));
  const q = shares(b.map((count) => count + smoothing));
  return p.reduce((sum, share, i) => (share === q[i] ? sum : sum + (q[i]! - share) * Math.log(q[i]! / share)), 0);
}

/** Jensen-Shannon distance: the root of the divergence, in base 2, so from 0 to 1. */
export function jensenShannon(a: readonly number[], b: readonly number[]): number {
  const p = shares(a);
  const q = shares(b);
  const towards = (share: number, middle: number): number => (share === 0 ? 0 : share * Math.log2(share / middle));
  let sum = 0;
  p.forEach((share, i) => {
    const middle = (share + q[i]!) / 2;
    sum += towards(share, middle) + towards(q[i]!, middle);
  });
  return Math.sqrt(Math.max(0, sum / 2));
}

/** Total variation distance: the largest difference in the share of any set of categories, from 0 to 1. */
export function totalVariation(a: readonly number[], b: readonly number[]): number {
  const q = shares(b);
  return shares(a).reduce((sum, share, i) => sum + Math.abs(share - q[i]!), 0) / 2;
}
