import { expect, it } from 'vitest';
import { halton, latin, sobol, sobolBits } from './sequences.js';

const SCIPY = [
  [0, 0, 0, 0, 0, 0],
  [4, 4, 4, 4, 4, 4],
  [6, 2, 2, 2, 6, 6],
  [2, 6, 6, 6, 2, 2],
  [3, 3, 5, 7, 3, 1],
  [7, 7, 1, 3, 7, 5],
  [5, 1, 7, 5, 5, 7],
  [1, 5, 3, 1, 1, 3],
];

it("is Sobol's sequence as SciPy 1.17.1 gives it unscrambled", () => {
  // scipy.stats.qmc.Sobol(6, scramble=False).random(8) * 8
  const rows = Array.from({ length: 8 }, (_, i) => Array.from({ length: 6 }, (_, d) => sobolBits(i, d) / 2 ** 29));
  expect(rows).toEqual(SCIPY);
});

it.each([
  ['sobol', sobol],
  ['halton', halton],
])('%s fills strata: 256 points put about 16 into each of 16 slices of every dimension', (_, f) => {
  for (let d = 0; d < 10; d++) {
    const counts = new Array<number>(16).fill(0);
    for (let i = 0; i < 256; i++) counts[Math.floor(f(i, d, 5) * 16)]! += 1;
    for (const c of counts) expect(Math.abs(c - 16)).toBeLessThanOrEqual(_ === 'sobol' ? 0 : 5);
  }
});

it('a Latin hypercube has one point in each slice', () => {
  const slices = Array.from({ length: 20 }, (_, i) => Math.floor(latin(i, 3, 1, 20) * 20));
  expect(slices.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, i) => i));
});
