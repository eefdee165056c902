import { chiSquaredTail } from '@trainyard/numeric';
import type { TestResult } from './kolmogorov-smirnov.js';

/**
 * Pearson's chi-squared test on two rows of counts, as SciPy's `chi2_contingency`: both rows are samples, none is taken
 * as exact; with one degree of freedom Yates's correction is made. Categories that neither row has are left out.
 * With fewer than two categories, or an empty row, there is nothing to tell apart: p = 1.
 */
export function chiSquared(a: readonly number[], b: readonly number[]): TestResult & { readonly degrees: number } {
  const totals = a.map((count, i) => count + (b[i] ?? 0));
  const kept = totals.flatMap((total, i) => (total > 0 ? [i] : []));
  const sumA = kept.reduce((sum, i) => sum + a[i]!, 0);
  const sumB = kept.reduce((sum, i) => sum + b[i]!, 0);
  const degrees = kept.length - 1;
  if (degrees < 1 || sumA === 0 || sumB === 0) return { statistic: 0, p: 1, degrees: Math.max(0, degrees) };
  let statistic = 0;
  for (const i of kept) {
    for (const [count, sum] of [
      [a[i]!, sumA],
      [b[i]!, sumB],
    ] as const) {
      const expected = (sum * totals[i]!) / (sumA + sumB);
      const gap = Math.abs(count - expected);
      statistic += (degrees === 1 ? gap - Math.min(0.5, gap) : gap) ** 2 / expected;
    }
  }
  return { statistic, p: chiSquaredTail(statistic, degrees), degrees };
}
