import { rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runNode } from '../../../worker/testing/index.js';
import { layeredNetNode, layeredRegressionNetNode } from '../worker.js';
import { figuresOf, folder, inputsOf, recorded, sequences, STEPS, word, type Inputs } from './layered.test-part.js';

afterAll(() => rmSync(folder, { recursive: true }));

let words: Inputs;
beforeAll(async () => {
  words = await inputsOf('words', sequences, STEPS, 1);
});

describe('a net of layers over codes', () => {
  for (const [name, model] of [
    ['an LSTM', { preset: 'recurrent', codes: 3, units: 8, dropout: 0.1 }],
    ['a GRU', { preset: 'recurrent', cell: 'gru', codes: 3, units: 8, dropout: 0 }],
    ['a Transformer', { preset: 'transformer', codes: 3, units: 16, heads: 2, blocks: 1, dropout: 0 }],
  ] as const)
    test(`learns the order of codes as ${name}, by recorded steps that equal eager ones`, async () => {
      const run = await runNode(layeredNetNode, { params: { ...word, model }, inputs: words });
      expect(run.log.join('\n')).toMatch(recorded);
      expect(figuresOf(run)['accuracy']).toBeGreaterThan(0.75);
    });

  test('learns numbers', async () => {
    const model = [{ layer: 'embedding', codes: 3, units: 4 }, { layer: 'flatten' }, { layer: 'dense', units: 32 }];
    const run = await runNode(layeredRegressionNetNode, {
      params: { label: 'last', model, epochs: 15, batchSize: 45, learningRate: 0.02, schedule: 'cosine' },
      inputs: words,
    });
    expect(figuresOf(run)['r2']).toBeGreaterThan(0.8);
  });
});
