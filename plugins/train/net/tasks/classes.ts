import { accuracy, averages, confusionMatrix, logLoss, mostProbable } from '@trainyard/metrics';
import type { Dataset } from '../../dataset.js';
import type { HeldFeatures } from '../../feed/held.js';
import { crossEntropy, type CrossEntropyOptions } from '../objectives/cross-entropy.js';
import { rowWeight, type Learned } from './learned.js';

/** One of several classes. `weights` are those of the classes. */
export function learnClasses(
  train: Dataset<HeldFeatures>,
  validation: Dataset<HeldFeatures> | undefined,
  weights: Float64Array,
  options: CrossEntropyOptions,
): Learned {
  const classes = train.classes.length;
  const own = rowWeight(train);
  return {
    train,
    validation,
    objective: crossEntropy(classes, options),
    target: (row, into, at) => {
      into[at + train.labels[row]!] = 1;
    },
    weight: (row) => weights[train.labels[row]!]! * own(row),
    ends: 'softmax',
    watched: {
      loss: 'nats a row',
      figures: [
        ['accuracy', 'accuracy'],
        ['f1Macro', 'F1, macro'],
      ],
    },
    prior: { loss: priorLoss(train), words: 'the shares of the classes' },
    validate: (values) => {
      const { labels } = validation!;
      const p = { values, classes };
      const confusion = confusionMatrix(labels, mostProbable(p), classes);
      return { loss: logLoss(labels, p), accuracy: accuracy(confusion), f1Macro: averages(confusion, 'f1').macro };
    },
    reported: ({ trainLoss, validation: seen }) =>
      seen
        ? { logLoss: seen.loss, accuracy: seen['accuracy']!, f1: { macro: seen['f1Macro']! } }
        : { logLoss: trainLoss },
  };
}

/** Loss of always answering the shares of the classes, in nats a row: the entropy of the labels. */
function priorLoss({ labels, rows, classes }: Dataset<unknown>): number {
  const counts = classes.map(() => 0);
  for (const label of labels) counts[label]!++;
  return -counts.reduce((sum, count) => sum + (count === 0 ? 0 : (count / rows) * Math.log(count / rows)), 0);
}
