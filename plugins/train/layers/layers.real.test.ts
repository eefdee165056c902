import { readFileSync } from 'node:fs';
import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { randomFrom } from '@trainyard/numeric';
import { loadTensorflow, servingTensorflow, type Tensorflow } from '../../../setup/tensorflow-load.js';
import { layered } from './layered.js';
import { LAYERS, layersSchema, type LayersInput } from './registry.js';
import { sizeOf } from './layer.js';

/** What layers of Keras do; made by reference/make-keras.py. */
const keras = JSON.parse(readFileSync(new URL('reference/keras.json', import.meta.url), 'utf8')) as {
  cases: {
    layer: LayersInput[number];
    input: number[];
    x: number[];
    weights: number[][];
    given: number[];
    output: number[];
    gradients: number[][];
  }[];
  masked: { layers: LayersInput; x: number[]; weights: number[][]; output: number[] }[];
  batchNorm: Record<'x' | 'served' | 'given' | 'output' | 'input', number[]>[] &
    Record<'weights' | 'gradients' | 'moved', number[][]>[];
};

let native: Tensorflow;
let serving: Tensorflow;
beforeAll(async () => {
  [{ tf: native }, serving] = [await loadTensorflow({ threads: 1 }), await servingTensorflow()];
});

const netOf = (layers: LayersInput, input: readonly number[]) => layered(layersSchema.parse(layers), input);
const near = (actual: ArrayLike<number>, expected: readonly number[], within: number): void => {
  expect(actual).toHaveLength(expected.length);
  expected.forEach((value, i) => expect(Math.abs(actual[i]! - value), `${i}: ${actual[i]} for ${value}`).toBeLessThan(within * Math.max(1, Math.abs(value)))); // prettier-ignore
};

describe('a layer is that of Keras, where it trains and where it is served', () => {
  for (const { layer, input, x, weights, given, output, gradients } of keras.cases)
    test(JSON.stringify(layer), () => {
      const net = netOf([layer], input);
      const rows = x.length / sizeOf(input);
      const answersOf = (tf: Tensorflow): Float32Array =>
        tf.tidy(() => {
          const all = net.weights.map(({ shape }, i) => tf.tensor(weights[i]!, [...shape]));
          return net.apply(tf, tf.tensor2d(x, [rows, sizeOf(input)]), all).dataSync<'float32'>();
        });
      near(answersOf(native), output, 2e-5);
      near(answersOf(serving), output, 2e-5);
      if (weights.length === 0) return;
      const grads = native.tidy(() => {
        const all = net.weights.map(({ shape }, i) => native.tensor(weights[i]!, [...shape]));
        const rowsOf = native.tensor2d(x, [rows, sizeOf(input)]);
        const by = native.grads((...pieces: Tensor[]) =>
          net
            .apply(native, rowsOf, pieces)
            .mul(native.tensor(given, [rows, ...net.output]))
            .sum(),
        );
        return by(all).map((one) => one.dataSync<'float32'>());
      });
      gradients.forEach((gradient, i) => near(grads[i]!, gradient, 1e-4));
    });

  test('each that Keras has as we have it', () => {
    const ours = [
      'batchNorm',
      'categories',
      'dropout',
      'flatten',
      'flip',
      'last',
      'noise',
      'positions',
      'reshape',
      'scale',
      'shift',
    ];
    expect([...new Set(keras.cases.map(({ layer }) => layer.layer)), ...ours].sort()).toEqual([...LAYERS].sort());
  });
});

describe('batch normalisation is that of Keras', () => {
  for (const { input, x, weights, served, given, output, gradients, moved } of keras.batchNorm)
    test(`over ${JSON.stringify(input)}: served, in training, and what it moves`, () => {
      const net = netOf([{ layer: 'batchNorm' }], input);
      const rows = x.length / sizeOf(input);
      const width = sizeOf(input);
      const tensorsIn = (tf: Tensorflow): Tensor[] => weights.map((values) => tf.tensor1d(values));
      for (const tf of [native, serving])
        near(tf.tidy(() => net.apply(tf, tf.tensor2d(x, [rows, width]), tensorsIn(tf)).dataSync<'float32'>()), served, 2e-5); // prettier-ignore
      native.tidy(() => {
        const [scale, shift, ...statistics] = tensorsIn(native) as [Tensor, Tensor, Tensor, Tensor];
        const now: Tensor[] = [];
        const inTraining = (...[rowsOf, by, to]: Tensor[]): Tensor =>
          net.apply(native, rowsOf as Tensor2D, [by!, to!, ...statistics], [], (weight, values) => {
            now[weight - 2] = native.keep(values.clone());
          });
        const taken = [native.tensor2d(x, [rows, width]), scale, shift];
        near(inTraining(...taken).dataSync<'float32'>(), output, 2e-5);
        const by = native.grads((...all: Tensor[]) =>
          inTraining(...all)
            .reshape([-1])
            .mul(native.tensor1d(given))
            .sum(),
        )(taken);
        gradients.forEach((gradient, i) => near(by[i]!.dataSync<'float32'>(), gradient, 1e-4));
        moved.forEach((values, i) => near(now[i]!.dataSync<'float32'>(), values, 2e-6));
        native.dispose(now);
      });
    });

  test('behind steps that may be padding it is refused', () => {
    expect(() => netOf([{ layer: 'embedding', codes: 2, units: 2, mask: true }, { layer: 'batchNorm' }], [3])).toThrow(
      /layer 1, batchNorm, takes no padding[\s\S]*leave mask out/,
    );
  });
});

test('categories have vectors behind the numbers; what is no code has one of its own, and what is missing', () => {
  const layer = { layer: 'categories' as const, columns: [{ at: 0, codes: 2 }, { at: 2, codes: 1 }], units: 1 }; // prettier-ignore
  const net = netOf([layer], [3]);
  for (const tf of [native, serving])
    tf.tidy(() => {
      const vectors = tf.tensor2d([[10], [11], [12], [13], [20], [21], [22]]);
      const given = (draws?: Tensor[]) => [
        ...net.apply(tf, tf.tensor2d([0, 5, 0, 1, 6, 1, 2, 7, -2, -2, 8, NaN, 0.5, 9, -1], [5, 3]), [vectors], draws).dataSync(), // prettier-ignore
      ];
      expect(given()).toEqual([5, 12, 22, 6, 13, 20, 7, 10, 21, 8, 11, 20, 9, 10, 20]);
      // In training a draw below the share makes it unknown.
      const draws = tf.tensor2d([0, 1, 1, 0, 1, 1, 0, 1, 1, 1], [5, 2]);
      expect(given([draws])).toEqual([5, 10, 22, 6, 13, 20, 7, 10, 21, 8, 10, 20, 9, 10, 20]);
    });
  expect(() => netOf([layer], [2])).toThrow(/one axis with the columns 0, 2/);
});

test('the last step alone', () => {
  const net = netOf([{ layer: 'last' }], [2, 2]);
  expect([...net.apply(native, native.tensor2d([1, 2, 3, 4], [1, 4]), []).dataSync()]).toEqual([3, 4]);
});

describe('padding is left out as Keras leaves out what is masked', () => {
  for (const { layers, x, weights, output } of keras.masked)
    test(layers.map(({ layer }) => layer).join(', '), () => {
      const net = netOf(layers, [5]);
      for (const tf of [native, serving]) {
        const answers = tf.tidy(() => {
          const all = net.weights.map(({ shape }, i) => tf.tensor(weights[i]!, [...shape]));
          return net.apply(tf, tf.tensor2d(x, [3, 5]), all).dataSync<'float32'>();
        });
        near(answers, output, 2e-5);
      }
    });

  test('a row of padding alone has the largest 0, not the number that stands in for padding', () => {
    const layers: LayersInput = [
      { layer: 'embedding', codes: 2, units: 2, mask: true },
      { layer: 'pool', of: 'max' },
    ];
    const net = netOf(layers, [3]);
    for (const tf of [native, serving]) {
      const answers = tf.tidy(() => {
        const vectors = tf.tensor([9, 9, -3, -4, 1, -2], [3, 2]);
        return net.apply(tf, tf.tensor2d([-1, -1, -1, 0, -1, -1], [2, 3]), [vectors]).dataSync<'float32'>();
      });
      expect([...answers].map((value) => value + 0)).toEqual([0, 0, -3, -4]);
    }
  });

  test('cut anywhere, the layers below hand the mask on to those above', () => {
    for (const { layers, x, weights, output } of keras.masked)
      for (let at = 0; at <= layers.length; at++) {
        const all = layersSchema.parse(layers);
        const below = layered(all.slice(0, at), [5]);
        const above = layered(all.slice(at), below.output, below.masked);
        const answers = native.tidy(() => {
          const tensors = netOf(layers, [5]).weights.map(({ shape }, i) => native.tensor(weights[i]!, [...shape]));
          const between = below.handOn(native, native.tensor2d(x, [3, 5]), tensors.slice(0, below.weights.length));
          expect(between.shape).toEqual([3, above.features]);
          return above.apply(native, between, tensors.slice(below.weights.length)).dataSync<'float32'>();
        });
        near(answers, output, 2e-5);
      }
  });
});

test('a scale multiplies and shifts each number of the last axis', () => {
  const net = netOf([{ layer: 'scale' }], [2, 2]);
  const weights = [native.tensor1d([2, 3]), native.tensor1d([10, 20])];
  expect([...net.apply(native, native.tensor2d([1, 2, 3, 4], [1, 4]), weights).dataSync()]).toEqual([12, 26, 16, 32]);
});

describe('what chance does in training', () => {
  const picture = Float32Array.from({ length: 12 }, (_, i) => i + 1);
  const drawn = (layer: LayersInput[number], draws: readonly number[]): number[] => {
    const net = netOf([layer], [3, 4, 1]);
    return native.tidy(() => [
      ...net
        .apply(native, native.tensor2d(picture, [1, 12]), [], [native.tensor2d([...draws], [1, draws.length])])
        .dataSync(),
    ]);
  };
  test('a picture is moved, down and right or up and left, or stays', () => {
    // Of five moves from −2 to 2.
    expect(drawn({ layer: 'shift', pixels: 2 }, [0.5, 0.5])).toEqual([...picture]);
    expect(drawn({ layer: 'shift', pixels: 2 }, [0.7, 0.99])).toEqual([0, 0, 0, 0, 0, 0, 1, 2, 0, 0, 5, 6]);
    expect(drawn({ layer: 'shift', pixels: 2 }, [0, 0.3])).toEqual([10, 11, 12, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
  });
  test('a picture is mirrored, or not', () => {
    expect(drawn({ layer: 'flip' }, [0.4])).toEqual([4, 3, 2, 1, 8, 7, 6, 5, 12, 11, 10, 9]);
    expect(drawn({ layer: 'flip' }, [0.5])).toEqual([...picture]);
  });
  test('noise is added, values are left out', () => {
    const noisy = drawn({ layer: 'noise', size: 0.5 }, Array.from({ length: 12 }, (_, i) => i / 12)); // prettier-ignore
    near(noisy, [...picture].map((value, i) => value + i / 12 - 0.5), 1e-6); // prettier-ignore
    const mask = [...picture].map((_, i) => (i % 2 === 0 ? 0 : 2));
    expect(drawn({ layer: 'dropout', share: 0.5 }, mask)).toEqual([...picture].map((value, i) => value * mask[i]!));
  });
  test('nothing of it is served', () => {
    const net = netOf([{ layer: 'shift' }, { layer: 'flip' }, { layer: 'noise' }, { layer: 'dropout' }], [3, 4, 1]);
    const served = serving.tidy(() => [...net.apply(serving, serving.tensor2d(picture, [1, 12]), []).dataSync()]);
    expect(served).toEqual([...picture]);
  });
});

test('a code that is none, a fraction and a missing one have the first vector', () => {
  const net = netOf([{ layer: 'embedding', codes: 2, units: 1 }], [6]);
  for (const tf of [native, serving]) {
    const given: Tensor2D = tf.tensor2d([0, 1, 2, NaN, 0.5, -1], [1, 6]);
    expect([...net.apply(tf, given, [tf.tensor2d([[7], [8], [9]])]).dataSync()]).toEqual([8, 9, 7, 7, 7, 7]);
  }
});

test('layers that do not fit are refused, with the place and what to do', () => {
  expect(() =>
    netOf(
      [
        { layer: 'dense', units: 3 },
        { layer: 'conv2d', filters: 2 },
      ],
      [8],
    ),
  ).toThrow(/layer 1, conv2d, takes \[height, width, channels\], and gets \[3\]/);
  expect(() => netOf([{ layer: 'attention', heads: 4 }], [5, 6])).toThrow(/multiple of its 4 heads/);
  expect(() => netOf([{ layer: 'residual', of: [{ layer: 'dense', units: 3 }] }], [8])).toThrow(
    /takes \[8\] and gives \[3\]/,
  );
  expect(() => netOf([{ layer: 'pool2d', size: 4 }], [3, 9, 1])).toThrow(/4 by 4 pixels or more/);
});

test('a residual adds what its layers give, and weights are named after their places', () => {
  const net = netOf([{ layer: 'residual', of: [{ layer: 'dense', units: 2, activation: 'linear' }] }], [2]);
  expect(net.weights.map(({ name }) => name)).toEqual(['0.0 dense kernel', '0.0 dense bias']);
  const random = randomFrom(1);
  const numbers = Array.from({ length: 6 }, () => random.integer(9));
  const output = native.tidy(() => [
    ...net
      .apply(native, native.tensor2d([1, 2], [1, 2]), [
        native.tensor2d(numbers.slice(0, 4), [2, 2]),
        native.tensor1d(numbers.slice(4)),
      ])
      .dataSync(),
  ]);
  const [a, b, c, d, e, f] = numbers as [number, number, number, number, number, number];
  expect(output).toEqual([1 + a + 2 * c + e, 2 + b + 2 * d + f]);
});
