import type { Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import type { Batch, NetInTraining, NetParts } from './in-training.js';
import { probabilitiesOf, step, type BatchTensors } from './step.js';

/** State and probabilities after some steps; the taker disposes them. */
export interface StepsDone {
  readonly state: Tensor1D[];
  readonly probabilities: Tensor2D[];
}

/** A faster way to the same bits. */
export interface Shortcut {
  /** Does the steps, by `eager` or by means of its own. Given tensors stay the caller's. */
  steps(state: readonly Tensor1D[], batches: readonly BatchTensors[], eager: () => StepsDone): StepsDone;
  dispose(): void;
}

/** A net that trains operation by operation, on every backend, unless a shortcut is given. */
export function runningNet(parts: NetParts, shortcut?: Shortcut): NetInTraining {
  const { tf, shape, optimiser } = parts;
  const features = shape.layers[0]!.inputs;
  const classes = shape.layers.at(-1)!.units;
  const penalty = parts.penalty && tf.tensor1d(parts.penalty);
  const watched = tf.tensor2d(parts.watched.features, [parts.watched.rows, features]);
  const slots = Array.from({ length: optimiser.slots }, () => tf.zeros([shape.parameters]) as Tensor1D);
  let state: readonly Tensor1D[] = [tf.tensor1d(parts.initial), ...slots];

  const tensorsOf = ({ rows, x, y, weight, masks }: Batch, number: number): BatchTensors => ({
    x: tf.tensor2d(x, [rows, features]),
    y: tf.tensor2d(y, [rows, classes]),
    weight: tf.tensor2d(weight, [rows, 1]),
    masks: masks.map((mask, i) => tf.tensor2d(mask, [rows, shape.layers[i]!.units])),
    rate: tf.tensor1d([optimiser.rate(number)]),
  });

  const eager = (batches: readonly BatchTensors[]): StepsDone =>
    tf.tidy(() => {
      let after: readonly Tensor1D[] = state;
      const probabilities = batches.map((batch) => {
        const done = tf.tidy(() => ({ ...step(tf, shape, optimiser, penalty, after, batch) }));
        if (after !== state) tf.dispose([...after]);
        after = done.state;
        return done.probabilities;
      });
      return { state: [...after], probabilities };
    });

  return {
    steps: (given, first) => {
      const batches = given.map((batch, i) => tensorsOf(batch, first + i));
      const done = shortcut ? shortcut.steps(state, batches, () => eager(batches)) : eager(batches);
      const probabilities = done.probabilities.map((tensor) => tensor.dataSync<'float32'>());
      for (const { x, y, weight, masks, rate } of batches) tf.dispose([x, y, weight, ...masks, rate]);
      tf.dispose([...state, ...done.probabilities]);
      state = done.state;
      return probabilities;
    },
    predict: () => {
      if (parts.watched.rows === 0) return new Float32Array();
      const predicted = tf.tidy(() => probabilitiesOf(tf, shape, state[0]!, watched));
      const values = predicted.dataSync<'float32'>();
      predicted.dispose();
      return values;
    },
    read: () => state.map((tensor) => Float32Array.from(tensor.dataSync<'float32'>())),
    write: (values) => {
      tf.dispose([...state]);
      state = values.map((vector) => tf.tensor1d(vector));
    },
    dispose: () => {
      tf.dispose([...state, watched, ...(penalty ? [penalty] : [])]);
      optimiser.dispose();
      shortcut?.dispose();
    },
  };
}
