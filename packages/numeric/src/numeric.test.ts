import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { chiSquaredTail, gammaQ, logGamma, nextUp, randomFrom, shuffled } from './index.js';

const scipy = JSON.parse(readFileSync(new URL('./references/scipy.json', import.meta.url), 'utf8')) as {
  gammaQ: [number, number, number][];
};

test("the incomplete gamma function is SciPy's", () => {
  for (const [a, x, q] of scipy.gammaQ)
    expect(Math.abs(gammaQ(a, x) - q) / Math.max(q, 1e-290), `Q(${a}, ${x})`).toBeLessThan(1e-11);
});

test('with two degrees of freedom the tail of chi-squared is exponential', () => {
  fc.assert(
    fc.property(fc.double({ min: 0, max: 600, noNaN: true }), (x) => {
      const exact = Math.exp(-x / 2);
      expect(Math.abs(chiSquaredTail(x, 2) - exact) / exact).toBeLessThan(1e-11);
    }),
  );
});

test('the gamma function is the factorial of whole numbers', () => {
  let logFactorial = 0;
  for (let n = 1; n <= 170; n++) {
    expect(Math.abs(logGamma(n) - logFactorial)).toBeLessThan(1e-11 * Math.max(1, logFactorial));
    logFactorial += Math.log(n);
  }
});

test('the same words give the same numbers, other words others', () => {
  const words = fc.array(fc.integer({ min: 0, max: 2 ** 32 - 1 }), { minLength: 1, maxLength: 4 });
  const drawn = (from: readonly number[]): number[] => {
    const random = randomFrom(...from);
    return Array.from({ length: 8 }, () => random.bits());
  };
  fc.assert(
    fc.property(words, words, (one, other) => {
      expect(drawn(one)).toEqual(drawn(one));
      if (JSON.stringify(one) !== JSON.stringify(other)) expect(drawn(one)).not.toEqual(drawn(other));
    }),
  );
});

test('integers are uniform below their bound: no count is further off than chance allows', () => {
  for (const below of [2, 3, 10, 257]) {
    const random = randomFrom(below, 5);
    const draws = below * 1_000;
    const counts = new Float64Array(below);
    for (let i = 0; i < draws; i++) counts[random.integer(below)]! += 1;
    const statistic = counts.reduce((sum, count) => sum + (count - 1_000) ** 2 / 1_000, 0);
    expect(chiSquaredTail(statistic, below - 1)).toBeGreaterThan(1e-4);
  }
});

test('a shuffle is a permutation', () => {
  fc.assert(
    fc.property(fc.nat(300), fc.nat(), (n, seed) => {
      expect([...shuffled(n, randomFrom(seed))].sort((a, b) => a - b)).toEqual(Array.from({ length: n }, (_, i) => i));
    }),
  );
});

test('nothing lies between a double and the next larger one', () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
      const next = nextUp(value);
      const middle = value / 2 + next / 2;
      expect(next).toBeGreaterThan(value);
      if (Number.isFinite(next) && Math.abs(value) > 1e-300) expect([value, next]).toContain(middle);
    }),
  );
  expect([nextUp(0), nextUp(-0), nextUp(1)]).toEqual([Number.MIN_VALUE, Number.MIN_VALUE, 1 + Number.EPSILON]);
});
