/** Counts by true class (row) and predicted class (column), `[classes, classes]`. */
export type Confusion = readonly (readonly number[])[];

/** Counts how often each true class was predicted as each class. Classes are indices from 0 to `classes` − 1. */
export function confusionMatrix(truth: ArrayLike<number>, predicted: ArrayLike<number>, classes: number): Confusion {
  if (truth.length !== predicted.length)
    throw new RangeError(`${truth.length} labels stand beside ${predicted.length} predictions`);
  const counts = Array.from({ length: classes }, () => Array.from({ length: classes }, () => 0));
  for (let i = 0; i < truth.length; i++) {
    const row = counts[truth[i]!];
    const column = predicted[i]!;
    if (!row || row[column] === undefined)
      throw new RangeError(`row ${i}: class ${truth[i]} or ${column} is not one of 0 to ${classes - 1}`);
    row[column]++;
  }
  return counts;
}

/** Rows in each true class. */
export function supportOf(confusion: Confusion): number[] {
  return confusion.map((row) => row.reduce((a, b) => a + b, 0));
}

/** Times that each class was predicted. */
export function predictedOf(confusion: Confusion): number[] {
  return confusion.map((_, column) => confusion.reduce((sum, row) => sum + row[column]!, 0));
}
