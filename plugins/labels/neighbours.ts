import type { Matrix } from './encode-rows.js';

/** Prior weight of the class shares, in votes: keeps probabilities away from 0 and 1. */
const PRIOR_VOTES = 1;

/**
 * Probability of each class for each row from its `k` nearest other rows (Euclidean distance, each vote weighted by
 * its closeness): every row is left out of its own judgement. `classes` has a class number for each row, −1 where
 * unknown. Time grows with the square of the rows. Result: [rows, classes], row by row.
 */
export function neighbourProbabilities(
  matrix: Matrix,
  classes: Int32Array,
  count: number,
  k: number,
  onRow: (done: number) => void = () => undefined,
): Float64Array {
  const { rows, width, values } = matrix;
  const shares = new Float64Array(count);
  let known = 0;
  for (const of of classes) if (of >= 0) [shares[of], known] = [shares[of]! + 1, known + 1];
  const result = new Float64Array(rows * count);
  const distances = new Float64Array(k);
  const votes = new Int32Array(k);
  for (let row = 0; row < rows; row++) {
    let held = 0;
    for (let other = 0; other < rows; other++) {
      const of = classes[other]!;
      if (other === row || of < 0) continue;
      const limit = held < k ? Infinity : distances[k - 1]!;
      let distance = 0;
      for (let at = 0; at < width && distance < limit; at++) {
        const difference = values[row * width + at]! - values[other * width + at]!;
        distance += difference * difference;
      }
      if (distance >= limit) continue;
      let place = held < k ? held++ : k - 1;
      for (; place > 0 && distances[place - 1]! > distance; place--) {
        distances[place] = distances[place - 1]!;
        votes[place] = votes[place - 1]!;
      }
      distances[place] = distance;
      votes[place] = of;
    }
    weigh(result.subarray(row * count, (row + 1) * count), distances.subarray(0, held), votes, shares, known);
    if (row % 256 === 0) onRow(row);
  }
  return result;
}

/** Votes of the neighbours: weight 1 for the nearest, falling with distance relative to the farthest of them. */
function weigh(
  into: Float64Array,
  distances: Float64Array,
  votes: Int32Array,
  shares: Float64Array,
  known: number,
): void {
  const farthest = Math.sqrt(distances[distances.length - 1] ?? 0);
  let sum = PRIOR_VOTES;
  for (let c = 0; c < into.length; c++) into[c] = (PRIOR_VOTES * shares[c]!) / Math.max(1, known);
  for (let at = 0; at < distances.length; at++) {
    const weight = farthest > 0 ? 1.5 - Math.sqrt(distances[at]!) / farthest : 1;
    into[votes[at]!] = into[votes[at]!]! + weight;
    sum += weight;
  }
  for (let c = 0; c < into.length; c++) into[c] = into[c]! / sum;
}
