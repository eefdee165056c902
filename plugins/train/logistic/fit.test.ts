import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { weightsOfClasses } from '../class-weights.js';
import type { Dataset } from '../dataset.js';
import { fitLogistic } from './fit.js';

interface Case {
  name: string;
  l2: number;
  balanced: boolean;
  features: number[][];
  labels: number[];
  coefficients: number[][];
  intercepts: number[];
}
const { cases } = JSON.parse(readFileSync(new URL('./reference/reference.json', import.meta.url), 'utf8')) as {
  cases: Case[];
};

function datasetOf({ features, labels }: Case): Dataset {
  const classes = [...new Set(labels)].sort().map(String);
  const width = features[0]!.length;
  return {
    rows: labels.length,
    width,
    features: Float64Array.from(features.flat()),
    labels: Int32Array.from(labels),
    classes,
    ranges: {},
    sample: [],
  };
}

describe('logistic regression equals that of scikit-learn to 1e-6', () => {
  for (const one of cases)
    test(one.name, () => {
      const data = datasetOf(one);
      const classes = data.classes.length;
      const { coefficients, intercepts, minimum } = fitLogistic(data, {
        l2: one.l2,
        weights: weightsOfClasses(one.balanced ? 'balanced' : undefined, data),
        iterations: 5000,
        tolerance: 1e-11,
      });
      expect(minimum.converged).toBe(true);
      // With two classes the reference models the second one against the first.
      const of = (values: Float64Array, at: number, k: number) =>
        classes === 2 ? values[at + 1]! - values[at]! : values[at + k]!;
      one.coefficients.forEach((expected, k) =>
        expected.forEach((value, j) =>
          expect(Math.abs(of(coefficients, j * classes, k) - value), `${k},${j}`).toBeLessThan(1e-6),
        ),
      );
      one.intercepts.forEach((value, k) => expect(Math.abs(of(intercepts, 0, k) - value)).toBeLessThan(1e-6));
    });
});
