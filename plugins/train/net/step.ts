import type { Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import type { Tensorflow } from '../../kit/tensorflow.js';
import type { Network, NetworkInput } from './network.js';
import type { Objective } from './objectives/objective.js';
import type { Optimiser } from './optimisers/index.js';

/** What a step does to the gradient before the optimiser takes it. */
export interface Clip {
  /** Longest gradient over all parameters: a longer one is shortened to it (Pascanu, Mikolov and Bengio 2013). */
  readonly norm?: number | undefined;
  /** Largest size of each of its numbers. */
  readonly value?: number | undefined;
}

/** What is trained how. */
export interface StepParts {
  readonly network: Network;
  readonly objective: Objective;
  readonly optimiser: Optimiser;
  /** Twice the L2 penalty of each parameter, */
  readonly l2: Tensor1D | undefined;
  /** and the L1 penalty. */
  readonly l1: Tensor1D | undefined;
  readonly clip: Clip;
}

/** What one step takes besides the state. */
export interface StepTensors {
  /** Batches whose gradients are summed: one, but where they are accumulated. */
  readonly batches: readonly NetworkInput[];
  /** The optimiser's rates, `[1]` each. */
  readonly rates: readonly Tensor1D[];
}

export interface StepResult {
  /** Parameters and the optimiser's slots after the step. */
  readonly state: Tensor1D[];
  /** Of each batch before the step, with dropout: `[rows, outputs]`. */
  readonly answers: Tensor2D[];
}

/**
 * One step of gradient descent. Penalties join the gradient before it is clipped, as in Keras. It is a pure function of tensors,
 * to be called within `tf.tidy`, so it can be recorded.
 */
export function step(
  tf: Tensorflow,
  { network, objective, optimiser, l2, l1, clip }: StepParts,
  [parameters, ...slots]: readonly Tensor1D[],
  { batches, rates }: StepTensors,
): StepResult {
  const { moving = [] } = network;
  // Batches of one step see the same weights, and statistics that those before them have moved.
  let seen = parameters!;
  const done = batches.map((batch) => {
    const one = network.gradient(tf, objective, seen, batch);
    if (one.moved) {
      seen = replaced(tf, parameters!, moving, one.moved);
      tf.dispose([...one.moved]);
    }
    return one;
  });
  let gradient = done.map((one) => one.gradient).reduce((sum, next) => sum.add(next));
  if (l2) gradient = gradient.add(parameters!.mul(l2));
  if (l1) gradient = gradient.add(parameters!.sign<Tensor1D>().mul(l1));
  const [after, ...others] = optimiser.move(tf, parameters!, clipped(tf, gradient, clip), slots, rates);
  const statistics = moving.map(([from, to]) => tf.slice1d(seen, from, to - from));
  return {
    state: [moving.length === 0 ? after! : replaced(tf, after!, moving, statistics), ...others],
    answers: done.map(({ answers }) => answers),
  };
}

/** The vector with other values in some ranges. */
function replaced(
  tf: Tensorflow,
  vector: Tensor1D,
  ranges: NonNullable<Network['moving']>,
  values: readonly Tensor1D[],
): Tensor1D {
  const pieces: Tensor1D[] = [];
  let at = 0;
  ranges.forEach(([from, to], i) => {
    if (from > at) pieces.push(tf.slice1d(vector, at, from - at));
    pieces.push(values[i]!);
    at = to;
  });
  if (at < vector.size) pieces.push(tf.slice1d(vector, at, vector.size - at));
  return tf.concat1d(pieces);
}

function clipped(tf: Tensorflow, gradient: Tensor1D, { norm, value }: Clip): Tensor1D {
  let result = gradient;
  if (norm !== undefined) {
    const longest = tf.scalar(norm);
    const length = result.square<Tensor1D>().sum().sqrt();
    result = result.mul<Tensor1D>(longest.div(length.maximum(longest)));
  }
  return value === undefined ? result : tf.clipByValue(result, -value, value);
}
