import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  confusionMatrix,
  fBeta,
  figuresOfTask,
  intervalsOf,
  measure,
  mostProbable,
  nested,
  rocAucOf,
  rankedRocAuc,
  rankRows,
  sharedDraws,
  topAccuracy,
  type ClassificationSample,
} from './index.js';

interface Case {
  readonly name: string;
  readonly classes: number;
  readonly truth: number[];
  readonly probabilities: number[];
  readonly costs: number[];
  readonly perClass: { readonly f2: number[]; readonly fHalf: number[] };
  readonly expected: Readonly<Record<string, number | Readonly<Record<string, number>>>>;
}
const { cases } = JSON.parse(readFileSync(new URL('./reference/class-reference.json', import.meta.url), 'utf8')) as {
  cases: Case[];
};
const task = figuresOfTask('classification');

function sampleOf({ classes, truth, probabilities, costs }: Omit<Case, 'name' | 'expected' | 'perClass'>) {
  const p = { values: Float64Array.from(probabilities), classes };
  const sample: ClassificationSample = {
    units: truth.length,
    classes: Array.from({ length: classes }, (_, k) => `c${k}`),
    truth: Int32Array.from(truth),
    predicted: mostProbable(p),
    probabilities: p,
    costs: Float64Array.from(costs),
  };
  return sample;
}

function expectClose(actual: unknown, expected: unknown, at: string): void {
  if (typeof expected === 'number')
    expect(Math.abs((actual as number) - expected), `${at}: ${String(actual)} and ${expected}`).toBeLessThan(1e-9);
  else
    for (const [name, value] of Object.entries(expected as object))
      expectClose((actual as Record<string, unknown>)[name], value, `${at}.${name}`);
}

describe('F-beta, PR AUC, top-k, lift and expected cost equal those of scikit-learn to 1e-9', () => {
  for (const one of cases)
    test(one.name, () => {
      const sample = sampleOf(one);
      expectClose(nested(measure(task, sample)), one.expected, one.name);
      const confusion = confusionMatrix(sample.truth, sample.predicted, one.classes);
      expectClose(fBeta(confusion, 2), one.perClass.f2, 'f2');
      expectClose(fBeta(confusion, 0.5), one.perClass.fHalf, 'fHalf');
    });
});

test('every figure that is defined has an interval, around its value, and the same for the same seed', () => {
  const sample = sampleOf(cases[3]!);
  const draws = { seed: 5, resamples: 200 };
  const intervals = intervalsOf(task, sample, draws);
  for (const [name, value] of Object.entries(measure(task, sample))) {
    const [low, high] = intervals[name.replace(/\.(\w)/g, (_, letter: string) => letter.toUpperCase())]!;
    expect(low, name).toBeLessThan(high);
    // The bootstrap of an error of calibration lies above it: draws are further from the line than the rows.
    if (name !== 'calibrationError') expect(low <= value! && value! <= high, name).toBe(true);
  }
  expect(intervalsOf(task, sample, draws)).toEqual(intervals);
  expect(sharedDraws(1_000_000, 1000)).toBe(200);
});

test('what is not defined is null and has no interval: lift without rows of a class, top 2 of two classes, cost without costs', () => {
  const { costs: _, ...bare } = sampleOf({
    classes: 2,
    truth: [0, 0, 0],
    probabilities: [1, 0, 0.6, 0.4, 0.5, 0.5],
    costs: [],
  });
  const found = measure(task, bare);
  for (const name of ['lift@10', 'prAuc', 'rocAuc', 'top2', 'top3', 'expectedCost'])
    expect(found[name], name).toBeNull();
  expect(Object.keys(intervalsOf(task, bare, { seed: 1, resamples: 100 }))).not.toContain('prAuc');
});

test('the area by ranked rows is, bit for bit, the one by ranks, however often rows count', () => {
  const row = fc.tuple(fc.nat(1), fc.integer({ min: 0, max: 10 }));
  fc.assert(
    fc.property(fc.array(row, { minLength: 1, maxLength: 40 }), (rows) => {
      const truth = rows.map(([t]) => t);
      const p = { values: Float64Array.from(rows.flatMap(([, s]) => [1 - s / 10, s / 10])), classes: 2 };
      expect(
        rankedRocAuc(
          rankRows(p, 1),
          truth,
          1,
          truth.map(() => 1),
        ),
      ).toBe(rocAucOf(truth, p, 1));
      // Rows that count twice are rows that are there twice.
      const twice = { values: Float64Array.from([...p.values, ...p.values]), classes: 2 };
      expect(
        rankedRocAuc(
          rankRows(p, 1),
          truth,
          1,
          truth.map(() => 2),
        ),
      ).toBe(rocAucOf([...truth, ...truth], twice, 1));
    }),
  );
});

test('the first of equally probable classes comes first, as where one class is answered', () => {
  const p = { values: [0.4, 0.4, 0.2], classes: 3 };
  expect([topAccuracy([0], p, 1), topAccuracy([1], p, 1), topAccuracy([1], p, 2)]).toEqual([1, 0, 1]);
});
