import type { Scalar, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import type { Tensorflow } from '../../kit/tensorflow.js';
import type { Optimiser } from './optimiser.js';
import type { LayerPlace, NetShape } from './shape.js';

/** What one step takes besides the state. */
export interface BatchTensors {
  /** `[rows, features]` */
  readonly x: Tensor2D;
  /** One-hot classes, `[rows, classes]`. */
  readonly y: Tensor2D;
  /** Weight of each row ÷ rows, `[rows, 1]`. */
  readonly weight: Tensor2D;
  /** For each hidden layer 0 or 1 ÷ (1 − dropout), `[rows, units]`; none without dropout. */
  readonly masks: readonly Tensor2D[];
  /** The optimiser's rate, `[1]`. */
  readonly rate: Tensor1D;
}

export interface StepResult {
  /** Parameters and the optimiser's slots after the step. */
  readonly state: Tensor1D[];
  /** Of the batch before the step, with dropout: `[rows, classes]`. */
  readonly probabilities: Tensor2D;
}

/** The kernel and bias of a layer, out of the flat parameters. */
function layerOf(tf: Tensorflow, parameters: Tensor1D, layer: LayerPlace): [Tensor2D, Tensor1D] {
  const { inputs, units, kernel, bias } = layer;
  return [tf.slice1d(parameters, kernel, inputs * units).reshape([inputs, units]), tf.slice1d(parameters, bias, units)];
}

/** Probabilities `[rows, classes]` of rows `[rows, features]`, without dropout. To be called within `tf.tidy`. */
export function probabilitiesOf(tf: Tensorflow, shape: NetShape, parameters: Tensor1D, x: Tensor2D): Tensor2D {
  let values = x;
  for (const layer of shape.layers) {
    const [kernel, bias] = layerOf(tf, parameters, layer);
    values = activate(tf, layer, values.matMul<Tensor2D>(kernel).add<Tensor2D>(bias));
  }
  return softmax(values);
}

/**
 * One step of gradient descent on softmax cross-entropy, by backpropagation written out: a third of the operations of
 * automatic differentiation. `penalty` is twice the L2 penalty of each parameter. It is a pure function of tensors,
 * to be called within `tf.tidy`, so it can be recorded.
 */
export function step(
  tf: Tensorflow,
  shape: NetShape,
  optimiser: Optimiser,
  penalty: Tensor1D | undefined,
  [parameters, ...slots]: readonly Tensor1D[],
  batch: BatchTensors,
): StepResult {
  const kernels: Tensor2D[] = [];
  // Of each layer: what it takes, and what it gave before dropout.
  const taken: Tensor2D[] = [];
  const given: Tensor2D[] = [];
  let values = batch.x;
  shape.layers.forEach((layer, i) => {
    const [kernel, bias] = layerOf(tf, parameters!, layer);
    kernels.push(kernel);
    taken.push(values);
    values = activate(tf, layer, values.matMul<Tensor2D>(kernel).add<Tensor2D>(bias));
    given.push(values);
    const mask = batch.masks[i];
    if (mask) values = values.mul(mask);
  });
  const probabilities = softmax(values);
  let error = probabilities.sub<Tensor2D>(batch.y).mul<Tensor2D>(batch.weight);
  const gradients: Tensor1D[] = [];
  for (let i = shape.layers.length - 1; i >= 0; i--) {
    gradients.unshift(tf.matMul(taken[i]!, error, true).flatten(), tf.sum<Tensor1D>(error, 0));
    if (i === 0) break;
    error = tf.matMul(error, kernels[i]!, false, true);
    const mask = batch.masks[i - 1];
    if (mask) error = error.mul(mask);
    error = slope(tf, shape.layers[i - 1]!, error, given[i - 1]!);
  }
  let gradient = tf.concat1d(gradients);
  if (penalty) gradient = gradient.add(parameters!.mul(penalty));
  return { state: optimiser.move(parameters!, gradient, slots, batch.rate), probabilities };
}

function activate(tf: Tensorflow, { activation }: LayerPlace, sums: Tensor2D): Tensor2D {
  return activation === 'linear' ? sums : tf[activation](sums);
}

/** The error before an activation, from the error after it and the value that it gave. */
function slope(tf: Tensorflow, { activation }: LayerPlace, error: Tensor2D, value: Tensor2D): Tensor2D {
  switch (activation) {
    case 'relu':
      return error.mul(tf.sign(value));
    case 'tanh':
      return error.mul(one(tf).sub(value.square()));
    case 'sigmoid':
      return error.mul(value.mul(one(tf).sub(value)));
    case 'linear':
      return error;
  }
}

const one = (tf: Tensorflow): Scalar => tf.scalar(1);

/** Of each row. Written out, because TensorFlow's own operation gives other bits in a graph than by itself. */
function softmax(scores: Tensor2D): Tensor2D {
  const powers = scores.sub(scores.max(1, true)).exp();
  return powers.div(powers.sum(1, true));
}
