import { UserError } from '@trainyard/errors';
import { featureNames } from '@trainyard/transforms';
import type { NumberDataset, Rows } from '../dataset.js';
import type { Surroundings } from '../training-result.js';

/** Squares of what is larger, and their sums over rows, may not be finite. */
const LARGEST = 1e100;

/** Throws a UserError for what none of these learners can take, be it in training rows or in validation rows: no features, numbers beyond 1e100. */
export function requireFeatures({ transform, train, validation }: Surroundings<Rows>): void {
  const names = featureNames(transform);
  requireModest(train, names, 'train');
  if (validation) requireModest(validation, names, 'validation');
}

/** Throws a UserError where there are no features, or one is beyond 1e100. */
export function requireModest({ width, features }: Rows, names: readonly string[], port: string): void {
  if (width === 0)
    throw new UserError('the transform gives no features', {
      where: { port: 'prep' },
      remedy: 'name columns in the recipe of features.fit; train.baseline is the learner that looks at none',
    });
  const at = features.findIndex((value) => !(Math.abs(value) <= LARGEST));
  if (at < 0) return;
  throw new UserError('a feature is too large for sums of squares', {
    where: { port, row: Math.floor(at / width), column: names[at % width]! },
    expected: `a number between -${LARGEST} and ${LARGEST}`,
    actual: String(features[at]),
    remedy: 'let features.fit scale and clip the column (recipe.numeric), or mend the value when the table is cleaned',
  });
}

/** Throws a UserError for fewer than two rows, and for a label beyond 1e100. */
export function requireNumbers({ label, train, validation }: Surroundings<NumberDataset>): void {
  if (train.rows < 2)
    throw new UserError('the training table has one row, from which nothing can be learned', {
      where: { port: 'train' },
      expected: 'two rows or more',
    });
  for (const [port, data] of [['train', train] as const, ['validation', validation] as const]) {
    const row = data?.labels.findIndex((value) => Math.abs(value) > LARGEST) ?? -1;
    if (row >= 0)
      throw new UserError('a label is too large for sums of squares', {
        where: { port, row, column: label },
        expected: `a number between -${LARGEST} and ${LARGEST}`,
        actual: String(data!.labels[row]),
        remedy: 'mend the value when the table is cleaned, or choose another unit',
      });
  }
}
