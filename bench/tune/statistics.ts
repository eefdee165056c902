/** Ranks and quartiles for the tables. */

/** The 25%, 50% and 75% points of each column, linear between order statistics. */
export function quartiles(rows: readonly (readonly number[])[]): [number[], number[], number[]] {
  const columns = (rows[0] ?? []).map((_, c) => rows.map((r) => r[c] as number).sort((a, b) => a - b));
  const at = (share: number): number[] =>
    columns.map((sorted) => {
      const position = share * (sorted.length - 1);
      const low = Math.floor(position);
      const a = sorted[low] as number;
      return a + (position - low) * ((sorted[Math.min(low + 1, sorted.length - 1)] as number) - a);
    });
  return [at(0.25), at(0.5), at(0.75)];
}

/**
 * Two-sided Mann–Whitney test by the normal approximation with ties and continuity corrected, as
 * `scipy.stats.mannwhitneyu(a, b, method='asymptotic')`. Gives p and whether `a` tends to be smaller.
 */
export function mannWhitney(a: readonly number[], b: readonly number[]): { p: number; less: boolean } {
  const all = [...a.map((v) => ({ v, mine: true })), ...b.map((v) => ({ v, mine: false }))].sort((x, y) => x.v - y.v);
  let ranks = 0;
  let ties = 0;
  for (let i = 0; i < all.length;) {
    let j = i;
    while (j < all.length && all[j]?.v === all[i]?.v) j++;
    const rank = (i + j + 1) / 2;
    for (let k = i; k < j; k++) if (all[k]?.mine === true) ranks += rank;
    ties += (j - i) ** 3 - (j - i);
    i = j;
  }
  const n = a.length + b.length;
  const u = ranks - (a.length * (a.length + 1)) / 2;
  const mean = (a.length * b.length) / 2;
  const deviation = Math.sqrt(((a.length * b.length) / 12) * (n + 1 - ties / (n * (n - 1))));
  if (deviation === 0) return { p: 1, less: false };
  const z = Math.max(0, Math.abs(u - mean) - 0.5) / deviation;
  return { p: Math.min(1, 2 * upperTail(z)), less: u < mean };
}

/** Upper tail of the standard normal (Abramowitz and Stegun 26.2.17, error under 7.5e-8). */
function upperTail(z: number): number {
  const t = 1 / (1 + 0.2316419 * z);
  const poly = t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  return (Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)) * poly;
}
