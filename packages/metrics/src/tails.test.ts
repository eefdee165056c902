import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { randomFrom, shuffled } from '@trainyard/numeric';
import { drawnMeanTail, holm, hypergeometricTail, largerTail, midranks, normalQuantile, normalTail } from './index.js';

const reference = JSON.parse(readFileSync(new URL('./reference/tails.json', import.meta.url), 'utf8')) as {
  hypergeometric: { found: number; drawn: number; marked: number; rows: number; p: number }[];
  normal: { z: number; p: number }[];
  holm: { p: number[]; adjusted: number[] };
};
const off = (a: number, b: number): number => Math.abs(a - b) / Math.max(b, 1e-300);

test('the tails of the hypergeometric and the normal distribution equal those of SciPy', () => {
  for (const { found, drawn, marked, rows, p } of reference.hypergeometric)
    expect(off(hypergeometricTail(found, drawn, marked, rows), p)).toBeLessThan(1e-9);
  for (const { z, p } of reference.normal) {
    expect(off(normalTail(z), p)).toBeLessThan(1e-9);
    expect(Math.abs(normalQuantile(p) - z)).toBeLessThan(1e-9);
  }
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

const normal = (random: { uniform(): number }): number =>
  Math.sqrt(-2 * Math.log(1 - random.uniform())) * Math.cos(2 * Math.PI * random.uniform());

/** The share of searches over slices of 30 rows, all alike, that call any of them worse at 5 % after Holm's correction. */
function falseAlarms(draw: (random: ReturnType<typeof randomFrom>) => number, tail: typeof largerTail): number {
  const [slices, size, searches] = [300, 30, 40];
  let alarms = 0;
  for (let s = 0; s < searches; s++) {
    const random = randomFrom(5, s);
    const errors = Float64Array.from({ length: slices * size }, () => draw(random));
    const of = tail(errors);
    const p = Array.from({ length: slices }, (_, k) =>
      of(Int32Array.from({ length: size }, (_row, i) => k * size + i)),
    );
    if (Math.min(...holm(p)) <= 0.05) alarms++;
  }
  return alarms / searches;
}

test('slices that are alike are called worse in about 5 % of searches, however skewed errors are', () => {
  const skewed = (random: ReturnType<typeof randomFrom>): number => Math.exp(normal(random));
  const byMean: typeof largerTail = (values) => (rows) =>
    drawnMeanTail([...(rows as Int32Array)].reduce((sum, row) => sum + values[row]!, 0) / rows.length, rows.length, values); // prettier-ignore
  expect(falseAlarms(skewed, byMean)).toBeGreaterThan(0.5);
  expect(falseAlarms(skewed, largerTail)).toBeLessThanOrEqual(0.1);
  // Most rows are right to the last digit, few are far off.
  expect(falseAlarms((random) => (random.uniform() < 0.95 ? 0 : skewed(random)), largerTail)).toBeLessThanOrEqual(0.1);
  expect(falseAlarms((random) => random.integer(4), largerTail)).toBeLessThanOrEqual(0.1);
});

test('a slice whose errors are twice as large is found among 300', () => {
  const random = randomFrom(6);
  const errors = Float64Array.from({ length: 9000 }, (_, i) => Math.exp(normal(random)) * (i < 60 ? 2.5 : 1));
  const rows = Int32Array.from({ length: 60 }, (_, i) => i);
  expect(largerTail(errors)(rows) * 300).toBeLessThan(0.01);
});

test('equal values share their rank, and all alike are none larger', () => {
  expect([...midranks([3, 1, 3, 2])]).toEqual([3.5, 1, 3.5, 2]);
  expect(largerTail([2, 2, 2, 2])([0, 1])).toBe(1);
});
