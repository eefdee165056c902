import { accuracy, averages, confusionMatrix, mostProbable, rocAuc } from '@trainyard/metrics';
import type { BestTask } from './learners/index.js';

/**
 * What candidates are compared by. Answers are `[rows, outputs]`, row after row; a `view` of them is what the metric needs and what mixes
 * linearly, so that an ensemble is weighed by the mean of its members' views.
 */
export interface Metric {
  readonly name: string;
  readonly title: string;
  readonly task: BestTask['type'];
  readonly better: 'lower' | 'higher';
  view(answers: Float32Array | Float64Array, labels: Float64Array): Float32Array;
  of(view: Float32Array | Float64Array, labels: Float64Array): number;
}

/** A probability of 0 would make one row decide all. */
const LEAST = 1e-15;

/** The probability of each row's class. */
const ofTruth: Metric['view'] = (answers, labels) => {
  const classes = answers.length / labels.length;
  return Float32Array.from(labels, (label, row) => answers[row * classes + label]!);
};
const whole: Metric['view'] = (answers) => Float32Array.from(answers);

function mean(view: ArrayLike<number>, of: (row: number) => number): number {
  let sum = 0;
  for (let row = 0; row < view.length; row++) sum += of(row);
  return sum / view.length;
}

const probabilities = (view: ArrayLike<number>, labels: Float64Array) => ({
  values: view,
  classes: view.length / labels.length,
});
const confusionOf = (view: Float32Array | Float64Array, labels: Float64Array) => {
  const p = probabilities(view, labels);
  return confusionMatrix(labels, mostProbable(p), p.classes);
};

/** The first of a task is its default. One more is an entry here and a name in the contract. */
export const METRICS: readonly Metric[] = [
  {
    name: 'logLoss',
    title: 'log loss, nats a row',
    task: 'classes',
    better: 'lower',
    view: ofTruth,
    of: (view) => mean(view, (row) => -Math.log(Math.max(view[row]!, LEAST))),
  },
  {
    name: 'rocAuc',
    title: 'area under the ROC curve',
    task: 'classes',
    better: 'higher',
    view: whole,
    of: (view, labels) => rocAuc(labels, probabilities(view, labels)) ?? 0.5,
  },
  {
    name: 'accuracy',
    title: 'accuracy',
    task: 'classes',
    better: 'higher',
    view: whole,
    of: (view, labels) => accuracy(confusionOf(view, labels)),
  },
  {
    name: 'f1Macro',
    title: 'F1, mean over the classes',
    task: 'classes',
    better: 'higher',
    view: whole,
    of: (view, labels) => averages(confusionOf(view, labels), 'f1').macro,
  },
  {
    name: 'rmse',
    title: 'root of the mean squared error',
    task: 'number',
    better: 'lower',
    view: whole,
    of: (view, labels) => Math.sqrt(mean(view, (row) => (view[row]! - labels[row]!) ** 2)),
  },
  {
    name: 'mae',
    title: 'mean absolute error',
    task: 'number',
    better: 'lower',
    view: whole,
    of: (view, labels) => mean(view, (row) => Math.abs(view[row]! - labels[row]!)),
  },
];

/** A score as a loss: lower is better. */
export const lossOf = ({ better }: Metric, score: number): number => (better === 'lower' ? score : -score);
