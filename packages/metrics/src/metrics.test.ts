import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { randomFrom } from '@trainyard/numeric';
import { bootstrap, confusionMatrix, figuresOf, mcnemar, mostProbable, perClass, wilson } from './index.js';

interface Reference {
  cases: {
    name: string;
    classes: number;
    truth: number[];
    probabilities: number[];
    expected: Record<string, unknown> & { confusion: number[][]; perClass: Record<string, number>[] };
  }[];
  signTest: { fewer: number; n: number; p: number }[];
  wilson: { successes: number; trials: number; interval: [number, number] }[];
}
const reference = JSON.parse(readFileSync(new URL('./reference/reference.json', import.meta.url), 'utf8')) as Reference;

/** Every number of `expected` is met to 1e-9. */
function expectClose(actual: unknown, expected: unknown, at: string): void {
  if (typeof expected === 'number') {
    expect(typeof actual, at).toBe('number');
    expect(Math.abs((actual as number) - expected), `${at}: ${String(actual)} and ${expected}`).toBeLessThan(1e-9);
  } else if (expected === null) expect(actual, at).toBeNull();
  else
    for (const [name, value] of Object.entries(expected as object))
      expectClose((actual as Record<string, unknown>)[name], value, `${at}.${name}`);
}

describe('metrics equal those of scikit-learn to 1e-9', () => {
  for (const { name, classes, truth, probabilities, expected } of reference.cases)
    test(name, () => {
      const p = { values: probabilities, classes };
      const confusion = confusionMatrix(truth, mostProbable(p), classes);
      expect(confusion).toEqual(expected.confusion);
      expectClose({ ...figuresOf(truth, p), confusion, perClass: perClass(confusion) }, expected, name);
    });
});

test('the exact McNemar test equals the binomial test of SciPy', () => {
  for (const { fewer, n, p } of reference.signTest) {
    const first = Array.from({ length: n }, (_, i) => i < fewer);
    const result = mcnemar(
      first,
      first.map((right) => !right),
    );
    expect(result.onlyFirst).toBe(fewer);
    expect(Math.abs(result.p - p) / p).toBeLessThan(1e-9);
  }
});

test('Wilson intervals equal those of SciPy', () => {
  for (const { successes, trials, interval } of reference.wilson)
    expectClose([...wilson(successes, trials)], interval, `${successes} of ${trials}`);
});

test('figures do not depend on the order of rows', () => {
  const row = fc.tuple(fc.nat(2), fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 3, maxLength: 3 }));
  fc.assert(
    fc.property(fc.array(row, { minLength: 1, maxLength: 30 }), (rows) => {
      const figures = (list: typeof rows) =>
        figuresOf(
          list.map(([truth]) => truth),
          { values: list.flatMap(([, w]) => w.map((x) => x / (w[0]! + w[1]! + w[2]!))), classes: 3 },
        );
      expectClose(figures(rows.toReversed()), figures(rows), 'reversed');
    }),
  );
});

test('a bootstrap with the same seed gives the same interval, and one around the figure', () => {
  const values = Array.from({ length: 100 }, (_, i) => i);
  const mean = (drawn: Int32Array) => drawn.reduce((sum, i) => sum + values[i]!, 0) / drawn.length;
  const [low, high] = bootstrap(100, mean, randomFrom(7))!;
  expect(bootstrap(100, mean, randomFrom(7))).toEqual([low, high]);
  // The mean's standard error is 29 / 10, so 95 % lie within about 5.7 of 49.5.
  expect(low).toBeGreaterThan(42);
  expect(low).toBeLessThan(46);
  expect(high).toBeGreaterThan(53);
  expect(high).toBeLessThan(57);
});

test('labels and predictions of different length are refused', () => {
  expect(() => confusionMatrix([0], [0, 1], 2)).toThrow('1 labels stand beside 2 predictions');
  expect(() => confusionMatrix([0], [2], 2)).toThrow('class 0 or 2 is not one of 0 to 1');
});
