import { beforeAll, describe, expect, test } from 'vitest';
import { openModel } from '../../../models/index.js';
import { runNode, type NodeRun } from '../../../worker/testing/index.js';
import { pretrainedNode } from '../worker.js';
import { filesIn, minilmFiles, reference } from './minilm.test-part.js';

// What fine-tuning it brings is measured in minilm.long.test.ts.
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
});
