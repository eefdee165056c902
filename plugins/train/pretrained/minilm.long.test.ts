import { rmSync } from 'node:fs';
import { afterAll, expect, test } from 'vitest';
import { runNode } from '../../../worker/testing/index.js';
import { emoji, figuresOf, folder, tables } from '../text/emoji.test-part.js';
import { given } from '../tuned/given.test-part.js';
import { fineTunedNode, pretrainedNode, textNetNode } from '../worker.js';
import { minilmFiles } from './minilm.test-part.js';

afterAll(() => rmSync(folder, { recursive: true }));

test('MiniLM with a head of its own tells groups of emoji from few names better than a net that begins with nothing', async (ctx) => {
  const files = await minilmFiles();
  if ('missing' in files) return ctx.skip(files.missing);
  const inputs = await tables('few', emoji, (i) => i % 32 === 1);
  const encoder = await runNode(pretrainedNode, { params: { steps: 12, column: 'name' }, inputs: files });
  const model = await given(encoder.outputs['model']!);
  const params = { label: 'group', freeze: 'all', first: { epochs: 30, learningRate: 0.03 } };
  const head = await runNode(fineTunedNode, { params, inputs: { ...inputs, model } });
  const own = { label: 'group', column: 'name', steps: 12, least: 1, learningRate: 0.01, epochs: 40 };
  const scratch = await runNode(textNetNode, { params: own, inputs });
  expect(figuresOf(head)['accuracy']).toBeGreaterThan(figuresOf(scratch)['accuracy']! + 0.15);
});
