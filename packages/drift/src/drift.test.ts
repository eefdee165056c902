import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { chiSquared } from './chi-squared.js';
import { jensenShannon, populationStability, totalVariation } from './distances.js';
import { benjaminiHochberg } from './false-discovery.js';
import { kolmogorovTail } from './kolmogorov.js';
import { kolmogorovSmirnov } from './kolmogorov-smirnov.js';
import { rankSum } from './rank-sum.js';

interface Reference {
  ks: { a: number[]; b: number[]; statistic: number; p: number }[];
  rankSum: { a: number[]; b: number[]; statistic: number; p: number }[];
  ksEven: [number, number, number, number][];
  ksLarge: { statistic: number; p: number };
  kolmogorovTail: [number, number, number][];
  chiSquared: { a: number[]; b: number[]; statistic: number; p: number; degrees: number }[];
  psi: { a: number[]; b: number[]; psi: number | null }[];
  jensenShannon: { a: number[]; b: number[]; distance: number }[];
  benjaminiHochberg: { ps: number[]; corrected: number[] };
}

const scipy = JSON.parse(readFileSync(new URL('./references/scipy.json', import.meta.url), 'utf8')) as Reference;

function near(actual: number, expected: number, relative: number, said: string): void {
  const error = Math.abs(actual - expected) / Math.max(Math.abs(expected), 1e-290);
  expect(error, `${said}: ${actual} against ${expected}`).toBeLessThan(relative);
}

const sorted = (values: readonly number[]): number[] => [...values].sort((x, y) => x - y);

describe("equal to SciPy's", () => {
  test('Kolmogorov-Smirnov, exact, with equal values and without', () => {
    for (const { a, b, statistic, p } of scipy.ks) {
      const ours = kolmogorovSmirnov(sorted(a), sorted(b));
      near(ours.statistic, statistic, 1e-14, `${a.length} against ${b.length}`);
      near(ours.p, p, 1e-11, `${a.length} against ${b.length}`);
    }
    for (const [n, , gap, p] of scipy.ksEven) {
      const a = Array.from({ length: n }, (_, i) => i);
      const shift = Math.round(gap * n);
      near(
        kolmogorovSmirnov(
          a,
          a.map((x) => x + shift),
        ).p,
        p,
        1e-10,
        `${n}, moved by ${shift}`,
      );
    }
  });

  test('rank sum, with equal values and without', () => {
    for (const { a, b, statistic, p } of scipy.rankSum) {
      const ours = rankSum(sorted(a), sorted(b));
      near(ours.statistic, statistic, 1e-14, `${a.length} against ${b.length}`);
      near(ours.p, p, 1e-11, `${a.length} against ${b.length}`);
    }
    expect(rankSum([3, 3], [3, 3, 3]).p).toBe(1);
  });

  test('Kolmogorov-Smirnov of large samples', () => {
    const a = Array.from({ length: 12_000 }, (_, i) => (i % 977) / 977);
    const b = Array.from({ length: 700 }, (_, i) => (((i * 31) % 1013) / 1013) ** 1.1);
    const ours = kolmogorovSmirnov(sorted(a), sorted(b));
    near(ours.statistic, scipy.ksLarge.statistic, 1e-12, 'statistic');
    near(ours.p, scipy.ksLarge.p, 1e-9, 'p');
  });

  test("the tail of Kolmogorov's distribution, by every method", () => {
    for (const [n, d, p] of scipy.kolmogorovTail)
      near(kolmogorovTail(n, d), p, 1e-9, `n ${n}, d ${d}, √n d ${Math.sqrt(n) * d}`);
  });

  test('the chi-squared test', () => {
    for (const { a, b, statistic, p, degrees } of scipy.chiSquared) {
      const ours = chiSquared(a, b);
      expect(ours.degrees).toBe(degrees);
      if (statistic > 0) near(ours.statistic, statistic, 1e-12, 'statistic');
      near(ours.p, p, 1e-11, `${a.join(' ')} against ${b.join(' ')}`);
    }
  });

  test('distances and the correction for many tests', () => {
    for (const { a, b, psi } of scipy.psi) {
      if (psi === null) expect(populationStability(a, b)).toBe(Infinity);
      else near(populationStability(a, b), psi, 1e-12, 'psi');
    }
    for (const { a, b, distance } of scipy.jensenShannon) near(jensenShannon(a, b), distance, 1e-12, 'Jensen-Shannon');
    const { ps, corrected } = scipy.benjaminiHochberg;
    benjaminiHochberg(ps).forEach((p, i) => near(p, corrected[i]!, 1e-14, `p ${i}`));
  });
});

const counts = fc.array(fc.tuple(fc.integer({ min: 0, max: 500 }), fc.integer({ min: 0, max: 500 })), {
  minLength: 2,
  maxLength: 8,
});

test('distances are symmetric, zero for equal shares, and bounded', () => {
  fc.assert(
    fc.property(counts, (pairs) => {
      const a = pairs.map(([x]) => x + 1);
      const b = pairs.map(([, y]) => y + 1);
      for (const distance of [populationStability, jensenShannon, totalVariation]) {
        expect(distance(a, b)).toBeCloseTo(distance(b, a), 10);
        expect(
          distance(
            a,
            a.map((x) => 3 * x),
          ),
        ).toBeCloseTo(0, 7);
      }
      for (const bounded of [jensenShannon, totalVariation]) {
        expect(bounded(a, b)).toBeGreaterThanOrEqual(0);
        expect(bounded(a, b)).toBeLessThanOrEqual(1);
      }
    }),
  );
});

test('the exact p-value of Kolmogorov-Smirnov is the share of all arrangements with at least that gap', () => {
  const gapOf = (picked: ReadonlySet<number>, n: number): number => {
    let [inA, inB, gap] = [0, 0, 0];
    for (let at = 0; at < n; at++) {
      if (picked.has(at)) inA++;
      else inB++;
      gap = Math.max(gap, Math.abs(inA / picked.size - inB / (n - picked.size)));
    }
    return gap;
  };
  const subsets = (n: number, size: number): Set<number>[] =>
    Array.from(
      { length: 2 ** n },
      (_, bits) => new Set(Array.from({ length: n }, (_, i) => i).filter((i) => (bits >> i) & 1)),
    ).filter((s) => s.size === size);
  for (const [n, m] of [
    [4, 3],
    [5, 5],
    [6, 3],
    [7, 4],
  ] as const) {
    const all = subsets(n + m, n);
    const gaps = all.map((picked) => gapOf(picked, n + m));
    for (const picked of all.filter((_, i) => i % 7 === 0)) {
      const a = [...picked].sort((x, y) => x - y);
      const b = Array.from({ length: n + m }, (_, i) => i).filter((i) => !picked.has(i));
      const { p } = kolmogorovSmirnov(a, b);
      const share = gaps.filter((gap) => gap >= gapOf(picked, n + m) - 1e-12).length / all.length;
      expect(p).toBeCloseTo(share, 12);
    }
  }
});
