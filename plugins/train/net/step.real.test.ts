import { beforeAll, describe, expect, test } from 'vitest';
import { randomFrom } from '@trainyard/numeric';
import { loadTensorflow, type Tensorflow } from '../../../setup/tensorflow-load.js';
import type { Batch } from './in-training.js';
import { denseNetwork } from './dense.js';
import { crossEntropy } from './objectives/cross-entropy.js';
import { optimiserOf } from './optimisers/index.js';
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
  draws: [8, 6].map((units) =>
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
      const watched = { rows: 0, atOnce: 1, features: () => new Float32Array() };
      const net = runningNet({
        tf,
        network: denseNetwork(shape, 0.25),
        objective: crossEntropy(CLASSES),
        optimiser: optimiserOf('sgd'),
        l2: penalty,
        l1: undefined,
        clip: {},
        initial,
        watched,
      });
      net.steps([{ batches: [batch], rates: [rate] }]);
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
            if (i < 2) values = tf[activation](values).mul(tf.tensor2d(batch.draws[i]!, [ROWS, units]));
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
