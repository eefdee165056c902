import type { HeldFeatures } from '../../feed/held.js';
import type { Rows } from '../../dataset.js';
import { seriesObjective } from '../objectives/series.js';
import type { NumberLoss } from '../objectives/numbers.js';
import { meanLoss, rowWeight, type Learned } from './learned.js';
import { standardOf } from './numbers.js';

/** Rows with the values that followed, and what is taken off each of them before it is learned. */
export interface SeriesRows extends Rows<HeldFeatures> {
  /** `[rows, horizon]` each. */
  readonly labels: Float64Array;
  readonly levels: Float64Array;
}

export interface SeriesAsked {
  readonly horizon: number;
  readonly quantiles: readonly number[];
  readonly loss: NumberLoss;
  readonly delta: number;
  /** What an answer without learning is, in words. */
  readonly prior: string;
}

/** The next values of a series, and quantiles of them. */
export function learnSeries(train: SeriesRows, validation: SeriesRows | undefined, asked: SeriesAsked): Learned {
  const { horizon, quantiles, loss, delta, prior } = asked;
  const objective = seriesObjective(horizon, quantiles, loss, delta);
  const { outputs } = objective;
  const off = ({ labels, levels }: SeriesRows): Float64Array => labels.map((label, i) => label - levels[i]!);
  const { center, scale } = standardOf(off(train));
  const targetOf =
    ({ labels, levels }: SeriesRows) =>
    (row: number, into: Float32Array, at: number): void => {
      for (let step = row * horizon, k = 0; k < horizon; k++, step++)
        into[at + k] = (labels[step]! - levels[step]! - center) / scale;
    };
  const constant = new Float32Array(outputs).fill(-center / scale);
  return {
    train,
    validation,
    objective,
    target: targetOf(train),
    weight: rowWeight(train),
    ends: { center, scale, rising: false },
    watched: { loss: 'of the standardised values, mean over the steps', figures: [['mae', 'mean absolute error']] },
    prior: { loss: meanLoss(objective, train.rows, () => constant, targetOf(train)), words: prior },
    validate: (answers) => {
      const { rows, labels, levels } = validation!;
      let [sizes, squares] = [0, 0];
      for (let row = 0; row < rows; row++)
        for (let step = 0; step < horizon; step++) {
          const at = row * horizon + step;
          const one = levels[at]! + center + scale * answers[row * outputs + step]! - labels[at]!;
          sizes += Math.abs(one);
          squares += one * one;
        }
      const of = (row: number): Float32Array => answers.subarray(row * outputs, (row + 1) * outputs);
      return {
        loss: meanLoss(objective, rows, of, targetOf(validation!)),
        mae: sizes / labels.length,
        rmse: Math.sqrt(squares / labels.length),
      };
    },
    reported: ({ validation: seen }) => (seen ? { mae: seen['mae']!, rmse: seen['rmse']! } : {}),
    trainedFrom: (served) => {
      const { levels } = validation!;
      return served.map((value, i) => {
        const level = levels[Math.floor(i / outputs) * horizon + (i % horizon)]!;
        return (value - level - center) / scale;
      });
    },
    servedOrder: (answers) => inOrder(answers.slice(), horizon, quantiles.length),
  };
}

/** Puts the quantiles of each step in rising order, in place. */
export function inOrder<Numbers extends Float32Array | Float64Array>(
  answers: Numbers,
  horizon: number,
  quantiles: number,
): Numbers {
  if (quantiles < 2) return answers;
  const outputs = horizon * (1 + quantiles);
  const column = new Float64Array(quantiles);
  for (let row = 0; row < answers.length; row += outputs)
    for (let step = 0; step < horizon; step++) {
      const at = (k: number): number => row + (1 + k) * horizon + step;
      for (let k = 0; k < quantiles; k++) column[k] = answers[at(k)]!;
      column.sort();
      column.forEach((value, k) => (answers[at(k)] = value));
    }
  return answers;
}
