import type { Tensor } from '@tensorflow/tfjs-core';
import { z } from 'zod';
import type { Tensorflow } from '../../kit/tensorflow.js';
import { affine, bias, kernel, layerKind, softmax, wants } from './layer.js';

/** Self-attention with several heads over `[steps, channels]` (Vaswani et al. 2017). It looks at no padding. */
export const attention = layerKind({
  name: 'attention',
  settings: z.strictObject({ layer: z.literal('attention'), heads: z.number().int().min(1).max(64).default(4) }),
  output: ({ heads }, input) =>
    input.length !== 2
      ? wants('[steps, channels]', input)
      : input[1]! % heads !== 0
        ? wants(`channels that are a multiple of its ${heads} heads`, input)
        : input,
  weights: (_settings, [, channels]) =>
    ['query', 'key', 'value', 'output'].flatMap((name) => [
      kernel(`${name} kernel`, channels!, channels!),
      bias(`${name} bias`, channels!),
    ]),
  keepsSteps: true,
  apply: (tf, { heads }, x, { input, weights, mask }) => {
    const [steps, channels] = input as [number, number];
    const size = channels / heads;
    const part = (k: number): Tensor =>
      affine(tf, x, weights[2 * k]!, weights[2 * k + 1])
        .reshape([-1, steps, heads, size])
        .transpose([0, 2, 1, 3])
        .reshape([-1, steps, size]);
    const scores = tf.matMul(part(0), part(1), false, true).mul(tf.scalar(1 / Math.sqrt(size)));
    const shares = softmax(tf, mask ? scores.add(away(tf, mask, heads, steps)) : scores);
    const seen = tf
      .matMul(shares, part(2))
      .reshape([-1, heads, steps, size])
      .transpose([0, 2, 1, 3])
      .reshape([-1, steps, channels]);
    return affine(tf, seen, weights[6]!, weights[7]);
  },
});

/** What keeps attention from padding, `[rows · heads, 1, steps]`: its share is 0 in single precision. */
function away(tf: Tensorflow, mask: Tensor, heads: number, steps: number): Tensor {
  return mask
    .sub(tf.scalar(1))
    .mul(tf.scalar(1e9))
    .reshape([-1, 1, 1, steps])
    .mul(tf.ones([1, heads, 1, 1]))
    .reshape([-1, 1, steps]);
}
