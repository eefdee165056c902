import type { Tensor2D } from '@tensorflow/tfjs-core';
import { z } from 'zod';
import { tensorOf, type FeatureScorer, type Tensors } from '../../../models/index.js';
import { servingTensorflow, type Tensorflow } from '../../kit/tensorflow.js';
import { layered, layersSchema, sizeOf, type Layers } from '../layers/index.js';
import { endOperations, endScores, netEnds } from './net-ends.js';
import { constantOf, tensorKind } from './tensor-kind.js';

/** Layers as plain data; each weight is the tensor of its name. Of the last layer's scores `ends` makes answers. */
export const layeredArchitecture = z.object({
  /** Shape of a row's features. */
  input: z.array(z.number().int().positive()).min(1).max(3),
  layers: layersSchema,
  ends: netEnds,
});
export type LayeredArchitecture = z.output<typeof layeredArchitecture>;

/** A code that is none where codes come in; elsewhere a transform has filled in what is missing. */
const standIn = ([first]: Layers): number => (first?.layer === 'embedding' || first?.layer === 'categories' ? -1 : 0);

/** Rows computed at once: the values between their layers are in memory together. */
const AT_ONCE = 32;

interface LayeredScorer extends FeatureScorer {
  score(features: Float64Array, rows: number): Float64Array;
}

/** Opens a net of layers for rows of features. */
export async function openLayered(
  { input, layers, ends }: LayeredArchitecture,
  tensors: Tensors,
): Promise<LayeredScorer> {
  const tf = await servingTensorflow();
  const net = layered(layers, input);
  const width = input.reduce((a, b) => a * b, 1);
  const missing = standIn(layers);
  const outputs = net.output.reduce((a, b) => a * b, 1);
  const weights = net.weights.map(({ name, shape }) =>
    tf.tensor(Float32Array.from(tensorOf(tensors, name, shape).values), [...shape]),
  );
  return {
    takes: 'features',
    width,
    outputs,
    score(features, rows) {
      const scores = new Float64Array(rows * outputs);
      for (let from = 0; from < rows; from += AT_ONCE) {
        const to = Math.min(rows, from + AT_ONCE);
        const values = tf.tidy(() => {
          const given = Float32Array.from(features.subarray(from * width, to * width), (value) =>
            Number.isNaN(value) ? missing : value,
          );
          return net.apply(tf, tf.tensor2d(given, [to - from, width]), weights).dataSync();
        });
        scores.set(values, from * outputs);
      }
      endScores(ends, scores, outputs);
      return scores;
    },
    dispose: () => tf.dispose(weights),
  };
}

/** The same as operations of TensorFlow.js, of features `[rows, width]`. */
export function layeredOperations(
  tf: Tensorflow,
  { input, layers, ends }: LayeredArchitecture,
  tensors: Tensors,
  features: Tensor2D,
): Tensor2D {
  const net = layered(layers, input);
  const instead = features.zerosLike<Tensor2D>().add<Tensor2D>(tf.scalar(standIn(layers)));
  const given = tf.where(features.isNaN(), instead, features);
  const weights = net.weights.map(({ name, shape }) => constantOf(tf, tensorOf(tensors, name, shape)));
  const outputs = sizeOf(net.output);
  return endOperations(tf, ends, net.apply(tf, given, weights).reshape([-1, outputs]), outputs);
}

/**
 * A net of any layers, computed by TensorFlow.js on WebAssembly in single precision: results lie within rounding of those of native
 * TensorFlow, which trains.
 */
export const layeredNet = tensorKind({
  name: 'layered net',
  title: 'Neural net of any layers: convolutions, recurrent, attention',
  architecture: layeredArchitecture,
  tasks: ['classification', 'multi-label', 'regression', 'quantiles', 'embedding'],
  missing: true,
  open: openLayered,
  portable: (architecture, tensors) => ({
    width: sizeOf(architecture.input),
    operations: (tf, features) => layeredOperations(tf, architecture, tensors, features),
  }),
});
