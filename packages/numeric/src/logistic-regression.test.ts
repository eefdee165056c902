import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { classProbabilities, fitLogistic, type ClassifiedRows } from './logistic-regression.js';

interface Case {
  name: string;
  l2: number;
  balanced: boolean;
  features: number[][];
  labels: number[];
  coefficients: number[][];
  intercepts: number[];
}
const { cases } = JSON.parse(readFileSync(new URL('./references/logistic.json', import.meta.url), 'utf8')) as {
  cases: Case[];
};

function rowsOf({ features, labels }: Case): ClassifiedRows {
  const width = features[0]!.length;
  return {
    rows: labels.length,
    width,
    features: Float64Array.from(features.flat()),
    labels: Int32Array.from(labels),
  };
}

/** As scikit-learn balances: rows over classes times the rows of the class. */
function weightsOf({ labels, balanced }: Case): Float64Array {
  const counts = [...new Set(labels)].sort().map((label) => labels.filter((one) => one === label).length);
  return Float64Array.from(counts, (count) => (balanced ? labels.length / (counts.length * count) : 1));
}

describe('logistic regression equals that of scikit-learn to 1e-6', () => {
  for (const one of cases)
    test(one.name, () => {
      const data = rowsOf(one);
      const fit = fitLogistic(data, { l2: one.l2, weights: weightsOf(one), iterations: 5000, tolerance: 1e-11 });
      const { classes, coefficients, intercepts, minimum } = fit;
      expect(minimum.converged).toBe(true);
      // With two classes the reference models the second one against the first.
      const of = (values: ArrayLike<number>, at: number, k: number) =>
        classes === 2 ? values[at + 1]! - values[at]! : values[at + k]!;
      one.coefficients.forEach((expected, k) =>
        expected.forEach((value, j) =>
          expect(Math.abs(of(coefficients, j * classes, k) - value), `${k},${j}`).toBeLessThan(1e-6),
        ),
      );
      one.intercepts.forEach((value, k) => expect(Math.abs(of(intercepts, 0, k) - value)).toBeLessThan(1e-6));
      const probabilities = classProbabilities(fit, data.features, data.rows);
      for (let row = 0; row < data.rows; row++)
        expect(probabilities.subarray(row * classes, (row + 1) * classes).reduce((sum, p) => sum + p, 0)).toBeCloseTo(
          1,
          12,
        );
    });
});
