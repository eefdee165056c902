import type { Tensor } from '@tensorflow/tfjs-core';
import { z } from 'zod';
import type { Tensorflow } from '../../kit/tensorflow.js';
import { layerKind, units } from './layer.js';

/** A vector for each whole number: words, categories. What is none from 0 to `codes` − 1, a fraction or a missing one too, has the first vector. */
export const embedding = layerKind({
  name: 'embedding',
  settings: z.strictObject({
    layer: z.literal('embedding'),
    codes: z.number().int().min(1).max(1_000_000).describe('how many different numbers there are'),
    units,
    mask: z
      .boolean()
      .default(false)
      .describe('what is none of the numbers is padding: attention and pools behind it leave it out'),
  }),
  masks: ({ mask }) => mask,
  mask: (tf, { codes, mask }, x) => (mask ? knownOf(tf, codes, x).toFloat() : undefined),
  output: ({ units: size }, input) => [...input, size],
  weights: ({ codes, units: size }) => [
    { name: 'vectors', shape: [codes + 1, size], initial: 'uniform', penalised: false },
  ],
  apply: (tf, { codes, units: size }, x, { input, weights: [vectors] }) => {
    const code = tf
      .where(knownOf(tf, codes, x), x.add(tf.scalar(1)), tf.zerosLike(x))
      .flatten()
      .toInt();
    return tf.gather(vectors!, code).reshape([-1, ...input, size]);
  },
});

const knownOf = (tf: Tensorflow, codes: number, x: Tensor): Tensor =>
  x
    .greaterEqual(tf.scalar(0))
    .logicalAnd(x.less(tf.scalar(codes)))
    .logicalAnd(x.equal(x.floor()));
