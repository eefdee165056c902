/** Turns scores into probabilities in place: exp(z − max) over their sum, for the row that begins at an index. */
export function softmax(scores: Float64Array, from = 0, to = scores.length): Float64Array {
  let most = -Infinity;
  for (let k = from; k < to; k++) if (scores[k]! > most) most = scores[k]!;
  let total = 0;
  for (let k = from; k < to; k++) total += scores[k] = Math.exp(scores[k]! - most);
  for (let k = from; k < to; k++) scores[k]! /= total;
  return scores;
}
