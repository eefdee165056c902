import { chiSquaredTail } from '@trainyard/numeric';
import type { TestResult } from './kolmogorov-smirnov.js';

/**
 * Two-sided rank-sum test (Wilcoxon 1945; Mann & Whitney 1947), as SciPy's `mannwhitneyu` with `method='asymptotic'`: the normal
 * approximation, corrected for equal values and for continuity. It finds a shift with fewer values than the Kolmogorov-Smirnov test
 * needs, and a change of spread not at all. Both samples must be sorted ascending, not empty, and without NaN. `statistic` is U of the
 * first.
 */
export function rankSum(a: ArrayLike<number>, b: ArrayLike<number>): TestResult {
  const [n, m] = [a.length, b.length];
  let ranks = 0;
  let ties = 0;
  for (let i = 0, j = 0; i < n || j < m;) {
    const value = j >= m || (i < n && a[i]! <= b[j]!) ? a[i]! : b[j]!;
    const [fromA, fromB] = [i, j];
    while (i < n && a[i] === value) i++;
    while (j < m && b[j] === value) j++;
    const equal = i - fromA + (j - fromB);
    ranks += (i - fromA) * (fromA + fromB + (equal + 1) / 2);
    ties += equal ** 3 - equal;
  }
  const statistic = ranks - (n * (n + 1)) / 2;
  const total = n + m;
  const deviation = Math.sqrt(((n * m) / 12) * (total + 1 - ties / (total * (total - 1))));
  // All values are equal.
  if (!(deviation > 0)) return { statistic, p: 1 };
  const gap = Math.max(0, Math.abs(statistic - (n * m) / 2) - 0.5);
  return { statistic, p: chiSquaredTail((gap / deviation) ** 2, 1) };
}
