import { expect, test } from 'vitest';
import { z } from 'zod';
import { partsOf, provideParts } from '../../../core/provided-parts.js';
import { modelKind, openScorer, type ModelTask } from '../../../models/index.js';
import { modelKindCases, type ModelKindExample } from '../../../worker/testing/index.js';
import * as kinds from '../parts.js';
import { ensembleParts } from './ensemble.js';
import { tensorParts } from './tensor-kind.js';

/** Takes what is missing, as trees do. */
const stump = modelKind({
  name: 'stump',
  title: 'One split, with a branch for what is missing',
  tasks: ['classification'],
  missing: true,
  settings: z.object({}),
  open: () => ({
    takes: 'features',
    width: 1,
    outputs: 2,
    score: (features) =>
      Float64Array.from([...features].flatMap((x) => (Number.isNaN(x) ? [0.5, 0.5] : x < 1 ? [0.1, 0.9] : [0.7, 0.3]))),
  }),
});
provideParts(() => partsOf([...Object.values(kinds), stump]));

const task: ModelTask = { type: 'classification', label: 'y', classes: ['r', 's'] };
const logistic = (coefficients: readonly number[]) =>
  tensorParts(
    {},
    {
      coefficients: { shape: [coefficients.length / 2, 2], values: Float64Array.from(coefficients) },
      intercepts: { shape: [2], values: Float64Array.of(0.1, -0.1) },
    },
  );
const constant = tensorParts({ features: 1 }, { probabilities: { shape: [2], values: Float64Array.of(0.25, 0.75) } });
const members = [
  { kind: 'logistic regression', weight: 0.5, features: [0, 2], ...logistic([1, -1, 0.5, -0.5]) },
  { kind: 'logistic regression', weight: 0.25, features: [1, 0], ...logistic([-2, 2, 0.25, -0.25]) },
  { kind: 'constant', weight: 0.25, features: [1], ...constant },
];
const example: ModelKindExample = {
  kind: kinds.ensemble,
  task,
  ...ensembleParts(3, [
    { kind: 'stump', weight: 0.75, features: [1], settings: {}, files: {} },
    { ...members[2]!, weight: 0.25 },
  ]),
  transform: {
    format: 'trainyard.transform/1',
    rows: 3,
    steps: ['a', 'b', 'c'].map((column) => ({
      ...{ kind: 'numeric' as const, column, fill: 0, center: 0, scale: 1, clip: 1e6, indicator: false },
    })),
  },
  rows: [
    { a: 1, b: 2, c: 3 },
    { a: -1, b: null, c: 0 },
    { a: 0, b: 1, c: -2 },
  ],
};
for (const one of modelKindCases) test(`an ensemble ${one.name}`, () => one.run(example));

const scored = (parts: ReturnType<typeof ensembleParts>, features: Float64Array) =>
  openScorer({ kind: kinds.ensemble, task, ...parts }, (score) => score(features, features.length / 3));

test('an ensemble answers the weighted mean of its members, each asked for its own features', async () => {
  const features = Float64Array.of(1, 2, 3, -1, 0.5, 0);
  const whole = await scored(ensembleParts(3, members), features);
  const alone = await Promise.all(members.map((one) => scored(ensembleParts(3, [{ ...one, weight: 1 }]), features)));
  whole.forEach((answer, i) =>
    expect(answer).toBeCloseTo(
      members.reduce((sum, { weight }, member) => sum + weight * alone[member]![i]!, 0),
      12,
    ),
  );
  // The first member sees a and c: 1 × 1 + 0.5 × 3 + 0.1 for the one class, as much less for the other.
  expect(alone[0]![0]).toBeCloseTo(1 / (1 + Math.exp(-2 * 2.6)), 12);
});

test('an ensemble whose card does not fit its members is refused', async () => {
  const features = new Float64Array(3);
  const narrow = ensembleParts(3, [{ ...members[0]!, features: [0] }]);
  await expect(scored(narrow, features)).rejects.toThrow('does not fit its card');
  await expect(scored(ensembleParts(2, members), features)).rejects.toThrow('does not fit its card');
  const unlike = {
    ...members[2]!,
    ...tensorParts({ features: 1 }, { probabilities: { shape: [3], values: Float64Array.of(0.2, 0.3, 0.5) } }),
  };
  await expect(scored(ensembleParts(3, [members[0]!, unlike]), features)).rejects.toThrow(
    'different numbers of answers',
  );
});
