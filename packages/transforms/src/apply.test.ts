import fc from 'fast-check';
import { expect, test } from 'vitest';

import {
  applyTransform,
  applyTransformToRows,
  featureNames,
  parseTransform,
  type Cell,
  type FeatureRow,
  type FittedTransform,
} from './index.js';

const extreme = fc.constantFrom(0, -0, 1e308, -1e308, 5e-324, Infinity, -Infinity, NaN, Number.MAX_SAFE_INTEGER);
const number: fc.Arbitrary<Cell> = fc.oneof(fc.double(), extreme, fc.constantFrom(null, undefined));
const text: fc.Arbitrary<Cell> = fc.oneof(
  fc.constantFrom('a', 'b', 'c', '', 'constructor', '__proto__', null, undefined, true, 7),
  fc.string({ unit: 'binary' }),
);
/** As fitting gives them: JSON has no -0. */
const finite = fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0);
const numericStep = fc.record({
  kind: fc.constant('numeric' as const),
  column: fc.constantFrom('n', 'm'),
  fill: finite,
  center: finite,
  scale: fc.double({ min: 5e-324, max: 1e308, noNaN: true }),
  clip: fc.constantFrom(3, 1e6),
  indicator: fc.boolean(),
});
const categoricalStep = fc.record({
  kind: fc.constant('categorical' as const),
  column: fc.constantFrom('t', 'u'),
  categories: fc.uniqueArray(fc.constantFrom('7', 'a', 'b', 'constructor', 'true'), { minLength: 1 }),
  missing: fc.constantFrom('feature' as const, 'fill' as const, 'zeros' as const),
  fill: fc.constant('a'),
  unknown: fc.constantFrom('feature' as const, 'zeros' as const),
});
const transform: fc.Arbitrary<FittedTransform> = fc.record({
  format: fc.constant('trainyard.transform/1' as const),
  steps: fc.array(fc.oneof(numericStep, categoricalStep), { maxLength: 6 }),
  rows: fc.constant(1),
});
const row: fc.Arbitrary<FeatureRow> = fc.record({ n: number, m: number, t: text, u: text }, { requiredKeys: [] });

test('a single row, a batch, and both after a trip through JSON text give the same bits; all are finite', () => {
  fc.assert(
    fc.property(transform, fc.array(row, { maxLength: 10 }), (fitted, rows) => {
      const again = parseTransform(JSON.stringify(fitted));
      const width = featureNames(fitted).length;
      const batch = applyTransformToRows(fitted, rows);
      expect(batch.length).toBe(rows.length * width);
      rows.forEach((one, i) => {
        const single = applyTransform(again, one);
        expect(single).toStrictEqual(batch.slice(i * width, (i + 1) * width));
        expect(single.every(Number.isFinite)).toBe(true);
      });
    }),
    { numRuns: 500 },
  );
});

test('a row sets one feature of each categorical column, or none where that was said', () => {
  fc.assert(
    fc.property(categoricalStep, row, (step, one) => {
      const features = applyTransform({ format: 'trainyard.transform/1', steps: [step], rows: 1 }, one);
      const set = features.reduce((sum, feature) => sum + feature, 0);
      expect(set === 1 || (set === 0 && (step.unknown === 'zeros' || step.missing !== 'feature'))).toBe(true);
    }),
  );
});

test('a column that holds no number where one is wanted is named', () => {
  const step = { kind: 'numeric', column: 'mass', fill: 0, center: 0, scale: 1, clip: 9, indicator: false } as const;
  expect(() => applyTransform({ format: 'trainyard.transform/1', steps: [step], rows: 1 }, { mass: 'heavy' })).toThrow(
    /column "mass" does not hold a number[\s\S]*string "heavy"/,
  );
});

test('a transform of another format is refused, and so is what is no JSON', () => {
  expect(() => parseTransform('{"format":"other"}')).toThrow(/unknown format[\s\S]*actual: {3}other/);
  expect(() => parseTransform('null')).toThrow(/unknown format/);
  expect(() => parseTransform('{')).toThrow(/not JSON/);
});
