/** Mean of |predicted − true|, in the label's unit. */
export function meanAbsoluteError(truth: ArrayLike<number>, predicted: ArrayLike<number>): number {
  let total = 0;
  for (let i = 0; i < truth.length; i++) total += Math.abs(predicted[i]! - truth[i]!);
  return total / truth.length;
}

/** Square root of the mean squared error, in the label's unit. */
export function rootMeanSquaredError(truth: ArrayLike<number>, predicted: ArrayLike<number>): number {
  return Math.sqrt(squaredErrors(truth, predicted) / truth.length);
}

/** Mean squared error, in the square of the label's unit. */
export function meanSquaredError(truth: ArrayLike<number>, predicted: ArrayLike<number>): number {
  return squaredErrors(truth, predicted) / truth.length;
}

/** Median of |predicted − true|, in the label's unit; the mean of the middle two for an even number of rows. */
export function medianAbsoluteError(truth: ArrayLike<number>, predicted: ArrayLike<number>): number {
  const errors = Float64Array.from({ length: truth.length }, (_, i) => Math.abs(predicted[i]! - truth[i]!)).sort();
  const half = errors.length >> 1;
  return errors.length % 2 === 1 ? errors[half]! : (errors[half - 1]! + errors[half]!) / 2;
}

/** Mean of predicted − true, in the label's unit: above 0 where the model answers too much. */
export function meanError(truth: ArrayLike<number>, predicted: ArrayLike<number>): number {
  let total = 0;
  for (let i = 0; i < truth.length; i++) total += predicted[i]! - truth[i]!;
  return total / truth.length;
}

/**
 * Coefficient of determination: 1 − squared errors ÷ squared distances from the mean. At most 1; 0 for a model that always
 * answers the mean. Undefined where all truths are equal.
 */
export function r2(truth: ArrayLike<number>, predicted: ArrayLike<number>): number | undefined {
  let mean = 0;
  for (let i = 0; i < truth.length; i++) mean += truth[i]! / truth.length;
  let spread = 0;
  let isConstant = true;
  for (let i = 0; i < truth.length; i++) {
    spread += (truth[i]! - mean) ** 2;
    if (truth[i] !== truth[0]) isConstant = false;
  }
  return isConstant || spread === 0 ? undefined : 1 - squaredErrors(truth, predicted) / spread;
}

/** Mean of |predicted − true| ÷ |true|. Undefined where a truth is 0. */
export function meanAbsolutePercentageError(
  truth: ArrayLike<number>,
  predicted: ArrayLike<number>,
): number | undefined {
  let total = 0;
  for (let i = 0; i < truth.length; i++) {
    if (truth[i] === 0) return undefined;
    total += Math.abs((predicted[i]! - truth[i]!) / truth[i]!);
  }
  return total / truth.length;
}

function squaredErrors(truth: ArrayLike<number>, predicted: ArrayLike<number>): number {
  let total = 0;
  for (let i = 0; i < truth.length; i++) total += (predicted[i]! - truth[i]!) ** 2;
  return total;
}
