import { describe, expect, it } from 'vitest';
import { createStudy, float, type PrunerSpec } from '../index.js';
import { quantileOf } from './median.js';
import { signedRankP } from './wilcoxon.js';

/** Runs curves side by side in turn; gives the last step of each. */
function play(pruner: PrunerSpec, curves: readonly (readonly number[])[]): number[] {
  const study = createStudy({ space: { x: float(0, 1) }, sampler: 'random', pruner });
  return curves.map((curve) => {
    const { number } = study.ask();
    for (let step = 1; step <= curve.length; step++) {
      study.report(number, step, curve[step - 1] as number);
      if (step < curve.length && study.shouldPrune(number)) {
        study.prune(number);
        return step;
      }
    }
    study.tell(number, curve[curve.length - 1] as number);
    return curve.length;
  });
}

it('asha stops at its rungs what is not in the best third', () => {
  const flat = (level: number): number[] => new Array<number>(9).fill(level);
  expect(play({ name: 'asha', min: 1, eta: 3 }, [1, 2, 3, 0.5, 4, 0.2].map(flat))).toEqual([9, 1, 1, 9, 1, 9]);
});

it('median stops what is behind half of the complete trials, from its start on', () => {
  const flat = (level: number): number[] => new Array<number>(4).fill(level);
  expect(play({ name: 'median', startup: 3, warmup: 2 }, [1, 2, 3, 2.5, 1.5].map(flat))).toEqual([4, 4, 4, 2, 4]);
});

it('forecast stops no trial that would have ended best, though the best start worst, and asha does', () => {
  // The end is the opposite of the start; each trial ends better than all before it.
  const curves = Array.from({ length: 12 }, (_, i) =>
    Array.from({ length: 9 }, (_, step) => i / 12 + ((1 - i / 6) * step) / 8),
  );
  expect(play({ name: 'forecast', spared: 0 }, curves)).toEqual(curves.map(() => 9));
  expect(play({ name: 'asha' }, curves)).toContain(1);
  // And those that end worse and worse are stopped once enough are complete.
  const falling = curves.toReversed();
  expect(play({ name: 'forecast', spared: 0 }, falling).filter((steps) => steps < 9).length).toBeGreaterThan(5);
});

// SciPy 1.17.1
const SCIPY: readonly { differences: number[]; p: number; exact: boolean }[] = [
  { differences: [0.3947, 1.55, -0.6314], p: 0.375, exact: true },
  { differences: [1.2924, 0.0408, 0.0385, 2.1997, 0.4575, 0.2571], p: 0.015625, exact: true },
  {
    differences: [1.0295, 1.4269, 0.2692, 0.888, -0.6737, -0.0668, -0.1381, -1.0323, -1.2085, -1.3269],
    p: 0.65234375,
    exact: true,
  },
  {
    differences: [
      0.0613, 0.1276, -0.0203, 0.3691, -1.0356, 0.2205, 0.5381, 1.051, -0.5462, -0.0999, -1.7152, -0.2036, -1.8967,
      -1.1194, 1.4015, -1.9016, 1.0986, 0.6279, -0.0123, 0.7593,
    ],
    p: 0.5652561187744141,
    exact: true,
  },
  {
    differences: [
      0.8275, 1.3454, 0.0696, -0.2922, -0.3046, -0.6864, 0.2551, -0.4858, 1.3686, -1.5694, -0.7937, -0.6532, -1.7929,
      2.2023, -2.1083, 0.0167, -0.2252, 1.9559, -1.6854, 1.3718, -0.4314, 0.1448, -0.371, 0.9405, -0.8376, 0.2211,
      0.6534, 2.1403, -2.1053, 1.8251, 1.2481, -0.1836, 0.6049, -0.166, 1.9467, 0.5096, 0.0844, 0.0719, 0.1001, 0.1234,
      -0.579, 2.3583, -1.611, -3.3058, 0.1772, 0.1534, 0.6724, 0.0955, 0.1519, 0.6323, 1.2684, -0.148, -0.0728, 2.2405,
      0.83, -0.6854, 2.6239, 1.0759, -0.289, -0.8744,
    ],
    p: 0.15049674825336173,
    exact: false,
  },
];

describe('the signed-rank test', () => {
  it('agrees with SciPy (scipy.stats.wilcoxon, alternative "greater"; exact to 40, normal beyond)', () => {
    for (const { differences, p, exact } of SCIPY) {
      expect(Math.abs(signedRankP(differences) - p)).toBeLessThan(exact ? 1e-12 : 0.02);
    }
  });
});

it('quantiles are linear between order statistics', () => {
  expect([0, 0.25, 0.5, 1].map((q) => quantileOf([1, 2, 4, 8], q))).toEqual([1, 1.75, 3, 8]);
});
