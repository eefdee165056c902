import type { Random } from '@trainyard/numeric';

/** Lower and upper limit. */
export type Interval = readonly [lower: number, upper: number];

/** 97.5 % quantile of the standard normal distribution, for intervals that hold 95 %. */
const Z95 = 1.959963984540054;

/** 95 % interval of a share `successes / trials` (Wilson 1927): holds its level also near 0 and 1. */
export function wilson(successes: number, trials: number): Interval {
  if (trials === 0) return [0, 1];
  const share = successes / trials;
  const z2 = Z95 * Z95;
  const centre = (share + z2 / (2 * trials)) / (1 + z2 / trials);
  const half = (Z95 * Math.sqrt((share * (1 - share)) / trials + z2 / (4 * trials * trials))) / (1 + z2 / trials);
  return [Math.max(0, centre - half), Math.min(1, centre + half)];
}

/**
 * Percentile bootstrap (Efron 1979) that holds `level`, 95 % by default: `figure` is computed on `resamples` draws of
 * the row numbers with replacement. Draws on which it is not defined are left out.
 */
export function bootstrap(
  rows: number,
  figure: (drawn: Int32Array) => number | undefined,
  random: Random,
  resamples = 1000,
  level = 0.95,
): Interval | undefined {
  const drawn = new Int32Array(rows);
  const values: number[] = [];
  for (let r = 0; r < resamples; r++) {
    for (let i = 0; i < rows; i++) drawn[i] = random.integer(rows);
    const value = figure(drawn);
    if (value !== undefined && Number.isFinite(value)) values.push(value);
  }
  if (values.length === 0) return undefined;
  values.sort((a, b) => a - b);
  return [quantile(values, (1 - level) / 2), quantile(values, (1 + level) / 2)];
}

/** Quantile of sorted values with linear interpolation (Hyndman and Fan 1996, type 7). */
export function quantile(sorted: readonly number[], q: number): number {
  const at = (sorted.length - 1) * q;
  const below = sorted[Math.floor(at)]!;
  return below + (sorted[Math.ceil(at)]! - below) * (at - Math.floor(at));
}
