import { expect, it } from 'vitest';
import { curvesOf, rocAucOf, type Probabilities } from './index.js';

const binary = (scores: readonly number[]): Probabilities => ({
  values: scores.flatMap((score) => [1 - score, score]),
  classes: 2,
});

it('the curves of a small case are those of scikit-learn', () => {
  // roc_curve([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8]) and precision_recall_curve of the same.
  const { roc, precisionRecall, support } = curvesOf([0, 0, 1, 1], binary([0.1, 0.4, 0.35, 0.8]), 1)!;
  expect(support).toBe(2);
  expect(roc).toEqual([
    [0, 0],
    [0, 0.5],
    [0.5, 0.5],
    [0.5, 1],
    [1, 1],
  ]);
  expect(precisionRecall).toEqual([
    [0.5, 1],
    [0.5, 0.5],
    [1, 2 / 3],
    [1, 0.5],
  ]);
});

it('equal probabilities are one point: the area under the curve is that of the ranks', () => {
  const truth = Array.from({ length: 150 }, (_, i) => ((i * 7) % 3 === 0 ? 1 : 0));
  const p = binary(truth.map((label, i) => ((i * 13) % 10) / 20 + label / 4));
  const { roc } = curvesOf(truth, p, 1)!;
  const area = roc.slice(1).reduce((sum, [x, y], i) => sum + ((x - roc[i]![0]) * (y + roc[i]![1])) / 2, 0);
  expect(area).toBeCloseTo(rocAucOf(truth, p, 1)!, 12);
});

it('many rows are 200 points, with both ends', () => {
  const truth = Array.from({ length: 5000 }, (_, i) => i % 2);
  const { roc } = curvesOf(truth, binary(truth.map((_, i) => ((i * 2654435761) % 100_003) / 100_003)), 1)!;
  expect(roc).toHaveLength(200);
  expect([roc[0], roc.at(-1)]).toEqual([
    [0, 0],
    [1, 1],
  ]);
});

it('a class without rows, or with all of them, has no curves', () => {
  expect(curvesOf([0, 0], binary([0.2, 0.4]), 1)).toBeUndefined();
  expect(curvesOf([1, 1], binary([0.2, 0.4]), 1)).toBeUndefined();
});
