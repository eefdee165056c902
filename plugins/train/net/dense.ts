import type { Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import type { Tensorflow } from '../../kit/tensorflow.js';
import type { Network } from './network.js';
import { one } from './objectives/objective.js';
import type { LayerPlace, NetShape } from './shape.js';

/**
 * A net of dense layers. Its gradient is backpropagation written out: a third of the operations of automatic
 * differentiation.
 */
export function denseNetwork(shape: NetShape, dropout: number): Network {
  return {
    features: shape.layers[0]!.inputs,
    parameters: shape.parameters,
    draws: dropout === 0 ? [] : shape.layers.slice(0, -1).map(({ units }) => ({ width: units, dropped: dropout })),
    atOnce: Infinity,
    answers: (tf, objective, parameters, x) => {
      let values = x;
      for (const layer of shape.layers) {
        const [kernel, bias] = layerOf(tf, parameters, layer);
        values = activate(tf, layer, values.matMul<Tensor2D>(kernel).add<Tensor2D>(bias));
      }
      return objective.answers(tf, values);
    },
    gradient: (tf, objective, parameters, { x, y, weight, draws }) => {
      const kernels: Tensor2D[] = [];
      // Of each layer: what it takes, and what it gave before dropout.
      const taken: Tensor2D[] = [];
      const given: Tensor2D[] = [];
      let values = x;
      shape.layers.forEach((layer, i) => {
        const [kernel, bias] = layerOf(tf, parameters, layer);
        kernels.push(kernel);
        taken.push(values);
        values = activate(tf, layer, values.matMul<Tensor2D>(kernel).add<Tensor2D>(bias));
        given.push(values);
        const mask = draws[i];
        if (mask) values = values.mul(mask);
      });
      const answers = objective.answers(tf, values);
      let error = objective.slope(tf, answers, y, weight);
      const gradients: Tensor1D[] = [];
      for (let i = shape.layers.length - 1; i >= 0; i--) {
        gradients.unshift(tf.matMul(taken[i]!, error, true).flatten(), tf.sum<Tensor1D>(error, 0));
        if (i === 0) break;
        error = tf.matMul(error, kernels[i]!, false, true);
        const mask = draws[i - 1];
        if (mask) error = error.mul(mask);
        error = slope(tf, shape.layers[i - 1]!, error, given[i - 1]!);
      }
      return { gradient: tf.concat1d(gradients), answers };
    },
  };
}

/** The kernel and bias of a layer, out of the flat parameters. */
function layerOf(tf: Tensorflow, parameters: Tensor1D, layer: LayerPlace): [Tensor2D, Tensor1D] {
  const { inputs, units, kernel, bias } = layer;
  return [tf.slice1d(parameters, kernel, inputs * units).reshape([inputs, units]), tf.slice1d(parameters, bias, units)];
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
