import { beforeAll, describe, expect, test } from 'vitest';
import { randomFrom } from '@trainyard/numeric';
import { loadTensorflow, type Tensorflow } from '../../../setup/tensorflow-load.js';
import type { Batch } from './in-training.js';
import { adam, sgd } from './optimiser.js';
import { runningNet } from './running.js';
import { initialValues, shapeOf } from './shape.js';

let tf: Tensorflow;
beforeAll(async () => {
  ({ tf } = await loadTensorflow({ threads: 1 }));
});

const [ROWS, FEATURES, CLASSES] = [24, 5, 3];
const random = randomFrom(1);
const numbers = (size: number) => Float32Array.from({ length: size }, () => random.uniform() * 4 - 2);
const batch: Batch = {
  rows: ROWS,
  x: numbers(ROWS * FEATURES),
  y: Float32Array.from({ length: ROWS * CLASSES }, (_, i) =>
    i % CLASSES === Math.floor(i / CLASSES) % CLASSES ? 1 : 0,
  ),
  weight: Float32Array.from({ length: ROWS }, (_, i) => (i % 2 === 0 ? 1 : 2) / ROWS),
  masks: [8, 6].map((units) =>
    Float32Array.from({ length: ROWS * units }, () => (random.bits() % 4 === 0 ? 0 : 4 / 3)),
  ),
};

describe('a step written out moves the parameters as automatic differentiation does', () => {
  for (const activation of ['relu', 'tanh', 'sigmoid'] as const)
    test(activation, () => {
      const layers = [8, 6, CLASSES].map((units, i) => ({
        units,
        activation: i === 2 ? ('linear' as const) : activation,
      }));
      const shape = shapeOf({ features: FEATURES, layers });
      const initial = initialValues(shape, 2);
      const l2 = 0.01;
      const penalty = new Float32Array(shape.parameters);
      for (const { kernel, bias } of shape.layers) penalty.fill(2 * l2, kernel, bias);
      const rate = 0.1;
      const watched = { rows: 0, features: new Float32Array() };
      const net = runningNet({ tf, shape, optimiser: sgd(tf, rate), penalty, initial, watched });
      net.steps([batch], 1);
      const [after] = net.read();
      net.dispose();

      const gradients = tf.tidy(() => {
        const parts = shape.layers.flatMap(({ inputs, units, kernel, bias }) => [
          tf.variable(tf.tensor2d(initial.slice(kernel, bias), [inputs, units])),
          tf.variable(tf.tensor1d(initial.slice(bias, bias + units))),
        ]);
        const { grads } = tf.variableGrads(() => {
          let values = tf.tensor2d(batch.x, [ROWS, FEATURES]);
          let loss = tf.scalar(0);
          shape.layers.forEach(({ units }, i) => {
            const kernel = parts[2 * i]!;
            loss = loss.add(kernel.square().sum().mul(l2));
            values = values.matMul<typeof values>(kernel as never).add(parts[2 * i + 1]!);
            if (i < 2) values = tf[activation](values).mul(tf.tensor2d(batch.masks[i]!, [ROWS, units]));
          });
          const y = tf.tensor2d(batch.y, [ROWS, CLASSES]);
          const weighted = tf.logSoftmax(values).mul(y).sum(1).mul(tf.tensor1d(batch.weight));
          return loss.sub(weighted.sum());
        }, parts);
        return parts.flatMap((part) => [...grads[part.name]!.dataSync()]);
      });
      tf.disposeVariables();
      gradients.forEach((gradient, i) => {
        const moved = (initial[i]! - after![i]!) / rate;
        expect(Math.abs(moved - gradient), `parameter ${i}`).toBeLessThan(2e-5);
      });
    });
});

test('Adam moves parameters as the one of TensorFlow.js does, to the difference of their epsilons', () => {
  const ours = adam(tf, 0.01);
  const theirs = tf.train.adam(0.01, 0.9, 0.999, 1e-7);
  const start = numbers(50);
  let state = [tf.tensor1d(start), tf.zeros([50]), tf.zeros([50])] as ReturnType<Tensorflow['tensor1d']>[];
  const variable = tf.variable(tf.tensor1d(start), true, 'compared');
  for (let step = 1; step <= 20; step++) {
    const gradient = tf.tensor1d(numbers(50));
    state = tf.tidy(() => ours.move(state[0]!, gradient, state.slice(1), tf.tensor1d([ours.rate(step)])));
    theirs.applyGradients([{ name: 'compared', tensor: gradient }]);
  }
  const [here, there] = [state[0]!.dataSync(), variable.dataSync()];
  here.forEach((value, i) => expect(Math.abs(value - there[i]!)).toBeLessThan(1e-5));
  tf.disposeVariables();
  tf.dispose(state);
  theirs.dispose();
});
