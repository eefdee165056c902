import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Comparison } from './comparison.js';
import { findFigure, figuresOfTask } from '@trainyard/metrics';
import { judge, type Rule } from './verdict.js';

const figures = { f1Macro: 0.5, logLoss: 0.5 };
const task = figuresOfTask('classification');
const f1 = findFigure(task, 'f1Macro')!;
const logLoss = findFigure(task, 'logLoss')!;
const set = fc
  .record({
    rows: fc.constantFrom('fresh' as const, 'test' as const),
    n: fc.integer({ min: 1, max: 200 }),
    middle: fc.double({ min: -0.5, max: 0.5, noNaN: true }),
    half: fc.double({ min: 0, max: 0.5, noNaN: true }),
    p: fc.double({ min: 0, max: 1, noNaN: true }),
    margin: fc.double({ min: 0, max: 0.3, noNaN: true }),
  })
  .map(({ rows, n, middle, half, p, margin }): Comparison => ({
    rows,
    n,
    challenger: figures,
    champion: figures,
    difference: middle,
    interval: [middle - half, middle + half],
    onlyChallenger: 1,
    onlyChampion: 1,
    p,
    margin,
  }));
const rule: fc.Arbitrary<Rule> = fc.record({
  figure: fc.constantFrom(f1, logLoss),
  rule: fc.constantFrom('better' as const, 'not worse' as const),
  alpha: fc.constant(0.05),
  least: fc.integer({ min: 1, max: 60 }),
});
const sets = fc.array(set, { minLength: 1, maxLength: 2 });
const wider = (one: Comparison, by: number): Comparison => ({
  ...one,
  interval: [one.interval![0] - by, one.interval![1] + by],
});

test('a promotion is decided, and no interval of it reaches below the margin', () =>
  fc.assert(
    fc.property(sets, rule, (given, by) => {
      const { verdict, decided } = judge(given, by);
      if (verdict === 'keep') return;
      expect(decided).toBe(true);
      for (const { interval, n, margin } of given) {
        expect(interval![0]).toBeGreaterThanOrEqual(-margin!);
        expect(n).toBeGreaterThanOrEqual(by.least);
      }
    }),
  ));

test('a champion is kept for good only where the challenger is shown to be no better, or worse by more than the margin', () =>
  fc.assert(
    fc.property(sets, rule, (given, by) => {
      const { verdict, decided } = judge(given, by);
      if (verdict === 'promote' || !decided) return;
      const limit = ({ margin }: Comparison): number => (by.rule === 'better' ? 0 : -margin!);
      expect(given.some((one) => one.interval![1] <= limit(one))).toBe(true);
    }),
  ));

test('what is less certain decides nothing that was open before', () =>
  fc.assert(
    fc.property(sets, rule, fc.double({ min: 0, max: 0.5, noNaN: true }), (given, by, more) => {
      if (judge(given, by).decided) return;
      expect(
        judge(
          given.map((one) => wider(one, more)),
          by,
        ).decided,
      ).toBe(false);
    }),
  ));

test('both ends are reached: fresh rows promote, keep for good, and leave it open', () => {
  const by: Rule = { figure: f1, rule: 'not worse', alpha: 0.05, least: 30 };
  const fresh = (low: number, high: number, n = 40): Comparison => ({
    ...{ rows: 'fresh', n, challenger: figures, champion: figures, difference: (low + high) / 2 },
    ...{ interval: [low, high], margin: 0.1, onlyChallenger: 0, onlyChampion: 0, p: 1 },
  });
  expect(judge([fresh(-0.05, 0.05)], by)).toMatchObject({ verdict: 'promote', decided: true });
  expect(judge([fresh(-0.4, -0.2)], by)).toMatchObject({ verdict: 'keep', decided: true });
  expect(judge([fresh(-0.2, 0.05)], by)).toMatchObject({ verdict: 'keep', decided: false });
  expect(judge([fresh(-0.05, 0.05, 29)], by)).toMatchObject({ verdict: 'keep', decided: false });
  expect(judge([fresh(0.01, 0.2)], { ...by, rule: 'better' })).toMatchObject({ verdict: 'promote', decided: true });
  expect(judge([fresh(-0.05, 0.05)], { ...by, rule: 'better' })).toMatchObject({ verdict: 'keep', decided: false });
  expect(judge([fresh(-0.05, 0)], { ...by, rule: 'better' })).toMatchObject({ verdict: 'keep', decided: true });
});
