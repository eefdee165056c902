import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { UserError } from '../../core/errors/index.js';
import { randomFrom } from '../../core/random.js';
import type { Tensors } from '../tensors.js';
import { biasName, kernelName } from './dense-net.js';
import { learnerOf, scorerOf } from './index.js';

const random = randomFrom(1);
const singles = (size: number) => Float32Array.from({ length: size }, () => random.uniform() * 2 - 1);
const doubles = (size: number) => Float64Array.from({ length: size }, () => random.uniform() * 2 - 1);

/** One model of each learner: 4 features, 3 classes. */
const cases: { learner: string; architecture: unknown; tensors: Tensors }[] = [
  {
    learner: 'dense net',
    architecture: {
      features: 4,
      layers: [
        { units: 5, activation: 'tanh' },
        { units: 3, activation: 'linear' },
      ],
    },
    tensors: {
      [kernelName(0)]: { shape: [4, 5], values: singles(20) },
      [biasName(0)]: { shape: [5], values: singles(5) },
      [kernelName(1)]: { shape: [5, 3], values: singles(15) },
      [biasName(1)]: { shape: [3], values: singles(3) },
    },
  },
  {
    learner: 'logistic regression',
    architecture: {},
    tensors: {
      coefficients: { shape: [4, 3], values: doubles(12) },
      intercepts: { shape: [3], values: doubles(3) },
    },
  },
  {
    learner: 'constant',
    architecture: { features: 4 },
    tensors: { probabilities: { shape: [3], values: Float64Array.of(0.2, 0.3, 0.5) } },
  },
];

const row = fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 4, maxLength: 4 });

for (const { learner, architecture, tensors } of cases)
  describe(`the learner "${learner}"`, () => {
    const scorer = scorerOf(learner, architecture, tensors);

    test('says how many features it takes and how many probabilities it gives', () => {
      expect(scorer).toMatchObject({ features: 4, outputs: 3 });
      expect(learnerOf(learner)).toMatchObject({ name: learner, title: expect.any(String) });
    });
    test('gives probabilities that sum to 1, however large the features are', () => {
      fc.assert(
        fc.property(row, (features) => {
          const p = scorer.score(features);
          expect(p).toHaveLength(3);
          expect(p.every((value) => value >= 0 && value <= 1)).toBe(true);
          expect(p.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 12);
        }),
      );
    });
    test('answers a row alike whatever came before, and gives results away', () => {
      fc.assert(
        fc.property(row, row, (one, other) => {
          const first = scorer.score(one);
          const kept = Float64Array.from(first);
          scorer.score(other).fill(NaN);
          expect(first).toEqual(kept);
          expect(scorer.score(one)).toEqual(kept);
        }),
      );
    });
    test('refuses tensors that are missing or of another shape', () => {
      for (const name of Object.keys(tensors)) {
        const { [name]: taken, ...others } = tensors;
        expect(() => scorerOf(learner, architecture, others)).toThrow(UserError);
        const wrong = { shape: [1, ...taken!.shape], values: taken!.values };
        expect(() => scorerOf(learner, architecture, { ...others, [name]: wrong })).toThrow('does not fit');
      }
    });
  });

test('a learner that this version does not know is refused, naming those that it does', () => {
  expect(() => scorerOf('oracle', {}, {})).toThrow(/"oracle"[^]*dense net, logistic regression, constant/);
});
