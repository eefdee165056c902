import fc from 'fast-check';
import { expect, test } from 'vitest';
import { numberStatistics, sql, withDatabase } from './index.js';

const shares = [0, 0.1, 0.5, 0.9, 1];

async function statistics(values: readonly (number | null)[]) {
  return withDatabase({}, async (database) => {
    await database.insert(
      't',
      [{ name: 'x', type: 'number' }],
      values.map((x) => ({ x })),
    );
    return numberStatistics(database, sql`t`, sql`x`, shares);
  });
}

test('every statistic is finite, whatever the values, and lies where it must', async () => {
  const value = fc.option(fc.oneof(fc.double(), fc.constantFrom(1.7e308, -1.7e308, 5e-324, 1e-200, Infinity, NaN)));
  await fc.assert(
    fc.asyncProperty(fc.array(value), async (values) => {
      const found = await statistics(values);
      const { quantiles, ...figures } = found;
      expect([...quantiles, ...Object.values(figures)].every(Number.isFinite)).toBe(true);
      expect(found.present + found.missing).toBe(values.length);
      if (found.present === 0) return;
      expect(found.mean).toBeGreaterThanOrEqual(found.min);
      expect(found.mean).toBeLessThanOrEqual(found.max);
      // Beside values 300 orders of magnitude larger, a small one may lose its last bits.
      const size = 1e-15 * Math.max(Math.abs(found.min), Math.abs(found.max));
      expect(Math.abs((quantiles[0] ?? NaN) - found.min)).toBeLessThanOrEqual(size);
      expect(Math.abs((quantiles.at(-1) ?? NaN) - found.max)).toBeLessThanOrEqual(size);
    }),
    { numRuns: 60 },
  );
});

test('values 2^400 times as large have statistics as many times as large, and the same skewness', async () => {
  const scale = 2 ** 400;
  const values = [1, 2, 2.5, 7, 100];
  const [plain, large] = [await statistics(values), await statistics(values.map((value) => value * scale))];
  expect(large.mean).toBe(plain.mean * scale);
  expect(large.deviation / scale).toBeCloseTo(plain.deviation, 12);
  expect(large.skewness).toBeCloseTo(plain.skewness, 12);
  expect(large.quantiles).toEqual(plain.quantiles.map((quantile) => quantile * scale));
});
