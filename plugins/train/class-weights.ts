import { sayNearest, UserError } from '@trainyard/errors';
import type { Dataset } from './dataset.js';

/** How much the rows of each class count. */
export type ClassWeights = 'balanced' | Readonly<Record<string, number>> | undefined;

/**
 * The weight of each class, in the order of the classes: 1 where nothing is said; balanced as in scikit-learn,
 * rows ÷ (classes × rows of the class). Throws a UserError for a class that the data lacks, and
 * for one whose rows have no weight at all: nothing can be learned of it.
 */
export function weightsOfClasses(weights: ClassWeights, data: Dataset<unknown>): Float64Array {
  const found = given(weights, data);
  requireWeighed(found, data);
  return found;
}

function given(weights: ClassWeights, data: Dataset<unknown>): Float64Array {
  const result = new Float64Array(data.classes.length).fill(1);
  if (weights === undefined) return result;
  if (weights === 'balanced') {
    const counts = new Float64Array(data.classes.length);
    for (const label of data.labels) counts[label]!++;
    return counts.map((count) => data.rows / (data.classes.length * count));
  }
  for (const [name, weight] of Object.entries(weights)) {
    const at = data.classes.indexOf(name);
    if (at < 0) {
      throw new UserError(`classWeights names class "${name}", which the training table does not have`, {
        where: { field: 'classWeights' },
        remedy: sayNearest(name, data.classes),
      });
    }
    result[at] = weight;
  }
  return result;
}

/** Throws a UserError for a class whose rows weigh nothing together. */
function requireWeighed(ofClasses: Float64Array, { labels, classes, weights }: Dataset<unknown>): void {
  const [rows, sums] = [new Float64Array(classes.length), new Float64Array(classes.length)];
  labels.forEach((label, row) => {
    rows[label]!++;
    sums[label]! += ofClasses[label]! * (weights?.[row] ?? 1);
  });
  const at = sums.findIndex((sum, k) => rows[k]! > 0 && !(sum > 0));
  if (at < 0) return;
  throw new UserError(`all rows of class "${classes[at]}" have the weight 0`, {
    where: { field: 'weight' },
    expected: 'a weight above 0 in one row of each class or more',
    remedy: 'leave the rows of the class out when the table is cleaned, or give it some weight',
  });
}
