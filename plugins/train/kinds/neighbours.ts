import type { Tensor2D } from '@tensorflow/tfjs-core';
import { z } from 'zod';
import { neighbourMeans, Neighbours, neighbourShares } from '@trainyard/learners';
import { tensorOf, unfit } from '../../../models/index.js';
import { distancesTo } from './operations.js';
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
  portable({ k, metric, votes }, tensors, task) {
    const { shape, values } = tensorOf(tensors, 'features', [-1, -1]);
    const [rows, width] = shape as [number, number];
    const { values: labels } = tensorOf(tensors, 'labels', [rows]);
    const outputs = task.type === 'classification' ? task.classes.length : 1;
    // What each training row says: 1 for its class, or its number.
    const says = new Float32Array(rows * outputs);
    for (let row = 0; row < rows; row++)
      if (task.type === 'classification') says[row * outputs + labels[row]!] = 1;
      else says[row] = labels[row]!;
    return {
      width,
      operations(tf, features) {
        const distances = distancesTo(tf, features, values, width, metric);
        // Of equal ones the first in the table, as here.
        const { values: nearness, indices } = tf.topk(distances.neg(), k, true);
        const said = tf.gather(tf.tensor2d(says, [rows, outputs]), indices.flatten().toInt()).reshape([-1, k, outputs]);
        if (votes === 'uniform') return said.mean<Tensor2D>(1);
        const apart = nearness.neg();
        const far = (metric === 'euclidean' ? apart.sqrt() : apart) as Tensor2D;
        const touches = far.lessEqual(tf.scalar(0)).toFloat() as Tensor2D;
        const any = touches.max<Tensor2D>(1, true);
        const inverse = tf.scalar(1).div<Tensor2D>(far.maximum(tf.scalar(2 ** -100)));
        const weights = touches.add<Tensor2D>(inverse.mul<Tensor2D>(tf.scalar(1).sub<Tensor2D>(any)).mul(tf.scalar(1).sub<Tensor2D>(touches))); // prettier-ignore
        const shares = weights.div<Tensor2D>(weights.sum<Tensor2D>(1, true)).reshape([-1, k, 1]);
        return said.mul(shares).sum<Tensor2D>(1);
      },
    };
  },
});
