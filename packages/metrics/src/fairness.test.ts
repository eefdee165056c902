import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { randomFrom } from '@trainyard/numeric';
import {
  allUnits,
  FAIRNESS_GAPS,
  gapInterval,
  groupRates,
  pairsOf,
  ratioOf,
  type FairnessGap,
  type GroupRates,
} from './index.js';

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
          expect(Math.abs(found[g]![rate as Exclude<keyof GroupRates, 'of'>]! - value), rate).toBeLessThan(1e-9);
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

/** How often each verdict is given on draws of groups of these rows, that are selected at these rates. */
function verdicts(groups: readonly (readonly [rows: number, rate: number])[], limit: number, draws: number) {
  const random = randomFrom(7);
  const found = { passed: 0, failed: 0, open: 0 };
  for (let draw = 0; draw < draws; draw++) {
    const group = groups.flatMap(([rows], g) => new Array<number>(rows).fill(g));
    const selected = group.map((g) => Number(random.uniform() < groups[g]![1]));
    const rates = groupRates({ truth: selected, selected, group, groups: groups.length }, allUnits(group.length));
    const looks = pairsOf('selectionRate', groups.length);
    const [low, high] = gapInterval('selectionRate', rates, { least: 30, looks })!;
    found[low > limit ? 'failed' : high <= limit ? 'passed' : 'open']++;
  }
  return found;
}

test('ten groups that are treated alike are called unlike in at most 5 % of draws', () => {
  const equal = Array.from({ length: 10 }, () => [50, 0.5] as const);
  // The distance of ten such groups lies near 0.2 by chance alone.
  expect(verdicts(equal, 0.1, 400).failed).toBeLessThanOrEqual(20);
  expect(verdicts([...equal.slice(1), [50, 0.6]], 0.1, 400).failed).toBeLessThanOrEqual(20);
});

test('groups that are apart are called so, and groups of many rows that are alike pass', () => {
  expect(verdicts([...Array.from({ length: 5 }, () => [200, 0.5] as const), [200, 0.8]], 0.1, 100).failed).toBeGreaterThan(80); // prettier-ignore
  expect(verdicts([[2000, 0.5], [2000, 0.5]], 0.1, 100).passed).toBeGreaterThan(95); // prettier-ignore
  // At the limit itself both mistakes are rare.
  expect(verdicts([[400, 0.5], [400, 0.6]], 0.1, 400).passed).toBeLessThanOrEqual(20); // prettier-ignore
});

test('a rate that is taken of few rows keeps no limit, however many rows its group has', () => {
  const truth = [...new Array<number>(100).fill(1), 1, ...new Array<number>(99).fill(0)];
  const group = truth.map((_, row) => Number(row >= 100));
  const rates = groupRates({ truth, selected: truth, group, groups: 2 }, allUnits(200));
  expect(rates[1]!.of).toEqual({ all: 100, own: 1, others: 99, selected: 1 });
  expect(FAIRNESS_GAPS.equalOpportunity(rates)).toBe(0);
  expect(gapInterval('equalOpportunity', rates, { least: 30, looks: 1 })).toEqual([0, 1]);
  expect(gapInterval('equalOpportunity', rates.slice(1), { least: 30, looks: 1 })).toBeUndefined();
});
