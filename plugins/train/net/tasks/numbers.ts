import { pinballLoss } from '@trainyard/metrics';
import type { NumberDataset } from '../../dataset.js';
import type { HeldFeatures } from '../../feed/held.js';
import type { Look } from '../../loop/history.js';
import type { Reported } from '../../../../core/index.js';
import { numberObjective, quantileObjective, type NumberLoss } from '../objectives/numbers.js';
import type { Objective } from '../objectives/objective.js';
import { meanLoss, rowWeight, type Learned } from './learned.js';

/** Mean and standard deviation of the training labels: what the net learns has 0 and 1, whatever the unit of the target. */
export interface Standard {
  readonly center: number;
  readonly scale: number;
}

/** Of finite labels, none of whose squares may overflow; a constant target has scale 1. */
export function standardOf(labels: Float64Array): Standard {
  const most = labels.reduce((a, b) => Math.max(a, Math.abs(b)), 0) || 1;
  const center = labels.reduce((sum, label) => sum + label / most, 0) / labels.length;
  const variance = labels.reduce((sum, label) => sum + (label / most - center) ** 2, 0) / labels.length;
  const deviation = Math.sqrt(variance);
  // What rounding makes of a constant.
  return { center: center * most, scale: deviation > 1e-12 * Math.max(1, Math.abs(center)) ? deviation * most : 1 };
}

/** One number: its mean, or its median. */
export function learnNumber(
  train: NumberDataset<HeldFeatures>,
  validation: NumberDataset<HeldFeatures> | undefined,
  loss: NumberLoss,
  delta: number,
): Learned {
  const inUnits = (mean: number, scale: number): Record<NumberLoss, Reported> => ({
    squared: { rmse: Math.sqrt(mean) * scale },
    absolute: { mae: mean * scale },
    huber: {},
  });
  const names: Record<NumberLoss, string> = {
    squared: 'mean squared error ÷ variance of the target',
    absolute: 'mean absolute error ÷ standard deviation of the target',
    huber: 'Huber loss of the standardised target',
  };
  return {
    ...learnStandardised(train, validation, numberObjective(loss, delta), {
      name: names[loss],
      words: loss === 'squared' ? 'the mean' : 'the median',
      constant: (sorted, mean) => [loss === 'squared' ? mean : middle(sorted, 0.5)],
      rising: false,
      figures: (answers, { labels }, { center, scale }) => {
        let [squares, sizes] = [0, 0];
        labels.forEach((label, row) => {
          const off = center + scale * answers[row]! - label;
          squares += (off / scale) ** 2;
          sizes += Math.abs(off / scale);
        });
        return { rmse: Math.sqrt(squares / labels.length) * scale, mae: (sizes / labels.length) * scale };
      },
      reported: ({ trainLoss, validation: seen }, { scale }) =>
        seen ? { rmse: seen['rmse']!, mae: seen['mae']! } : inUnits(trainLoss, scale)[loss],
    }),
  };
}

/** Quantiles of one number. */
export function learnQuantiles(
  train: NumberDataset<HeldFeatures>,
  validation: NumberDataset<HeldFeatures> | undefined,
  quantiles: readonly number[],
): Learned {
  const inOrder = (answers: Float32Array): Float32Array => {
    const ordered = answers.slice();
    for (let at = 0; at < ordered.length; at += quantiles.length) ordered.subarray(at, at + quantiles.length).sort();
    return ordered;
  };
  return {
    ...learnStandardised(train, validation, quantileObjective(quantiles), {
      name: 'pinball loss ÷ standard deviation of the target',
      words: 'the quantiles of the training labels',
      constant: (sorted) => quantiles.map((q) => middle(sorted, q)),
      rising: true,
      figures: (answers, { labels }, { center, scale }) => {
        const ordered = inOrder(answers);
        const column = (k: number): Float64Array =>
          Float64Array.from(labels, (_, row) => center + scale * ordered[row * quantiles.length + k]!);
        const losses = quantiles.map((q, k) => pinballLoss(labels, column(k), q));
        return { pinball: losses.reduce((sum, one) => sum + one, 0) / losses.length };
      },
      reported: ({ trainLoss, validation: seen }, { scale }) => ({ pinball: seen?.['pinball'] ?? trainLoss * scale }),
    }),
    servedOrder: inOrder,
  };
}

interface Standardised {
  /** Name of the loss, */
  readonly name: string;
  /** the best constant answer in words, */
  readonly words: string;
  /** and itself, of standardised labels in order and their mean. */
  readonly constant: (sorted: Float64Array, mean: number) => readonly number[];
  readonly rising: boolean;
  /** Figures in the units of the target. */
  readonly figures: (answers: Float32Array, data: NumberDataset<unknown>, standard: Standard) => Record<string, number>;
  readonly reported: (look: Look, standard: Standard) => Reported;
}

function learnStandardised(
  train: NumberDataset<HeldFeatures>,
  validation: NumberDataset<HeldFeatures> | undefined,
  objective: Objective,
  { name, words, constant, rising, figures, reported }: Standardised,
): Learned {
  const standard = standardOf(train.labels);
  const { center, scale } = standard;
  const targetOf =
    ({ labels }: NumberDataset<unknown>) =>
    (row: number, into: Float32Array, at: number): void => {
      into[at] = (labels[row]! - center) / scale;
    };
  const sorted = train.labels.map((label) => (label - center) / scale).sort();
  const best = Float32Array.from(constant(sorted, 0));
  return {
    train,
    validation,
    objective,
    target: targetOf(train),
    weight: rowWeight(train),
    ends: { center, scale, rising },
    watched: { loss: name, figures: [] },
    prior: { loss: meanLoss(objective, train.rows, () => best, targetOf(train)), words },
    validate: (answers) => {
      const data = validation!;
      const { outputs } = objective;
      const loss = meanLoss(
        objective,
        data.rows,
        (row) => answers.subarray(row * outputs, (row + 1) * outputs),
        targetOf(data),
      );
      return { loss, ...figures(answers, data, standard) };
    },
    reported: (look) => reported(look, standard),
    trainedFrom: (served) => served.map((value) => (value - center) / scale),
  };
}

/** The quantile of numbers in order, the lower one between two. */
const middle = (sorted: Float64Array, q: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))]!;
