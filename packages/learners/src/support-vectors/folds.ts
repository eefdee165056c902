import { randomFrom, shuffled } from '@trainyard/numeric';

/** Folds that decision values for a sigmoid are taken from. */
const FOLDS = 5;

/**
 * Decision values of rows by models that have not seen them: rows of each side are dealt over folds in drawn order. A side with fewer
 * than two rows cannot be held out, nor can it be learned without: then none.
 */
export function heldOutDecisions(
  sides: Int8Array,
  /** Words of the stream that deals them. */
  seed: readonly number[],
  fit: (rows: Int32Array, fold: number) => (row: number) => number,
): Float64Array | undefined {
  const places = [1, -1].map((side) => Int32Array.from(sides.keys()).filter((row) => sides[row] === side));
  const folds = Math.min(FOLDS, ...places.map(({ length }) => length));
  if (folds < 2) return undefined;
  const foldOf = new Int32Array(sides.length);
  places.forEach((rows, side) => {
    const order = shuffled(rows.length, randomFrom(...seed, side));
    order.forEach((place, i) => (foldOf[rows[place]!] = i % folds));
  });
  const decisions = new Float64Array(sides.length);
  for (let fold = 0; fold < folds; fold++) {
    const decide = fit(
      Int32Array.from(sides.keys()).filter((row) => foldOf[row] !== fold),
      fold,
    );
    foldOf.forEach((own, row) => {
      if (own === fold) decisions[row] = decide(row);
    });
  }
  return decisions;
}
