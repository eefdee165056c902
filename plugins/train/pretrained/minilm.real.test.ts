import { rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openModel } from '../../../models/index.js';
import { runNode, type NodeRun } from '../../../worker/testing/index.js';
import { emoji, figuresOf, folder, tables } from '../text/emoji.test-part.js';
import { given } from '../tuned/given.test-part.js';
import { fineTunedNode, pretrainedNode, textNetNode } from '../worker.js';
import { filesIn, minilmFiles, reference } from './minilm.test-part.js';

afterAll(() => rmSync(folder, { recursive: true }));

let files: Awaited<ReturnType<typeof minilmFiles>>;
let opened: NodeRun;
beforeAll(async () => {
  files = await minilmFiles();
  if ('missing' in files) return;
  const sample = filesIn('/nowhere', {
    'sample.json': JSON.stringify({ inputs: reference.texts, outputs: reference.vectors }),
  });
  opened = await runNode(pretrainedNode, {
    params: { steps: reference.steps },
    inputs: { files: [...files.files, sample] },
  });
}, 600_000);

describe('MiniLM, opened from its safetensors', () => {
  test('gives the reference’s vectors for raw text, odd ones too', async (ctx) => {
    if ('missing' in files) return ctx.skip(files.missing);
    const figures = opened.outputs['figures']!.value as { proved: number; worst: number; parameters: number };
    expect(figures.proved).toBe(reference.texts.length);
    expect(figures.worst).toBeLessThan(1e-5);
    const model = await openModel(opened.outputs['model']!);
    const [answer] = await model.predict([{ text: reference.texts[0] }]);
    expect(answer).toHaveProperty('vector');
    await model.dispose();
  });

  test('with a head of its own, tells groups of emoji from few names better than a net that begins with nothing', async (ctx) => {
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
});
