import { ndcg } from '../../kit/metrics.js';

/** What is watched while trees grow. Sums go row by row, so that they are the same for every number of threads. */
export interface Loss {
  /** Such as `log loss, nats a row`. */
  readonly name: string;
  /** Its name among a node's figures. */
  readonly figure: string;
  /** The mean over rows, of answers `[outputs, rows]`, output after output; or over groups of so many rows each. */
  of(answers: Float64Array, labels: Float32Array, weights?: Float32Array, groups?: Int32Array): number;
}

/** A probability of 0 would make one row decide all. */
const LEAST = 1e-15;

function mean(rows: number, of: (row: number) => number, weights: Float32Array | undefined): number {
  let [sum, total] = [0, 0];
  for (let row = 0; row < rows; row++) {
    const weight = weights ? weights[row]! : 1;
    sum += weight * of(row);
    total += weight;
  }
  return sum / total;
}

/** Of classes: of two, the probability of the second. */
export const logLossOf = (classes: number): Loss => ({
  name: 'log loss, nats a row',
  figure: 'logLoss',
  of: (answers, labels, weights) =>
    mean(
      labels.length,
      (row) => {
        const code = labels[row]!;
        const second = answers[row]!;
        const p = classes === 2 ? (code === 1 ? second : 1 - second) : answers[code * labels.length + row]!;
        return -Math.log(Math.max(p, LEAST));
      },
      weights,
    ),
});

/** Of numbers, by the objective that is learned. */
export function numberLoss(objective: string, alpha: number): Loss {
  const each = (name: string, figure: string, one: (truth: number, answer: number) => number): Loss => ({
    name,
    figure,
    of: (answers, labels, weights) => mean(labels.length, (row) => one(labels[row]!, answers[row]!), weights),
  });
  if (objective === 'quantile')
    return each(`pinball loss at ${alpha}`, 'pinball', (truth, answer) =>
      truth >= answer ? alpha * (truth - answer) : (1 - alpha) * (answer - truth),
    );
  if (objective === 'regression_l1') return each('mean absolute error', 'mae', (a, b) => Math.abs(a - b));
  const squared = each('', '', (a, b) => (a - b) ** 2);
  return {
    name: 'root of the mean squared error',
    figure: 'rmse',
    of: (answers, labels, weights) => Math.sqrt(squared.of(answers, labels, weights)),
  };
}

/** Of orders: what is lacking of the best NDCG of the first places, mean over the groups that have something relevant. */
export const rankingLoss = (places: number): Loss => ({
  name: `1 − NDCG of the first ${places} places`,
  figure: 'lackingNdcg',
  of: (answers, labels, _weights, groups = Int32Array.of(labels.length)) => {
    let [sum, counted, from] = [0, 0, 0];
    for (const size of groups) {
      const one = ndcg(
        { relevance: labels.subarray(from, from + size), scores: answers.subarray(from, from + size) },
        places,
      );
      from += size;
      if (one === undefined) continue;
      sum += 1 - one;
      counted++;
    }
    return sum / counted;
  },
});
