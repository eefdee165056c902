import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { allUnits, FAIRNESS_GAPS, groupRates, ratioOf, type FairnessGap, type GroupRates } from './index.js';

const { cases } = JSON.parse(readFileSync(new URL('./reference/fairness.json', import.meta.url), 'utf8')) as {
  cases: {
    name: string;
    groups: number;
    truth: number[];
    selected: number[];
    group: number[];
    rates: Record<string, number>[];
    gaps: Record<FairnessGap, number>;
    ratio: number;
  }[];
};

describe('rates of groups and the distances between them equal those of fairlearn to 1e-9', () => {
  for (const { name, rates, gaps, ratio, ...answers } of cases)
    test(name, () => {
      const found = groupRates(answers, allUnits(answers.truth.length));
      rates.forEach((one, g) => {
        for (const [rate, value] of Object.entries(one))
          expect(Math.abs(found[g]![rate as keyof GroupRates]! - value), rate).toBeLessThan(1e-9);
      });
      for (const [gap, value] of Object.entries(gaps))
        expect(Math.abs(FAIRNESS_GAPS[gap as FairnessGap](found)! - value), gap).toBeLessThan(1e-9);
      expect(Math.abs(ratioOf(found.map((one) => one.selectionRate))! - ratio)).toBeLessThan(1e-9);
    });
});

test('a rate of a group that has no rows for it is not defined, and is no distance of 0', () => {
  const found = groupRates({ truth: [0, 0, 1], selected: [0, 1, 1], group: [0, 0, 1], groups: 3 }, allUnits(3));
  expect(found[0]).toMatchObject({ truePositiveRate: undefined, falsePositiveRate: 0.5 });
  expect(found[2]).toMatchObject({ rows: 0, selectionRate: undefined });
  expect(FAIRNESS_GAPS.equalOpportunity(found)).toBeUndefined();
  expect(FAIRNESS_GAPS.selectionRate(found)).toBe(0.5);
});
