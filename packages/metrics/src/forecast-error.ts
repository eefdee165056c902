/**
 * Symmetric mean absolute percentage error, as the M4 competition has it (Makridakis et al. 2020): mean of
 * 2·|predicted − true| ÷ (|true| + |predicted|), from 0 to 2; 0 for a pair of zeros.
 */
export function smape(truth: ArrayLike<number>, predicted: ArrayLike<number>): number {
  let total = 0;
  for (let i = 0; i < truth.length; i++) {
    const size = Math.abs(truth[i]!) + Math.abs(predicted[i]!);
    if (size > 0) total += (2 * Math.abs(predicted[i]! - truth[i]!)) / size;
  }
  return total / truth.length;
}

/**
 * The scale of the mean absolute scaled error (Hyndman and Koehler 2006): mean of |value − value `season` steps before| of a
 * training series, in the order of time. Undefined where it is 0, or the series is no longer than a season.
 */
export function naiveError(series: ArrayLike<number>, season = 1): number | undefined {
  const pairs = series.length - season;
  let total = 0;
  for (let i = season; i < series.length; i++) total += Math.abs(series[i]! - series[i - season]!);
  return pairs > 0 && total > 0 ? total / pairs : undefined;
}
