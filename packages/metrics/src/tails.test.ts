import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { randomFrom, shuffled } from '@trainyard/numeric';
import { drawnMeanTail, holm, hypergeometricTail, normalTail } from './index.js';

const reference = JSON.parse(readFileSync(new URL('./reference/tails.json', import.meta.url), 'utf8')) as {
  hypergeometric: { found: number; drawn: number; marked: number; rows: number; p: number }[];
  normal: { z: number; p: number }[];
  holm: { p: number[]; adjusted: number[] };
};
const off = (a: number, b: number): number => Math.abs(a - b) / Math.max(b, 1e-300);

test('the tails of the hypergeometric and the normal distribution equal those of SciPy', () => {
  for (const { found, drawn, marked, rows, p } of reference.hypergeometric)
    expect(off(hypergeometricTail(found, drawn, marked, rows), p)).toBeLessThan(1e-9);
  for (const { z, p } of reference.normal) expect(off(normalTail(z), p)).toBeLessThan(1e-9);
});

test("Holm's correction equals that of statsmodels", () => {
  holm(reference.holm.p).forEach((p, i) => expect(off(p, reference.holm.adjusted[i]!)).toBeLessThan(1e-12));
  expect(holm([])).toEqual([]);
});

test('how often the mean of drawn values is as large lies near what the normal distribution says', () => {
  const values = Array.from({ length: 300 }, (_, i) => (i % 7) ** 2);
  const random = randomFrom(4);
  const drawn = 40;
  const times = 2000;
  let as = 0;
  for (let t = 0; t < times; t++) {
    const order = shuffled(values.length, random);
    let sum = 0;
    for (let i = 0; i < drawn; i++) sum += values[order[i]!]!;
    if (sum / drawn >= 15) as++;
  }
  expect(Math.abs(as / times - drawnMeanTail(15, drawn, values))).toBeLessThan(0.03);
  expect(drawnMeanTail(3, 2, [3, 3, 3])).toBe(1);
});
