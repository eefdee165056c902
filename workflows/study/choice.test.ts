import { describe, expect, it } from 'vitest';
import type { StudyAsk } from '../../core/study/ask.js';
import type { StudyTrial } from '../../core/study/state.js';
import { Choice } from './choice.js';
import { expectedMaximum, optimismOf } from './optimism.js';

const trial = (number: number, values: readonly number[], more: Partial<StudyTrial> = {}): StudyTrial => ({
  number,
  params: { x: number / 10 },
  state: 'complete',
  values: [...values],
  reports: [],
  by: 'random',
  startedAt: 0,
  ...more,
});
const two = {
  objectives: [
    { name: 'f1', at: 'out.f1', direction: 'maximize' },
    { name: 'size', at: 'out.size', direction: 'minimize' },
  ],
  choose: 'balanced',
} as unknown as StudyAsk;
const one = { objectives: [{ name: 'f1', at: 'out.f1', direction: 'maximize' }] } as unknown as StudyAsk;

describe('the choice among trials', () => {
  const all = [trial(0, [0.9, 100]), trial(1, [0.85, 20]), trial(2, [0.5, 10]), trial(3, [0.8, 30])];

  it('is among those that none beats in all objectives', () => {
    expect(new Choice(two, all).front.map(({ number }) => number)).toEqual([0, 1, 2]);
  });
  it('takes the one nearest to the best of each, or the best of the one that is named', () => {
    expect(new Choice(two, all).best?.number).toBe(1);
    expect(new Choice({ ...two, choose: 'f1' }, all).best?.number).toBe(0);
    expect(new Choice({ ...two, choose: 'size' }, all).best?.number).toBe(2);
  });
  it('leaves out what breaks a limit, failed or was stopped, and takes the first of equals', () => {
    const trials = [
      trial(0, [0.99], { constraints: [0.1] }),
      trial(1, [0.98], { state: 'pruned' }),
      trial(2, [0.7], { constraints: [0] }),
      trial(3, [0.7], { constraints: [-1] }),
    ];
    expect(new Choice(one, trials).best?.number).toBe(2);
  });
});

describe('how much of the best is luck', () => {
  it('with folds: the mean of what the best of each fold has over the chosen trial there', () => {
    const ask = { ...one, folds: [{}, {}] };
    const folded = [
      [0.6, 0.8],
      [0.9, 0.4],
      [0.5, 0.5],
      [0.7, 0.6],
    ].map((folds, i) => trial(i, [(folds[0]! + folds[1]!) / 2], { folds }));
    const luck = optimismOf(ask, folded, folded[0]!);
    // Fold 1: 0.9 against 0.6; fold 2: the chosen trial is the best.
    expect(luck?.amount).toBeCloseTo(0.15, 12);
    expect(luck?.expected).toBeCloseTo(0.55, 12);
  });
  it('without: nothing where the values hold no noise, something where neighbours differ', () => {
    const flat = Array.from({ length: 12 }, (_, i) => trial(i, [0.5]));
    expect(optimismOf(one, flat, flat[0]!)?.amount).toBe(0);
    const noisy = Array.from({ length: 12 }, (_, i) => trial(i, [0.5 + (i % 2 === 0 ? 0.05 : -0.05)]));
    expect(optimismOf(one, noisy, noisy[0]!)?.amount).toBeGreaterThan(0.05);
  });
  it('knows the expected maximum of normal variates (Harter 1961: 0.5642, 1.5388, 2.5076)', () => {
    for (const [n, expected] of [
      [2, 0.5642],
      [10, 1.5388],
      [100, 2.5076],
    ] as const)
      expect(Math.abs(expectedMaximum(n) - expected)).toBeLessThan(0.03);
  });
});
