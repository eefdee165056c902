import { rmSync } from 'node:fs';
import { afterAll, expect, test } from 'vitest';
import { openModel } from '../../../models/index.js';
import { runNode, type NodeRun } from '../../../worker/testing/index.js';
import { minilmFiles } from '../pretrained/minilm.test-part.js';
import { emoji, figuresOf, folder, tables } from '../text/emoji.test-part.js';
import { fineTunedNode, pretrainedNode, textNetNode } from '../worker.js';
import { given } from './given.test-part.js';

afterAll(() => rmSync(folder, { recursive: true }));

const STEPS = 16;

test('MiniLM, fine-tuned on the groups of emoji by their names, beats nets that begin with nothing', async (ctx) => {
  const files = await minilmFiles();
  if ('missing' in files) return ctx.skip(files.missing);
  const opened = await runNode(pretrainedNode, { params: { steps: STEPS, column: 'name' }, inputs: files });
  const base = await given(opened.outputs['model']!);
  const gains: Record<string, Record<string, number>> = {};
  for (const [rows, keep] of [
    ['every 16th row', (i: number) => i % 16 === 1],
    ['all rows', () => true],
  ] as const) {
    const inputs = await tables(rows.replaceAll(' ', '-'), emoji, keep);
    const accuracyOf = (run: NodeRun): number => figuresOf(run)['accuracy']!;
    const scratch = { label: 'group', column: 'name', steps: STEPS, learningRate: 0.01, epochs: 40, patience: 6 };
    const bag = await runNode(textNetNode, { params: { ...scratch, least: 1 }, inputs });
    const model = { preset: 'transformer', units: 64, heads: 4, blocks: 2 };
    const transformer = await runNode(textNetNode, {
      params: { ...scratch, learningRate: 0.003, least: 1, model },
      inputs,
    });
    const params = {
      label: 'group',
      first: { epochs: 40, learningRate: 0.01 },
      epochs: rows === 'all rows' ? 3 : 4,
      learningRate: 5e-5,
      freeze: 12,
    };
    const head = await runNode(fineTunedNode, {
      params: { ...params, freeze: 'all' },
      inputs: { ...inputs, model: base },
    });
    const began = performance.now();
    const cpu = process.cpuUsage();
    const whole = await runNode(fineTunedNode, { params, inputs: { ...inputs, model: base } });
    const { user, system } = process.cpuUsage(cpu);
    gains[rows] = {
      bag: accuracyOf(bag),
      transformer: accuracyOf(transformer),
      head: accuracyOf(head),
      whole: accuracyOf(whole),
      seconds: (performance.now() - began) / 1000,
      processorSeconds: (user + system) / 1e6,
    };
    console.log(rows, gains[rows]);
    expect(accuracyOf(whole)).toBeGreaterThan(Math.max(accuracyOf(bag), accuracyOf(transformer)) + 0.08);
    const tuned = await openModel(whole.outputs['model']!);
    expect(await tuned.predict([{ name: 'a small furry animal' }])).toMatchObject([{ label: 'Animals & Nature' }]);
    await tuned.dispose();
  }
}, 1_800_000);
