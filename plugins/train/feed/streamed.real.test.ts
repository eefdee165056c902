import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadTensorflow } from '../../../setup/tensorflow-load.js';
import { FileStore } from '../../../store/files.js';
import type { TableRow } from '@trainyard/tables';
import type { NodeContext } from '../../../worker/index.js';
import { runNode, type NodeRun } from '../../../worker/testing/index.js';
import { net } from '../contract.js';
import type { Dataset } from '../dataset.js';
import { untrainedDense } from '../net/dense-untrained.js';
import { learnClasses } from '../net/tasks/classes.js';
import { trainNet } from '../net/train.js';
import { heldUpTo, type HeldFeatures } from './held.js';
import {
  folder,
  inputsOf,
  picture,
  pictures,
  PIXELS,
  sequences,
  STEPS,
  type Inputs,
} from '../net/layered.test-part.js';
import { layeredNetNode, netNode } from '../worker.js';

afterAll(() => rmSync(folder, { recursive: true }));

let images: Inputs;
let words: Inputs;
beforeAll(async () => {
  images = await inputsOf('digits', pictures, PIXELS, 255);
  words = await inputsOf('words', sequences, STEPS, 1);
});

const dense = { label: 'digit', units: 16, epochs: 3, batchSize: 24, learningRate: 0.01, dropout: 0.1 };
const streamed = { streamAbove: 0 };
/** 128 rows of 64 pixels at a time. */
const windows = { ...streamed, shuffleWindow: 128 * 64 };
const said = (run: NodeRun): string => run.log.join('\n');
describe('a net over streamed rows', () => {
  // The seed of a node follows from its parameters: here both trainings have one.
  const trainedBy = async (streamAbove: number) => {
    const held = async (part: readonly TableRow[], name: string): Promise<Dataset<HeldFeatures>> => {
      const keeper = await heldUpTo(streamAbove, folder, name)(part.length, 64);
      for (const row of part) await keeper.add(Float64Array.from(PIXELS, (pixel) => Number(row[pixel]) / 255));
      const labels = Int32Array.from(part, ({ digit }) => Number(digit));
      const classes = Array.from({ length: 10 }, (_, k) => String(k));
      return { rows: part.length, width: 64, features: await keeper.held(), labels, classes, ranges: {}, sample: [] };
    };
    const train = await held(
      pictures.filter((_, i) => i % 4 !== 0),
      'train',
    );
    const validation = await held(
      pictures.filter((_, i) => i % 4 === 0),
      'validation',
    );
    const params = net.spec.params.parse({ ...dense, streamAbove });
    const learned = learnClasses(train, validation, new Float64Array(10).fill(1), params);
    const log: string[] = [];
    const ctx = {
      seed: 3,
      threads: 1,
      backend: undefined,
      scratch: folder,
      goesOn: false,
      signal: new AbortController().signal,
      log: (line: string) => void log.push(line),
      progress: () => undefined,
      report: async () => undefined,
      checkpoint: { save: async () => undefined, load: async () => undefined },
    } as Partial<NodeContext> as NodeContext;
    const untrained = untrainedDense(params, learned, 3);
    const { trained, curves } = await trainNet({ spec: net.spec, params, learned, net: untrained, began: 0 }, ctx);
    return { files: trained.files, curves: curves.files['report.json'], log: log.join('\n') };
  };

  test('of one window has the weights and curves of the same rows in memory', async () => {
    const [inMemory, run] = [await trainedBy(1e9), await trainedBy(0)];
    expect(run.log).toMatch(/train is streamed from a file: \d+ rows of 64 features are more than streamAbove/);
    expect(run.log).toContain('validation is streamed');
    expect(inMemory.log).not.toContain('streamed');
    expect(run.files).toEqual(inMemory.files);
    expect(run.curves).toBe(inMemory.curves);
  });

  test('of many windows learns, and measures on training rows where there are no others', async () => {
    const { validation: _, ...alone } = images;
    const run = await runNode(netNode, { params: { ...dense, ...windows, epochs: 12 }, inputs: alone });
    expect(said(run)).toMatch(/shuffled in windows of 16 blocks of 8 rows/);
    expect(run.outputs['figures']!.value).toMatchObject({ on: 'train' });
    expect((run.outputs['figures']!.value as { accuracy: number }).accuracy).toBeGreaterThan(0.9);
    const again = await runNode(netNode, { params: { ...dense, ...windows, epochs: 12 }, inputs: alone });
    expect(again.outputs['model']!.ref.digest).toBe(run.outputs['model']!.ref.digest);
  });

  const cnn = { ...picture, epochs: 2, model: { preset: 'cnn', filters: 2, blocks: 1, shift: 1, flip: true } };
  for (const [name, node, params] of [
    ['dense', netNode, { ...dense, ...windows }],
    ['layered', layeredNetNode, { ...cnn, ...windows }],
  ] as const)
    test(`cut at any checkpoint ends with the bits of an undisturbed run: ${name}`, async () => {
      const cut = { ...params, checkpointSeconds: 1e-9 };
      const undisturbed = await runNode(node, { params: cut, inputs: images });
      const within: string[] = [];
      for (const at of [2, 3, 4]) {
        const store = new FileStore(join(folder, `cut-${name}-${at}`));
        let calls = 0;
        const onCheckpoint = (): void => {
          if (++calls === at) throw new Error('cut');
        };
        await expect(runNode(node, { params: cut, inputs: images, store, host: { onCheckpoint } })).rejects.toThrow('cut'); // prettier-ignore
        const resumed = await runNode(node, { params: cut, inputs: images, store });
        within.push(...resumed.log.filter((line) => /taken up after step \d+ of epoch/.test(line)));
        expect(resumed.outputs['model']!.ref.digest).toBe(undisturbed.outputs['model']!.ref.digest);
        expect(resumed.outputs['curves']!.ref.digest).toBe(undisturbed.outputs['curves']!.ref.digest);
      }
      expect(within.length).toBeGreaterThan(0);
    });
});

describe('tensors do not grow over epochs', () => {
  const small = { epochs: 4, batchSize: 60 };
  const codes = { ...small, label: 'first' };
  for (const [name, params, of] of [
    [
      'cnn',
      { ...small, label: 'digit', input: [8, 8, 1], model: { preset: 'cnn', filters: 2, blocks: 1, shift: 1 } },
      () => images,
    ],
    ['recurrent, LSTM', { ...codes, model: { preset: 'recurrent', codes: 3, units: 4 } }, () => words],
    ['recurrent, GRU', { ...codes, model: { preset: 'recurrent', cell: 'gru', codes: 3, units: 4 } }, () => words],
    [
      'transformer',
      { ...codes, model: { preset: 'transformer', codes: 3, units: 8, heads: 2, blocks: 1 } },
      () => words,
    ],
  ] as const)
    for (const [how, more] of [
      ['in memory', {}],
      ['streamed', { ...streamed, shuffleWindow: 200 }],
    ] as const)
      test(`${name}, ${how}`, async () => {
        const { tf } = await loadTensorflow({ threads: 1 });
        const before = tf.memory().numTensors;
        const during: number[] = [];
        const host = { progress: () => void during.push(tf.memory().numTensors) };
        await runNode(layeredNetNode, { params: { ...params, ...more }, inputs: of(), host });
        expect(during.length).toBeGreaterThanOrEqual(4);
        expect(new Set(during).size).toBe(1);
        expect(tf.memory().numTensors).toBe(before);
      });
});

describe('what a training may take', () => {
  test('ends it with the best so far, and is told in the log alone', async () => {
    const cost = { watts: 65, perHour: 0.5, currency: 'CHF' };
    const params = { ...dense, epochs: 100_000, patience: 100_000, minDelta: 0, budget: { minutes: 1 / 20 }, cost };
    const began = performance.now();
    const run = await runNode(netNode, { params, inputs: images });
    expect(performance.now() - began).toBeLessThan(20_000);
    expect((run.outputs['curves']!.value as { stopped: string }).stopped).toBe('the budget of 3.0 s was used up');
    expect(said(run)).toMatch(/estimate, by \d+ steps in [\s\S]*Wh at 65 W, CHF [\s\S]*training took/);
    expect(run.progress.at(-1)!.message).toMatch(/; CHF [\d.e-]+ so far$/);
    expect(await run.outputs['model']!.text('model.json')).not.toContain('watts');
  });

  test('in money, where nothing says what time costs, is refused', async () => {
    const params = { ...dense, budget: { money: 1 } };
    await expect(runNode(netNode, { params, inputs: images })).rejects.toThrow(/money and perHour go together/);
  });
});
