import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { calibrate, CALIBRATION_NAMES, fitCalibrator, fitIsotonic, logLoss, type Calibrator } from './index.js';

const { cases } = JSON.parse(readFileSync(new URL('./reference/calibration.json', import.meta.url), 'utf8')) as {
  cases: {
    name: string;
    classes: number;
    truth: number[];
    probabilities: number[];
    fresh: number[];
    calibrated: Record<Calibrator['method'], number[]>;
  }[];
};
/** Isotonic regression is exact; SciPy finds the least loss of the others to about so many digits. */
const NEAR: Record<Calibrator['method'], number> = { isotonic: 1e-9, platt: 1e-6, temperature: 1e-6 };

describe('calibration equals that of scikit-learn and SciPy', () => {
  for (const { name, classes, truth, probabilities, fresh, calibrated } of cases)
    for (const method of CALIBRATION_NAMES)
      test(`${method}, ${name}`, () => {
        const p = { values: probabilities, classes };
        const fitted = fitCalibrator(method, truth, p);
        const values = Float64Array.from(fresh);
        calibrate(fitted, values, classes);
        values.forEach((value, i) => expect(Math.abs(value - calibrated[method][i]!)).toBeLessThan(NEAR[method]));
        // Too certain before: the log loss of the rows that it was learnt from falls.
        const mended = Float64Array.from(probabilities);
        calibrate(fitted, mended, classes);
        expect(logLoss(truth, { values: mended, classes })).toBeLessThan(logLoss(truth, p));
      });
});

test('what is calibrated are probabilities that sum to 1, whatever was answered, and isotonic curves rise', () => {
  const row = fc.tuple(fc.nat(2), fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 3, maxLength: 3 }));
  fc.assert(
    fc.property(
      fc.array(row, { minLength: 3, maxLength: 30 }),
      fc.constantFrom(...CALIBRATION_NAMES),
      (rows, method) => {
        const values = rows.flatMap(([, w]) => {
          const sum = w[0]! + w[1]! + w[2]! || 1;
          return sum === 1 ? [1, 0, 0] : w.map((x) => x / sum);
        });
        const truth = rows.map(([t]) => t);
        const mended = Float64Array.from(values);
        calibrate(fitCalibrator(method, truth, { values, classes: 3 }), mended, 3);
        for (let at = 0; at < mended.length; at += 3) {
          expect(mended[at]! + mended[at + 1]! + mended[at + 2]!).toBeCloseTo(1, 9);
          for (const k of [0, 1, 2]) expect(mended[at + k]! >= 0 && mended[at + k]! <= 1).toBe(true);
        }
        const { x, y } = fitIsotonic(
          Float64Array.from(values),
          Float64Array.from(values, (v) => v ** 2),
        );
        for (let i = 1; i < x.length; i++) expect(x[i]! > x[i - 1]! && y[i]! >= y[i - 1]!).toBe(true);
      },
    ),
  );
});
