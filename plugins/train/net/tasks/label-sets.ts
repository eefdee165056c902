import { f1MicroOfSets, classCounts, exactMatches } from '@trainyard/metrics';
import type { LabelSetDataset } from '../../dataset.js';
import type { HeldFeatures } from '../../feed/held.js';
import { binaryCrossEntropy } from '../objectives/binary-cross-entropy.js';
import { meanLoss, rowWeight, type Learned } from './learned.js';

/** Any number of classes for each row. */
export function learnLabelSets(
  train: LabelSetDataset<HeldFeatures>,
  validation: LabelSetDataset<HeldFeatures> | undefined,
  threshold: number,
  labelSmoothing: number,
): Learned {
  const classes = train.classes.length;
  const objective = binaryCrossEntropy(classes, labelSmoothing);
  const targetOf =
    ({ labels }: LabelSetDataset<unknown>) =>
    (row: number, into: Float32Array, at: number): void => {
      for (let k = 0; k < classes; k++) into[at + k] = labels[row * classes + k]!;
    };
  const shares = Float32Array.from({ length: classes }, (_, k) => {
    let count = 0;
    for (let row = 0; row < train.rows; row++) count += train.labels[row * classes + k]!;
    return count / train.rows;
  });
  return {
    train,
    validation,
    objective,
    target: targetOf(train),
    weight: rowWeight(train),
    ends: 'sigmoid',
    watched: {
      loss: 'nats a class',
      figures: [
        ['subsetAccuracy', 'rows with exactly the right classes'],
        ['f1Micro', 'F1, micro'],
      ],
    },
    prior: {
      loss: meanLoss(objective, train.rows, () => shares, targetOf(train)),
      words: 'the shares of the classes',
    },
    validate: (answers) => {
      const { labels, rows } = validation!;
      const truth = { values: labels, classes };
      const chosen = { values: Uint8Array.from(answers, (p) => (p >= threshold ? 1 : 0)), classes };
      const right = exactMatches(truth, chosen).filter(Boolean).length;
      return {
        loss: meanLoss(
          objective,
          rows,
          (row) => answers.subarray(row * classes, (row + 1) * classes),
          targetOf(validation!),
        ),
        subsetAccuracy: right / rows,
        // Without a class anywhere, true or answered, there is none.
        f1Micro: f1MicroOfSets(classCounts(truth, chosen)) ?? 0,
      };
    },
    reported: ({ validation: seen }) =>
      seen ? { subsetAccuracy: seen['subsetAccuracy']!, f1: { micro: seen['f1Micro']! } } : {},
  };
}
