import { describe, expect, test } from 'vitest';
import { randomFrom } from '@trainyard/numeric';
import { UserError } from '@trainyard/errors';
import type { Json } from '../../../core/index.js';
import type { Tensors } from '../../../models/index.js';
import { modelKindCases, type ModelKindExample } from '../../../worker/testing/index.js';
import { layered, layersSchema, type LayersInput } from '../layers/index.js';
import { layeredNet } from './layered-net.js';
import { tensorParts } from './tensor-kind.js';

const COLUMNS = Array.from({ length: 8 }, (_, i) => `c${i}`);
const step = (column: string) => ({
  ...{ kind: 'numeric' as const, column, fill: 0, center: 0, scale: 1, clip: 1e6, indicator: false },
});
const random = randomFrom(1);
const rows = Array.from({ length: 5 }, () => Object.fromEntries(COLUMNS.map((name) => [name, random.integer(4)])));

const nets: Record<string, { input: number[]; layers: LayersInput }> = {
  pictures: {
    input: [4, 2, 1],
    layers: [
      { layer: 'shift' },
      { layer: 'conv2d', filters: 3 },
      { layer: 'pool2d' },
      { layer: 'flatten' },
      { layer: 'dropout' },
    ],
  },
  sequences: {
    input: [8],
    layers: [
      { layer: 'embedding', codes: 4, units: 3 },
      { layer: 'lstm', units: 4 },
    ],
  },
  attention: {
    input: [4, 2],
    layers: [
      { layer: 'positions' },
      { layer: 'residual', of: [{ layer: 'layerNorm' }, { layer: 'attention', heads: 2 }] },
      { layer: 'gru', units: 4 },
    ],
  },
};

for (const [name, { input, layers }] of Object.entries(nets))
  describe(`the model kind "layered net", of ${name}`, () => {
    const all = layersSchema.parse([...layers, { layer: 'dense', units: 3, activation: 'linear' }]);
    const tensors: Tensors = Object.fromEntries(
      layered(all, input).weights.map((weight) => [
        weight.name,
        {
          shape: [...weight.shape],
          values: Float32Array.from({ length: weight.shape.reduce((a, b) => a * b, 1) }, () => random.uniform() - 0.5),
        },
      ]),
    );
    const architecture = { input, layers: all, ends: 'softmax' } as unknown as Json;
    const example: ModelKindExample = {
      kind: layeredNet,
      task: { type: 'classification', label: 'y', classes: ['r', 's', 't'] },
      ...tensorParts(architecture, tensors),
      transform: { format: 'trainyard.transform/1', rows: 5, steps: COLUMNS.map(step) },
      rows,
    };
    for (const one of modelKindCases) test(one.name, () => one.run(example));

    test('refuses tensors that are missing', async () => {
      const { [Object.keys(tensors)[0]!]: _, ...others } = tensors;
      const { settings, files } = tensorParts(architecture, others);
      const bytes = async () => files['weights.bin'] as Uint8Array;
      const settled = layeredNet.settings.parse(settings);
      await expect(
        (async () => layeredNet.open({ ...example, settings: settled, inputs: [], bytes, path: async () => '' }))(),
      ).rejects.toThrow(UserError);
    });
  });
