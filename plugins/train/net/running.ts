import type { Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import type { Batch, NetInTraining, NetParts } from './in-training.js';
import type { NetworkInput } from './network.js';
import { step, type StepParts, type StepTensors } from './step.js';

/** State and answers after some steps; the taker disposes them. */
export interface StepsDone {
  readonly state: Tensor1D[];
  readonly answers: Tensor2D[];
}

/** A faster way to the same bits. */
export interface Shortcut {
  /** Does the steps, by `eager` or by means of its own. Given tensors stay the caller's. */
  steps(state: readonly Tensor1D[], steps: readonly StepTensors[], eager: () => StepsDone): StepsDone;
  dispose(): void;
}

/** A net that trains operation by operation, on every backend, unless a shortcut is given. */
export function runningNet(parts: NetParts, shortcut?: Shortcut): NetInTraining {
  const { tf, network, objective, optimiser } = parts;
  const held: StepParts = {
    ...parts,
    l2: parts.l2 && tf.tensor1d(parts.l2),
    l1: parts.l1 && tf.tensor1d(parts.l1),
  };
  const { features, parameters } = network;
  const slots = optimiser.slots.map((value) => tf.fill([parameters], value) as Tensor1D);
  let state: readonly Tensor1D[] = [tf.tensor1d(parts.initial), ...slots];

  const inputOf = ({ rows, x, y, weight, draws }: Batch): NetworkInput => ({
    x: tf.tensor2d(x, [rows, features]),
    y: tf.tensor2d(y, [rows, objective.targets]),
    weight: tf.tensor2d(weight, [rows, 1]),
    draws: draws.map((draw, i) => tf.tensor2d(draw, [rows, network.draws[i]!.width])),
  });

  const eager = (steps: readonly StepTensors[]): StepsDone =>
    tf.tidy(() => {
      let after: readonly Tensor1D[] = state;
      const answers = steps.flatMap((one) => {
        const done = tf.tidy(() => ({ ...step(tf, held, after, one) }));
        if (after !== state) tf.dispose([...after]);
        after = done.state;
        return done.answers;
      });
      return { state: [...after], answers };
    });

  return {
    steps: (given) => {
      const steps = given.map(({ batches, rates }) => ({
        batches: batches.map(inputOf),
        rates: rates.map((rate) => tf.tensor1d([rate])),
      }));
      const done = shortcut ? shortcut.steps(state, steps, () => eager(steps)) : eager(steps);
      const answers = done.answers.map((tensor) => tensor.dataSync<'float32'>());
      tf.dispose(steps.flatMap(inputsOf));
      tf.dispose([...state, ...done.answers]);
      state = done.state;
      return answers;
    },
    predict: () => {
      const { rows, features: featuresOf } = parts.watched;
      const values = new Float32Array(rows * objective.outputs);
      const atOnce = Math.min(network.atOnce, parts.watched.atOnce);
      for (let from = 0; from < rows; from += atOnce) {
        const to = Math.min(rows, from + atOnce);
        const x = tf.tensor2d(featuresOf(from, to), [to - from, features]);
        const predicted = tf.tidy(() => network.answers(tf, objective, state[0]!, x));
        values.set(predicted.dataSync<'float32'>(), from * objective.outputs);
        tf.dispose([x, predicted]);
      }
      return values;
    },
    read: () => state.map((tensor) => Float32Array.from(tensor.dataSync<'float32'>())),
    write: (values) => {
      tf.dispose([...state]);
      state = values.map((vector) => tf.tensor1d(vector));
    },
    dispose: () => {
      tf.dispose([...state, ...(held.l2 ? [held.l2] : []), ...(held.l1 ? [held.l1] : [])]);
      shortcut?.dispose();
    },
  };
}

/** All that a step is fed. */
export const inputsOf = ({ batches, rates }: StepTensors): (Tensor1D | Tensor2D)[] => [
  ...batches.flatMap(({ x, y, weight, draws }) => [x, y, weight, ...draws]),
  ...rates,
];
