import { randomFrom } from '@trainyard/numeric';
import { biasName, kernelName, type Activation, type DenseArchitecture } from '../kinds/dense-net.js';
import type { Tensors } from '../../../models/index.js';

/** What a random stream is for; each purpose has its own numbers from the same seed. */
export const PURPOSE = { initialValues: 1, order: 2, dropout: 3, blocks: 4 } as const;

/** Where the parameters of a layer stand in the flat vector of all of them. */
export interface LayerPlace {
  readonly inputs: number;
  readonly units: number;
  readonly activation: Activation;
  /** Index of the kernel's first value; `[inputs, units]`, row-major. */
  readonly kernel: number;
  /** Index of the bias's first value; `[units]`. */
  readonly bias: number;
}

/** A dense net's layers, and how many parameters they have together. */
export interface NetShape {
  readonly layers: readonly LayerPlace[];
  readonly parameters: number;
}

/** Lays out the parameters of a net: all in one vector, so that the optimiser is a handful of operations. */
export function shapeOf({ features, layers }: DenseArchitecture): NetShape {
  let [at, inputs] = [0, features];
  const places = layers.map(({ units, activation }) => {
    const place = { inputs, units, activation, kernel: at, bias: at + inputs * units };
    at = place.bias + units;
    inputs = units;
    return place;
  });
  return { layers: places, parameters: at };
}

/**
 * Initial values: biases 0, kernels uniform within ±√(6 / (inputs + units)) (Glorot and Bengio 2010), before relu
 * within ±√(6 / inputs) (He et al. 2015).
 */
export function initialValues(shape: NetShape, seed: number): Float32Array {
  const random = randomFrom(seed, PURPOSE.initialValues);
  const values = new Float32Array(shape.parameters);
  for (const { inputs, units, activation, kernel, bias } of shape.layers) {
    const limit = Math.sqrt(6 / (activation === 'relu' ? Math.max(1, inputs) : inputs + units));
    for (let i = kernel; i < bias; i++) values[i] = (2 * random.uniform() - 1) * limit;
  }
  return values;
}

/** The flat parameters as a model's tensors. */
export function tensorsOf(shape: NetShape, values: Float32Array): Tensors {
  return Object.fromEntries(
    shape.layers.flatMap(({ inputs, units, kernel, bias }, i) => [
      [kernelName(i), { shape: [inputs, units], values: values.slice(kernel, bias) }],
      [biasName(i), { shape: [units], values: values.slice(bias, bias + units) }],
    ]),
  );
}
