import type { Tensor1D, Tensor2D } from '@tensorflow/tfjs';
import type { Batch, NetInTraining, NetParts } from './in-training.js';
import { probabilitiesOf, step } from './step.js';

/** Trains operation by operation: on every backend, and the yardstick for faster ways. */
export function eagerNet(parts: NetParts): NetInTraining {
  const { tf, shape, optimiser } = parts;
  const features = shape.layers[0]!.inputs;
  const classes = shape.layers.at(-1)!.units;
  const penalty = parts.penalty && tf.tensor1d(parts.penalty);
  const watched = tf.tensor2d(parts.watched.features, [parts.watched.rows, features]);
  const slots = Array.from({ length: optimiser.slots }, () => tf.zeros([shape.parameters]) as Tensor1D);
  let state: Tensor1D[] = [tf.tensor1d(parts.initial), ...slots];

  const tensorsOf = ({ rows, x, y, weight, masks }: Batch, rate: number) => ({
    x: tf.tensor2d(x, [rows, features]),
    y: tf.tensor2d(y, [rows, classes]),
    weight: tf.tensor2d(weight, [rows, 1]),
    masks: masks.map((mask, i): Tensor2D => tf.tensor2d(mask, [rows, shape.layers[i]!.units])),
    rate: tf.tensor1d([rate]),
  });

  return {
    step: (batch, number) => {
      const before = state;
      const result = tf.tidy(() => {
        const after = step(tf, shape, optimiser, penalty, before, tensorsOf(batch, optimiser.rate(number)));
        return { state: after.state, probabilities: after.probabilities };
      });
      state = result.state;
      const probabilities = result.probabilities.dataSync<'float32'>();
      tf.dispose([before, result.probabilities]);
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
      tf.dispose(state);
      state = values.map((vector) => tf.tensor1d(vector));
    },
    dispose: () => {
      tf.dispose([state, watched, ...(penalty ? [penalty] : [])]);
      optimiser.dispose();
    },
  };
}
