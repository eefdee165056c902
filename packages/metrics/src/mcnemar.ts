/** Two models on the same rows: where only one of them is right, and how likely so uneven a split is by chance. */
export interface McNemar {
  /** Rows that only the first model gets right. */
  readonly onlyFirst: number;
  /** Rows that only the second model gets right. */
  readonly onlySecond: number;
  /** Two-sided exact p-value of "both err equally often". */
  readonly p: number;
}

/**
 * McNemar's test (1947), exact: of the rows on which exactly one model is right, each falls to either model with
 * probability ½ when they are equally good.
 */
export function mcnemar(firstRight: ArrayLike<boolean>, secondRight: ArrayLike<boolean>): McNemar {
  let [onlyFirst, onlySecond] = [0, 0];
  for (let i = 0; i < firstRight.length; i++) {
    if (firstRight[i] && !secondRight[i]) onlyFirst++;
    if (!firstRight[i] && secondRight[i]) onlySecond++;
  }
  return { onlyFirst, onlySecond, p: signTest(Math.min(onlyFirst, onlySecond), onlyFirst + onlySecond) };
}

/** P(at least as uneven as `fewer` of `n`) for a fair coin, both tails. Sums logarithms, so large `n` does not underflow. */
function signTest(fewer: number, n: number): number {
  let logChoose = 0;
  let tail = 0;
  for (let k = 0; k <= fewer; k++) {
    if (k > 0) logChoose += Math.log((n - k + 1) / k);
    tail += Math.exp(logChoose - n * Math.LN2);
  }
  return Math.min(1, 2 * tail);
}
