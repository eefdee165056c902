/**
 * Pinball loss of one quantile (Koenker and Bassett 1978): mean of `q` × what was predicted too low and `1 − q` × what was
 * predicted too high, in the label's unit. It is least where a share `q` of the truths lies below the prediction.
 */
export function pinballLoss(truth: ArrayLike<number>, predicted: ArrayLike<number>, q: number): number {
  let total = 0;
  for (let i = 0; i < truth.length; i++) {
    const short = truth[i]! - predicted[i]!;
    total += short >= 0 ? q * short : (q - 1) * short;
  }
  return total / truth.length;
}

/** Share of truths from `low` to `high`, both included. */
export function coverage(truth: ArrayLike<number>, low: ArrayLike<number>, high: ArrayLike<number>): number {
  let inside = 0;
  for (let i = 0; i < truth.length; i++) if (truth[i]! >= low[i]! && truth[i]! <= high[i]!) inside++;
  return inside / truth.length;
}
