import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openModel } from '../../../models/index.js';
import { loadTensorflow } from '../../../setup/tensorflow-load.js';
import { FileStore } from '../../../store/files.js';
import { runNode } from '../../../worker/testing/index.js';
import { layeredNetNode } from '../worker.js';
import {
  cnn,
  figuresOf,
  folder,
  inputsOf,
  picture,
  pictures,
  PIXELS,
  recorded,
  type Inputs,
} from './layered.test-part.js';

afterAll(() => rmSync(folder, { recursive: true }));

let images: Inputs;
beforeAll(async () => {
  images = await inputsOf('digits', pictures, PIXELS, 255);
});

describe('a net of layers', () => {
  test('learns pictures, by recorded steps that equal eager ones, and answers as its figures say', async () => {
    const run = await runNode(layeredNetNode, { params: picture, inputs: images });
    expect(run.log.join('\n')).toMatch(recorded);
    expect(figuresOf(run)['accuracy']).toBeGreaterThan(0.9);
    const model = await openModel(run.outputs['model']!);
    const held = pictures.filter((_, i) => i % 4 === 0);
    const rows = held.map((row) => Object.fromEntries(PIXELS.map((name) => [name, row[name]!])));
    const answers = await model.predict(rows);
    expect(answers.filter((answer, i) => answer.label === held[i]!['digit']).length / held.length).toBe(
      figuresOf(run)['accuracy'],
    );
    const together = await model.score(rows);
    const alone = await Promise.all(rows.slice(0, 12).map((row) => model.score([row])));
    alone.forEach((one, i) => expect([...one]).toEqual([...together.subarray(i * 10, (i + 1) * 10)]));
    await model.dispose();
  });

  test('cut within an epoch ends with the bits of an undisturbed run, and leaves no tensor', async () => {
    const { tf } = await loadTensorflow({ threads: 1 });
    const model = { ...cnn, filters: 2, blocks: 1, shift: 1, flip: true };
    const params = { ...picture, model, epochs: 2, checkpointSeconds: 1e-9 };
    const before = tf.memory().numTensors;
    const undisturbed = await runNode(layeredNetNode, { params, inputs: images });
    expect(tf.memory().numTensors).toBe(before);
    const store = new FileStore(join(folder, 'cut'));
    let calls = 0;
    const onCheckpoint = (): void => {
      if (++calls === 3) throw new Error('cut');
    };
    await expect(runNode(layeredNetNode, { params, inputs: images, store, host: { onCheckpoint } })).rejects.toThrow('cut'); // prettier-ignore
    const resumed = await runNode(layeredNetNode, { params, inputs: images, store });
    expect(resumed.log.join('\n')).toMatch(/taken up after step \d+ of epoch [12]/);
    expect(resumed.outputs['model']!.ref.digest).toBe(undisturbed.outputs['model']!.ref.digest);
  });

  test('of a shape that is not that of the features is refused', async () => {
    await expect(runNode(layeredNetNode, { params: { ...picture, input: [8, 9, 1] }, inputs: images })).rejects.toThrow(
      /a shape of 64 numbers/,
    );
    await expect(runNode(layeredNetNode, { params: { ...picture, input: [64] }, inputs: images })).rejects.toThrow(
      /conv2d|shift/,
    );
  });

  test('over features that are no codes is refused', async () => {
    const params = { ...picture, input: [64], model: { preset: 'transformer', codes: 17 } };
    await expect(runNode(layeredNetNode, { params, inputs: images })).rejects.toThrow(
      /takes codes, and a feature is no whole number[\s\S]*scale: 'none'/,
    );
  });
});
