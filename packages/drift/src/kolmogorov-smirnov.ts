import { kolmogorovTail } from './kolmogorov.js';

/** Up to this many values in each sample the p-value is exact; the same bound as SciPy's. */
const EXACT = 10_000;

/** A two-sample test: its statistic and the chance of at least that under equal distributions. */
export interface TestResult {
  readonly statistic: number;
  readonly p: number;
}

/**
 * Two-sided two-sample Kolmogorov-Smirnov test, as SciPy's `ks_2samp`: exact up to 10,000 values a sample, by the
 * distribution of one sample of the size n₁ n₂ / (n₁ + n₂) beyond. Both samples must be sorted ascending, not empty,
 * and without NaN. Equal values make the p-value too large, never too small.
 */
export function kolmogorovSmirnov(a: ArrayLike<number>, b: ArrayLike<number>): TestResult {
  const statistic = largestGap(a, b);
  if (Math.max(a.length, b.length) <= EXACT) return exactly(a.length, b.length, statistic);
  const size = Math.max(1, roundHalfEven((a.length * b.length) / (a.length + b.length)));
  return { statistic, p: kolmogorovTail(size, statistic) };
}

/** The largest distance between the two empirical distribution functions. */
function largestGap(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let largest = 0;
  for (let i = 0, j = 0; i < a.length && j < b.length;) {
    const value = Math.min(a[i]!, b[j]!);
    while (i < a.length && a[i] === value) i++;
    while (j < b.length && b[j] === value) j++;
    const gap = Math.abs(i / a.length - j / b.length);
    if (gap > largest) largest = gap;
  }
  return largest;
}

function exactly(m: number, n: number, gap: number): TestResult {
  const divisor = greatestCommonDivisor(m, n);
  const multiple = (m / divisor) * n;
  // The statistic is a whole number of steps of 1 / lcm(m, n).
  const steps = Math.round(gap * multiple);
  const statistic = steps / multiple;
  if (steps === 0) return { statistic, p: 1 };
  const p = m === n ? outsideSquare(n, steps) : outsideBand(Math.max(m, n), Math.min(m, n), divisor, steps);
  return { statistic, p: Math.min(1, Math.max(0, p)) };
}

/**
 * Share of the lattice paths from (0, 0) to (n, n) that reach |x − y| ≥ h: 2 Σₖ (−1)ᵏ⁺¹ C(2n, n − kh) / C(2n, n)
 * (Gnedenko & Korolyuk 1951), nested from its last term on so that no digits cancel.
 */
function outsideSquare(n: number, h: number): number {
  let share = 0;
  for (let k = Math.floor(n / h); k >= 1; k--) {
    let ratio = 1;
    for (let j = 1; j <= h; j++) ratio *= (n - k * h + j) / (n + (k - 1) * h + j);
    share = ratio * (1 - share);
  }
  return 2 * share;
}

/**
 * Share of the lattice paths from (0, 0) to (m, n), m ≥ n, that leave |x n − y m| < h g: computed as such, not as one
 * minus the share that stays, so that small shares keep their digits (Viehmann 2021, arXiv 2102.08037).
 */
function outsideBand(m: number, n: number, g: number, h: number): number {
  const mg = m / g;
  const ng = n / g;
  // share[y] for the column x: of the paths to (x, y), those that have left the band; outside of it all have.
  const share = new Float64Array(n + 1).fill(1);
  for (let x = 0; x <= m; x++) {
    const low = Math.max(Math.floor((ng * x - h) / mg) + 1, 0);
    const high = Math.min(Math.ceil((ng * x + h) / mg) - 1, n);
    if (low > high) return 1;
    let below = 1;
    for (let y = low; y <= high; y++) {
      if (x + y === 0) below = 0;
      else below = ((x === 0 ? 0 : x * share[y]!) + (y === 0 ? 0 : y * below)) / (x + y);
      share[y] = below;
    }
  }
  return share[n]!;
}

function greatestCommonDivisor(a: number, b: number): number {
  while (b > 0) [a, b] = [b, a % b];
  return a;
}

function roundHalfEven(x: number): number {
  const floor = Math.floor(x);
  if (x - floor !== 0.5) return Math.round(x);
  return floor % 2 === 0 ? floor : floor + 1;
}
