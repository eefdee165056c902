import type { Tensor2D } from '@tensorflow/tfjs-core';
import { z } from 'zod';
import { tensorOf } from '../../../models/index.js';
import { endOperations, endScores, netEnds } from './net-ends.js';
import { constantOf, tensorKind } from './tensor-kind.js';

export const ACTIVATIONS = ['relu', 'tanh', 'sigmoid', 'linear'] as const;
export type Activation = (typeof ACTIVATIONS)[number];

/** Layers in order; layer i has the tensors `layer i kernel` `[inputs, units]` and `layer i bias` `[units]`. Of the last one's scores `ends` makes answers. */
export const denseArchitecture = z.object({
  features: z.number().int().nonnegative(),
  layers: z.array(z.object({ units: z.number().int().positive(), activation: z.enum(ACTIVATIONS) })).min(1),
  /** Without it a softmax. */
  ends: netEnds.optional(),
});
export type DenseArchitecture = z.output<typeof denseArchitecture>;

export const kernelName = (layer: number): string => `layer ${layer} kernel`;
export const biasName = (layer: number): string => `layer ${layer} bias`;

const apply: Record<Activation, (x: number) => number> = {
  relu: (x) => (x > 0 ? x : 0),
  tanh: Math.tanh,
  sigmoid: (x) => 1 / (1 + Math.exp(-x)),
  linear: (x) => x,
};

/**
 * A net of dense layers, computed without TensorFlow. Weights and the values between layers are of single precision,
 * as in training; sums are carried in double precision, so results lie within rounding of TensorFlow's.
 */
export const denseNet = tensorKind({
  name: 'dense net',
  title: 'Neural net of dense layers',
  architecture: denseArchitecture,
  tasks: ['classification', 'multi-label', 'regression', 'quantiles'],
  open({ features: width, layers: declared, ends = 'softmax' }, tensors) {
    let inputs = width;
    const layers = declared.map(({ units, activation }, i) => {
      const kernel = tensorOf(tensors, kernelName(i), [inputs, units]).values;
      const bias = tensorOf(tensors, biasName(i), [units]).values;
      inputs = units;
      return { kernel, bias, activate: apply[activation], sums: new Float64Array(units) };
    });
    const outputs = inputs;
    return {
      takes: 'features',
      width,
      outputs,
      score(features, rows) {
        const scores = new Float64Array(rows * outputs);
        for (let row = 0; row < rows; row++) {
          let values: ArrayLike<number> = Float32Array.from(features.subarray(row * width, (row + 1) * width));
          for (const { kernel, bias, activate, sums } of layers) {
            const units = sums.length;
            for (let j = 0; j < units; j++) sums[j] = bias[j]!;
            for (let i = 0, at = 0; i < values.length; i++, at += units) {
              const value = values[i]!;
              if (value === 0) continue;
              for (let j = 0; j < units; j++) sums[j]! += value * kernel[at + j]!;
            }
            for (let j = 0; j < units; j++) sums[j] = Math.fround(activate(sums[j]!));
            values = sums;
          }
          scores.set(values, row * outputs);
        }
        endScores(ends, scores, outputs);
        return scores;
      },
    };
  },
  portable({ features: width, layers, ends = 'softmax' }, tensors) {
    return {
      width,
      operations(tf, features) {
        const scores = layers.reduce((values, { units, activation }, i) => {
          const kernel = constantOf(tf, tensorOf(tensors, kernelName(i), [-1, units]));
          const bias = constantOf(tf, tensorOf(tensors, biasName(i), [units]));
          const sums = values.matMul<Tensor2D>(kernel).add<Tensor2D>(bias);
          return activation === 'linear' ? sums : tf[activation](sums);
        }, features);
        return endOperations(tf, ends, scores, layers.at(-1)!.units);
      },
    };
  },
});
