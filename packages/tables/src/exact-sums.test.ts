import { expect, test } from 'vitest';
import { exactMean, exactParts, exactTotal, exactUnits } from './exact-sums.js';
import { withDatabase } from './database.js';
import { sql } from './sql.js';

const CHUNKS = 7;

test('totals of chunks, merged in any grouping, are the total of the whole', async () => {
  await withDatabase({ threads: 2 }, async (database) => {
    const from = sql`(SELECT sin(i) * pow(2, -(i % 40)) AS z, i % ${BigInt(CHUNKS)} AS chunk FROM range(20000) AS r(i))`;
    const [high, low] = exactParts(sql`z`);
    const total = (row: { high: string; low: string }): bigint => exactTotal(row.high, row.low);
    const whole = total(await database.row(sql`SELECT ${high} AS high, ${low} AS low FROM ${from}`));
    const chunks = (
      await database.rows<{ high: string; low: string }>(
        sql`SELECT ${high} AS high, ${low} AS low FROM ${from} GROUP BY chunk ORDER BY chunk`,
      )
    ).map(total);
    for (let split = 1; split < CHUNKS; split++) {
      const sum = (some: readonly bigint[]): bigint => some.reduce((a, b) => a + b, 0n);
      expect(sum(chunks.slice(split)) + sum(chunks.slice(0, split))).toBe(whole);
    }
    expect(exactMean(whole, 20_000n)).toBe(
      exactMean(
        chunks.reduceRight((a, b) => b + a),
        20_000n,
      ),
    );
  });
});

test('a mean is the nearest double of the exact one', () => {
  const mean = (values: readonly number[]): number =>
    exactMean(
      values.reduce((sum, value) => sum + exactUnits(value), 0n),
      BigInt(values.length),
    );
  expect(mean([1, 2 ** -60, -1])).toBe(2 ** -60 / 3);
  expect(mean([0.1, 0.2, 0.3])).toBe(0.2);
  expect(mean([-0.1, -0.1])).toBe(-0.1);
  expect(mean([1.5])).toBe(1.5);
  expect(exactMean(0n, 0n)).toBe(0);
});
