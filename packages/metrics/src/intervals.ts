import type { Random } from '@trainyard/numeric';

/** Lower and upper limit. */
export type Interval = readonly [lower: number, upper: number];

/** Quantiles of the standard normal distribution that leave a confidence between them and their opposites. */
const Z = { '0.9': 1.6448536269514722, '0.95': 1.959963984540054, '0.99': 2.5758293035489004 } as const;

/** A confidence that `wilson` knows. */
export type Confidence = keyof typeof Z;

/**
 * Interval of a share `successes / trials` (E. B. Wilson 1927, without correction for continuity): holds its level also
 * near 0 and 1; all from 0 to 1 when there are no trials.
 */
export function wilson(successes: number, trials: number, confidence: Confidence = '0.95'): Interval {
  return wilsonAt(successes, trials, Z[confidence]);
}

/** The same with the quantile `z` of the normal distribution, for any confidence. */
export function wilsonAt(successes: number, trials: number, z: number): Interval {
  if (!(trials > 0)) return [0, 1];
  const share = successes / trials;
  const z2 = z * z;
  const centre = (share + z2 / (2 * trials)) / (1 + z2 / trials);
  const half = (z * Math.sqrt((share * (1 - share)) / trials + z2 / (4 * trials * trials))) / (1 + z2 / trials);
  return [Math.max(0, centre - half), Math.min(1, centre + half)];
}

/** A share as it was counted. */
export interface Share {
  readonly successes: number;
  readonly trials: number;
}

/**
 * Interval of the first share less the second, of independent rows, from Wilson's interval of each (R. G. Newcombe 1998, method 10); `z`
 * is the quantile of the normal distribution, such as 1.96 for 95 %.
 */
export function newcombe(first: Share, second: Share, z: number): Interval {
  if (!(first.trials > 0) || !(second.trials > 0)) return [-1, 1];
  const [p, q] = [first.successes / first.trials, second.successes / second.trials];
  const [low, high] = wilsonAt(first.successes, first.trials, z);
  const [otherLow, otherHigh] = wilsonAt(second.successes, second.trials, z);
  return [
    Math.max(-1, p - q - Math.hypot(p - low, otherHigh - q)),
    Math.min(1, p - q + Math.hypot(high - p, q - otherLow)),
  ];
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
