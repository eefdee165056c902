import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { randomFrom } from '@trainyard/numeric';
import { integratedGradients, kernelShap, linearShap, occlusion, type Answer, type Explaining } from './shapley.js';

const reference = JSON.parse(readFileSync(new URL('./reference/shap.json', import.meta.url), 'utf8')) as {
  background: number[][];
  rows: number[][];
  slopes: number[];
  intercept: number;
  kernel: { expected: number; values: number[][] };
  linear: { expected: number; values: number[][] };
};
const each =
  (of: (x: Float64Array) => number, width: number): Answer =>
  async (features, rows) =>
    Float64Array.from({ length: rows }, (_, row) => of(features.subarray(row * width, (row + 1) * width)));
/** The function that stands in make-shap.py. */
const bent = (x: Float64Array): number =>
  1 / (1 + Math.exp(-(x[0]! * x[1]! + 0.5 * x[2]! - Math.max(x[3]!, 0) + 0.1 * x[4]!)));
const explaining = (of: (x: Float64Array) => number): Explaining => ({
  answer: each(of, 5),
  width: 5,
  outputs: 1,
  background: Float64Array.from(reference.background.flat()),
});

/** Contributions of one answer equal these, what stands before any feature last; their sum is the answer. */
function expectEqual(found: Float64Array, values: readonly number[], expected: number, near: number): void {
  [...values, expected].forEach((value, j) => expect(Math.abs(found[j]! - value)).toBeLessThan(near));
}

test('kernel SHAP over all coalitions equals that of shap, and sums to the answer in every row', async () => {
  for (const [i, given] of reference.rows.entries()) {
    const row = Float64Array.from(given);
    const found = await kernelShap(explaining(bent), row, 64, randomFrom(1));
    expectEqual(found, reference.kernel.values[i]!, reference.kernel.expected, 1e-9);
    expect(Math.abs(found.reduce((sum, one) => sum + one, 0) - bent(row))).toBeLessThan(1e-12);
  }
});

test('linear SHAP equals that of shap', async () => {
  const line = (x: Float64Array): number =>
    reference.slopes.reduce((sum, slope, j) => sum + slope * x[j]!, reference.intercept);
  const of = await linearShap(explaining(line));
  reference.rows.forEach((row, i) =>
    expectEqual(of(Float64Array.from(row)), reference.linear.values[i]!, reference.linear.expected, 1e-9),
  );
});

test('kernel SHAP over coalitions drawn sums to the answer, and lies near the whole of a function of twenty features', async () => {
  const width = 20;
  const random = randomFrom(2);
  const line = (x: Float64Array): number => x.reduce((sum, one, j) => sum + (j % 4) * one, 0) + x[0]! * x[1]!;
  const background = Float64Array.from({ length: 10 * width }, () => random.uniform());
  const row = Float64Array.from({ length: width }, () => random.uniform());
  const drawn = await kernelShap(
    { answer: each(line, width), width, outputs: 1, background },
    row,
    1024,
    randomFrom(3),
  );
  expect(Math.abs(drawn.reduce((sum, one) => sum + one, 0) - line(row))).toBeLessThan(1e-9);
  for (let j = 2; j < width; j++) {
    let mean = 0;
    for (let b = 0; b < 10; b++) mean += background[b * width + j]! / 10;
    expect(Math.abs(drawn[j]! - (j % 4) * (row[j]! - mean))).toBeLessThan(0.1);
  }
});

test('kernel SHAP of more features than coalitions are drawn for is refused, with the number that is needed', async () => {
  const width = 40;
  const explained: Explaining = { answer: each((x) => x[0]!, width), width, outputs: 1, background: new Float64Array(width) }; // prettier-ignore
  const row = new Float64Array(width).fill(1);
  await expect(kernelShap(explained, row, 64, randomFrom(1))).rejects.toThrow(
    '64 coalitions are too few for 40 features',
  );
  await expect(kernelShap(explained, row, 64, randomFrom(1))).rejects.toMatchObject({ expected: 'at least 82' });
  const found = await kernelShap(explained, row, 128, randomFrom(1));
  expect(found[0]).toBeCloseTo(1, 6);
});

test('integrated gradients sum to the answer but for the width of their steps', async () => {
  for (const given of reference.rows) {
    const row = Float64Array.from(given);
    const found = await integratedGradients(explaining(bent), row, 300);
    expect(Math.abs(found.reduce((sum, one) => sum + one, 0) - bent(row))).toBeLessThan(2e-3);
  }
});

test('occlusion says by how much the answer falls without one feature', async () => {
  const row = Float64Array.from(reference.rows[0]!);
  const found = await occlusion(explaining(bent), row);
  const mean =
    reference.background.reduce((sum, other) => sum + bent(row.map((x, j) => (j === 2 ? other[2]! : x))), 0) / 20;
  expect(found[2]).toBeCloseTo(bent(row) - mean, 12);
});
