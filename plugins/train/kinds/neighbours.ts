import { z } from 'zod';
import { neighbourMeans, Neighbours, neighbourShares } from '@trainyard/learners';
import { tensorOf, unfit } from '../../../models/index.js';
import { tensorKind } from './tensor-kind.js';

/** The training rows themselves: tensors `features` `[rows, features]` and `labels` `[rows]`, the index of a class or a number. */
export const kNearest = tensorKind({
  name: 'k nearest neighbours',
  title: 'k nearest neighbours',
  tasks: ['classification', 'regression'],
  architecture: z.object({
    k: z.number().int().min(1),
    metric: z.enum(['euclidean', 'manhattan']),
    votes: z.enum(['uniform', 'distance']),
  }),
  open({ k, metric, votes }, tensors, task) {
    const { shape, values } = tensorOf(tensors, 'features', [-1, -1]);
    const [rows, width] = [shape[0]!, shape[1]!];
    const { values: labels } = tensorOf(tensors, 'labels', [rows]);
    if (k > rows) throw unfit(`the model asks ${k} neighbours and has ${rows} rows`);
    const fit = { rows, width, features: Float64Array.from(values), labels, k, metric, counted: votes };
    const all = new Neighbours(fit);
    const outputs = task.type === 'classification' ? task.classes.length : 1;
    const known = (label: number): boolean => Number.isInteger(label) && label >= 0 && label < outputs;
    if (task.type === 'classification' && !labels.every(known))
      throw unfit("the model's rows are of classes that its card does not name");
    return {
      takes: 'features',
      width,
      outputs,
      score: (features, count) =>
        task.type === 'classification'
          ? neighbourShares(all, fit, outputs, features, count)
          : neighbourMeans(all, fit, features, count),
    };
  },
});
