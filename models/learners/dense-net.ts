import { z } from 'zod';
import { softmax, tensorOf, unfit, type Learner, type Scorer } from '../learner.js';

export const ACTIVATIONS = ['relu', 'tanh', 'sigmoid', 'linear'] as const;
export type Activation = (typeof ACTIVATIONS)[number];

/** Layers in order; layer i has the tensors `layer i kernel` `[inputs, units]` and `layer i bias` `[units]`. The last one's scores go through a softmax. */
export const denseArchitecture = z.object({
  features: z.number().int().nonnegative(),
  layers: z.array(z.object({ units: z.number().int().positive(), activation: z.enum(ACTIVATIONS) })).min(1),
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
export const denseNet: Learner = {
  name: 'dense net',
  title: 'Neural net of dense layers',
  open(architecture, tensors): Scorer {
    const parsed = denseArchitecture.safeParse(architecture);
    if (!parsed.success) throw unfit("the net's architecture is not valid");
    let width = parsed.data.features;
    const layers = parsed.data.layers.map(({ units, activation }, i) => {
      const kernel = tensorOf(tensors, kernelName(i), [width, units]).values;
      const bias = tensorOf(tensors, biasName(i), [units]).values;
      width = units;
      return { kernel, bias, activate: apply[activation], sums: new Float64Array(units) };
    });
    return {
      features: parsed.data.features,
      outputs: width,
      score(features) {
        let values: ArrayLike<number> = Float32Array.from(features);
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
        return softmax(Float64Array.from(values));
      },
    };
  },
};
