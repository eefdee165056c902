import { describe, expect, test } from 'vitest';
import { randomFrom } from '@trainyard/numeric';
import { openScorer, writeModel, type Tensors } from '../../../models/index.js';
import { modelKindCases, type ModelKindExample } from '../../../worker/testing/index.js';
import { layered, layersSchema } from '../layers/index.js';
import { netFiles } from '../net/net-files.js';
import { textNet } from './text-net.js';

const vocabulary = ['[UNK]', 'a', 'cat', 'dog', 'runs'];
const layers = layersSchema.parse([
  { layer: 'embedding', codes: vocabulary.length, units: 4, mask: true },
  { layer: 'attention', heads: 2 },
  { layer: 'pool' },
  { layer: 'dense', units: 3, activation: 'linear' },
]);
const random = randomFrom(1);
const tensors: Tensors = Object.fromEntries(
  layered(layers, [4]).weights.map(({ name, shape }) => [
    name,
    {
      shape: [...shape],
      values: Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => random.uniform() - 0.5),
    },
  ]),
);
const text = { column: 'said', steps: 4, tokenizer: { tokenizer: 'words' }, vocabulary };
const made = netFiles({ input: [4], layers, ends: 'softmax' }, tensors, text);
const task = { type: 'classification' as const, label: 'y', classes: ['r', 's', 't'] };

describe('the model kind "text net"', () => {
  const example: ModelKindExample = {
    kind: textNet,
    task,
    settings: made.settings,
    files: made.files,
    inputs: [{ name: 'said', type: 'text' }],
    rows: ['a cat', 'A dog runs, a cat runs', '', 'unheard of', null].map((said) => ({ said })),
  };
  for (const one of modelKindCases) test(one.name, () => one.run(example));

  test('refuses a net of other steps than its text, and a vocabulary that is cut short', async () => {
    const wide = netFiles({ input: [4], layers, ends: 'softmax' }, tensors, { ...text, steps: 5 });
    const written = (files: typeof made) =>
      writeModel({ ...example, ...files, metrics: {}, training: {}, libraries: {}, rows: [] });
    await expect(written(wide)).rejects.toThrow(/the net takes 4 codes, and its text has 5/);
    const cut = { ...made, files: { ...made.files, 'vocabulary.json': '["[UNK]"' } };
    await expect(written(cut)).rejects.toThrow(/vocabulary is not whole/);
  });

  test('takes raw text, no features', async () => {
    await expect(openScorer({ ...made, task }, () => 0)).rejects.toThrow(/take rows, not features/);
  });
});
