import { expect, it } from 'vitest';
import { mannWhitney, quartiles } from './statistics.js';

// SciPy 1.17.1
const SCIPY: readonly { a: number[]; b: number[]; p: number }[] = [
  { a: [1.3, 1.4, 0.1, -0.8, -1.1], b: [0.0, -1.0, -1.4, 0.2, 0.1, 0.5, -0.9], p: 0.46412027247459664 },
  {
    a: [0.0, -0.1, -1.5, 0.5, 0.3, 2.4, 0.2, -0.1, 1.2, 0.2, 0.9, -0.4, 0.2, 1.0, 0.7, 0.1, -1.1, 0.4, 0.1, 0.7],
    b: [1.0, 1.9, 0.7, 1.0, 1.5, -0.3, 0.4, 0.3, 2.8, 0.7, 1.5, 1.4, 0.5, -0.8, 1.8, 0.4, 1.5, -0.5, 0.4, 2.1],
    p: 0.018406305383768116,
  },
  {
    a: [1.4, -1.3, -1.3, -0.0, 0.7, 0.2, 0.3, -1.0, 0.6, 1.1, -0.4, -1.4, -0.8, 0.8, -1.7, -0.1, -1.0, -0.1, -0.2, 0.0],
    b: [3.5, 2.4, 3.3, 1.9, 1.5, 2.4, -0.8, 2.0, 2.2, 0.8],
    p: 0.000236572684488003,
  },
];

it('agrees with SciPy (scipy.stats.mannwhitneyu, asymptotic)', () => {
  for (const { a, b, p } of SCIPY) expect(Math.abs(mannWhitney(a, b).p - p)).toBeLessThan(1e-6);
});

it('quartiles of columns', () => {
  expect(
    quartiles([
      [1, 10],
      [2, 20],
      [3, 30],
      [4, 40],
      [5, 50],
    ]),
  ).toEqual([
    [2, 20],
    [3, 30],
    [4, 40],
  ]);
});
