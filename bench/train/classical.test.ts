import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { CLASSES, foldOf, NUMBERS, scoreOf, type FoldedSet } from './classical-learners.js';

/** Of two data sets what `peers/classical.py` writes and prints, without the times. */
const { sets, peer } = JSON.parse(readFileSync(new URL('data/scikit-learn.json', import.meta.url), 'utf8')) as {
  sets: FoldedSet[];
  peer: { set: string; learner: string; figures: number[] }[];
};
const mean = (all: readonly number[]): number => all.reduce((a, b) => a + b, 0) / all.length;

test.each(peer)('$learner on $set is within one standard error of scikit-learn by cross-validation', (one) => {
  const set = sets.find(({ name }) => name === one.set)!;
  const figures = [0, 1, 2, 3, 4].map((fold) => {
    const { train, test: held } = foldOf(set, fold);
    const answer = (set.classes === null ? NUMBERS : CLASSES)[one.learner]!(train, set.classes ?? 0);
    return scoreOf(answer(held.features, held.rows), held, set.classes);
  });
  const center = mean(one.figures);
  const standardError = Math.sqrt(mean(one.figures.map((figure) => (figure - center) ** 2)) / 4);
  expect(mean(figures)).toBeGreaterThanOrEqual(center - standardError - 1e-12);
});
