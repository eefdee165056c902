import { UserError } from '@trainyard/errors';
import type { Dataset, NumberDataset } from '../dataset.js';

/** How much of the spread of the labels may be lost to single precision. */
export const LOST = 1e-3;

/**
 * Numbers as LightGBM keeps them, in single precision. Throws a UserError naming the row where that would change them by more
 * than a thousandth of their spread, or make them infinite: 16,777,217 becomes 16,777,216, and epoch seconds are learned in steps of
 * 128.
 */
export function singleLabels(data: NumberDataset, label: string, part: string): Float32Array {
  const single = Float32Array.from(data.labels);
  let [least, most] = [Infinity, -Infinity];
  for (const value of data.labels) {
    if (value < least) least = value;
    if (value > most) most = value;
  }
  const allowed = LOST * (most - least);
  const row = single.findIndex((value, at) => {
    const lost = Math.abs(value - data.labels[at]!);
    return !Number.isFinite(value) || (lost > allowed && most > least);
  });
  if (row < 0) return single;
  throw new UserError('LightGBM keeps labels in single precision, which would change these', {
    where: { port: part, row, column: label },
    expected: `numbers from ${least} to ${most} that single precision tells apart`,
    actual: `${data.labels[row]} becomes ${single[row]}`,
    remedy: 'subtract a constant from the label, or choose another unit, and add it to the answers again',
  });
}

/** Throws a UserError where the loss is not defined for a label. */
export function requireRange(objective: string, data: NumberDataset, label: string): void {
  const least =
    objective === 'gamma' ? Number.MIN_VALUE : objective === 'poisson' || objective === 'tweedie' ? 0 : -Infinity;
  const row = data.labels.findIndex((value) => value < least);
  if (row < 0) return;
  throw new UserError(`objective ${objective} takes no such label`, {
    where: { port: 'train', row, column: label },
    expected: objective === 'gamma' ? 'a number above 0' : 'a number of 0 or more',
    actual: String(data.labels[row]),
  });
}

/** Weight of each row: that of its class times its own; none where all are 1. */
export function rowWeights(data: Dataset, ofClasses: Float64Array): Float32Array | undefined {
  const own = data.weights;
  if (!own && ofClasses.every((weight) => weight === 1)) return undefined;
  return Float32Array.from(data.labels, (code, row) => ofClasses[code]! * (own ? own[row]! : 1));
}
