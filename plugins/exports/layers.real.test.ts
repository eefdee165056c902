import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import type { Tensor2D } from '@tensorflow/tfjs-core';
import { randomFrom } from '@trainyard/numeric';
import type { PortableModel } from '../../models/index.js';
import { servingTensorflow, type Tensorflow } from '../kit/tensorflow.js';
import { activation } from '../train/layers/layer.js';
import { layered, layersSchema, sizeOf, type LayersInput } from '../train/layers/index.js';
import { LAYERS } from '../train/layers/registry.js';
import * as formats from './parts.js';

const folder = mkdtempSync(join(tmpdir(), 'exported-layers-'));
afterAll(() => rmSync(folder, { recursive: true }));
const project = fileURLToPath(new URL('../..', import.meta.url));
const ROWS = 3;

const codes = (mask: boolean, ...behind: LayersInput): LayersInput => [
  { layer: 'embedding', codes: 3, units: 4, mask },
  ...behind,
];
const picture = [4, 5, 2];
const sequence = [4];
const sequenceOf = (steps: number, channels: number): number[] => [steps, channels];
/** Layers, with the shape that they take; each layer and each activation stands in one of them at least. */
const nets: readonly (readonly [input: readonly number[], layers: LayersInput])[] = [
  ...activation.options.map((of) => [[5], [{ layer: 'activation', of }]] as [number[], LayersInput]),
  [
    [3, 4],
    [{ layer: 'dense', units: 3 }, { layer: 'layerNorm' }, { layer: 'scale' }, { layer: 'unitNorm' }],
  ],
  [[6], [{ layer: 'dropout' }, { layer: 'noise' }, { layer: 'dense', units: 4 }, { layer: 'reshape', to: [2, 2] }]],
  [picture, [{ layer: 'flip' }, { layer: 'shift' }, { layer: 'conv2d', filters: 3, stride: 2 }, { layer: 'flatten' }]],
  [picture, [{ layer: 'conv2d', filters: 3, size: 2, padding: 'valid' }, { layer: 'pool2d' }]],
  [
    picture,
    [
      { layer: 'pool2d', of: 'mean' },
      { layer: 'pool', of: 'max' },
    ],
  ],
  ...[false, true].flatMap((mask) =>
    [
      codes(mask, { layer: 'positions' }, { layer: 'attention', heads: 2 }, { layer: 'pool' }),
      codes(mask, { layer: 'lstm', units: 3, gives: 'all' }, { layer: 'pool', of: 'max' }),
      codes(mask, { layer: 'lstm', units: 3 }),
      codes(mask, { layer: 'gru', units: 3, gives: 'all' }, { layer: 'pool' }),
      codes(mask, { layer: 'gru', units: 3 }),
    ].map((layers) => [sequence, layers] as const),
  ),
  [picture, [{ layer: 'conv2d', filters: 2, activation: 'linear' }, { layer: 'batchNorm' }, { layer: 'flatten' }]],
  [sequenceOf(6, 2), [{ layer: 'conv1d', filters: 3, size: 2, dilation: 2 }, { layer: 'last' }]],
  [
    [3],
    [
      { layer: 'categories', columns: [{ at: 1, codes: 2 }], units: 2 },
      { layer: 'dense', units: 2 },
    ],
  ],
  [[1, 2], [{ layer: 'lstm', units: 2 }]],
  [[1, 2], [{ layer: 'gru', units: 2 }]],
];

test('each layer is among the nets that are exported here', () => {
  const named = nets.flatMap(([, layers]) => layers.map(({ layer }) => layer));
  expect([...new Set(named)].sort()).toEqual([...LAYERS].sort());
});

const titleOf = ([input, layers]: (typeof nets)[number]): string =>
  `${JSON.stringify(input)} ${layers.map((layer) => Object.values(layer).join(' ')).join(', ')}`;

test.each(nets.map((net) => [titleOf(net), ...net] as const))(
  'a net of %s is given in every format of arithmetic',
  async (title, input, given) => {
    const net = layered(layersSchema.parse(given), input);
    const random = randomFrom(title.length);
    const numbers = (count: number): Float32Array =>
      Float32Array.from({ length: count }, () => random.uniform() * 2 - 1);
    // A variance is above 0.
    const kept = net.weights.map(({ shape, name }) => {
      const values = numbers(sizeOf(shape));
      return { shape, values: name.endsWith('variance') ? values.map((value) => value * value + 0.5) : values };
    });
    const [width, outputs] = [sizeOf(input), sizeOf(net.output)];
    const model: PortableModel = {
      name: 'net',
      width,
      features: Array.from({ length: width }, (_, i) => `x${i}`),
      outputs: Array.from({ length: outputs }, (_, i) => `y${i}`),
      operations: (tf: Tensorflow, x: Tensor2D): Tensor2D => {
        const weights = kept.map(({ shape, values }) => tf.tensor(values, [...shape]));
        // An answer is to come of an operation.
        return net.apply(tf, x, weights).add(tf.scalar(0)).reshape([-1, outputs]) as Tensor2D;
      },
    };
    // Codes, padding among them, where codes are taken.
    const features = Float64Array.from(
      given[0]!.layer === 'embedding' ? [0, 1, 2, 1, 2, 0, -1, -1, 1, -1, -1, -1] : numbers(ROWS * width),
    );
    const tf = await servingTensorflow();
    const ours = tf.tidy(() =>
      model.operations!(tf, tf.tensor2d(Float32Array.from(features), [ROWS, width])).dataSync(),
    );
    for (const format of [formats.onnx, formats.savedModel, formats.tfjs]) {
      const to = mkdtempSync(join(folder, `${format.name}-`));
      const { files } = await format.write(model, { project });
      for (const [name, content] of Object.entries(files)) writeFileSync(join(to, name), content);
      const opened = await format.open(to, model, project);
      const theirs = await opened.score(features, ROWS);
      await opened.dispose();
      expect(theirs.length, format.name).toBe(ours.length);
      theirs.forEach((value, i) => expect(Math.abs(value - ours[i]!), `${format.name} ${i}`).toBeLessThan(1e-5));
    }
  },
);
