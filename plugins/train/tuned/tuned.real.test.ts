import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { openModel } from '../../../models/index.js';
import { FileStore } from '../../../store/files.js';
import { runNode, type NodeRun } from '../../../worker/testing/index.js';
import { given } from './given.test-part.js';
import { inputsOf, pictures, PIXELS, folder as pictureFolder, type Inputs } from '../net/layered.test-part.js';
import { emoji, figuresOf, folder, tables } from '../text/emoji.test-part.js';
import { fineTunedNode, layeredNetNode, textNetNode } from '../worker.js';

afterAll(() => [folder, pictureFolder].forEach((one) => rmSync(one, { recursive: true })));

const isLow = (row: (typeof pictures)[number]): boolean => Number(row['digit']) < 5;
const cnn = { preset: 'cnn', filters: 8, units: 32, dropout: 0.2, shift: 1 };
const picture = { label: 'digit', input: [8, 8, 1], model: cnn, epochs: 60, batchSize: 25, learningRate: 0.005 };

/** One picture of each of the digits from 5 on to train on; every fourth is to look at. */
function onesOf(high: typeof pictures): typeof pictures {
  const held = high.filter((_, i) => i % 4 === 0);
  const seen = new Set<unknown>();
  const ones = high.filter((row, i) => i % 4 !== 0 && !seen.has(row['digit']) && seen.add(row['digit']));
  // inputsOf trains on all but every fourth.
  return Array.from({ length: 7 }, (_, i) => (i % 4 === 0 ? held : ones).shift()!);
}

describe('a net of pictures of the digits 0 to 4', () => {
  let base: NodeRun['output'];
  let ones: Inputs;
  beforeAll(async () => {
    const low = await inputsOf('low', pictures.filter(isLow), PIXELS, 255);
    base = (await runNode(layeredNetNode, { params: picture, inputs: low })).outputs['model']!;
    const high = pictures.filter((row) => !isLow(row));
    const all = await inputsOf('high', high, PIXELS, 255);
    ones = { ...(await inputsOf('ones', onesOf(high), PIXELS, 255)), validation: all['validation'] };
  });
  // Convolutions are kept: the dense layer behind them, its dropout and the answers make way.
  const params = {
    label: 'digit',
    replace: 3,
    batchSize: 10,
    first: { epochs: 60, learningRate: 0.01, patience: 15 },
    epochs: 40,
    patience: 10,
    learningRate: 0.001,
  };
  const tuned = async (more: object = {}, options: object = {}): Promise<NodeRun> =>
    runNode(fineTunedNode, {
      params: { ...params, ...more },
      inputs: { ...ones, model: await given(base) },
      ...options,
    });

  test('learns those from 5 to 9 of one picture each, far above chance, and serves', async () => {
    const run = await tuned();
    // Chance is 0.2. That it beats a net that begins with nothing does not hold: docs/training/fine-tuning.md.
    expect(figuresOf(run)['accuracy']).toBeGreaterThan(0.5);
    const model = await openModel(run.outputs['model']!);
    const [row] = pictures.filter((one) => one['digit'] === '7');
    const given = Object.fromEntries(PIXELS.map((name) => [name, row![name]!]));
    expect(await model.predict([given])).toMatchObject([{ label: expect.stringMatching(/^[5-9]$/) as unknown }]);
    expect(model.card.task).toMatchObject({ classes: ['5', '6', '7', '8', '9'] });
    expect(model.card.training).toMatchObject({ base: base.ref.digest, frozen: 0 });
    await model.dispose();
  });

  test('keeps frozen layers bit for bit, and changes the others', async () => {
    const run = await tuned({ freeze: 3, epochs: 3, first: { epochs: 3 } });
    const [before, after] = await Promise.all([base, run.outputs['model']!].map((model) => model.bytes('weights.bin')));
    const places = (
      JSON.parse(await run.outputs['model']!.text('model.json')) as {
        settings: { tensors: { name: string; offset: number }[] };
      }
    ).settings.tensors;
    const changed = places.filter(
      ({ offset }) => Buffer.compare(before!.subarray(offset, offset + 8), after!.subarray(offset, offset + 8)) !== 0,
    );
    expect(changed.map(({ name }) => name).every((name) => Number(/^\d+/.exec(name)![0]) >= 3)).toBe(true);
    expect(changed.length).toBeGreaterThanOrEqual(3);
  });

  for (const [at, calls] of [
    ['the first phase', 4],
    ['the second phase', 15],
  ] as const)
    test(`cut in ${at}, ends with the bits of an undisturbed training`, async () => {
      const short = {
        epochs: 3,
        first: { epochs: 4, learningRate: 0.01 },
        checkpointSeconds: 1e-9,
        batchSize: 1,
        lookEvery: 2,
      };
      const undisturbed = await tuned(short);
      const store = new FileStore(join(folder, `cut-${calls}`));
      let count = 0;
      const onCheckpoint = (): void => {
        if (++count === calls) throw new Error('cut');
      };
      await expect(tuned(short, { store, host: { onCheckpoint } })).rejects.toThrow('cut');
      const resumed = await tuned(short, { store });
      expect(resumed.log.join('\n')).toMatch(at === 'the first phase' ? /head: taken up/ : /whole: taken up/);
      for (const port of ['model', 'head', 'curves'])
        expect(resumed.outputs[port]!.ref.digest, port).toBe(undisturbed.outputs[port]!.ref.digest);
    });

  test('holds its budget over both phases where an attempt was killed', async () => {
    const params = {
      budget: { minutes: 10 },
      first: { epochs: 50, learningRate: 0.01, patience: 50 },
      checkpointSeconds: 1e-9,
    };
    const store = new FileStore(join(folder, 'budget'));
    const now = performance.now.bind(performance);
    let minutes = 0;
    const clock = vi.spyOn(performance, 'now').mockImplementation(() => now() + minutes * 60_000);
    let saved = 0;
    const killed = (): void => {
      if (++saved === 2) minutes += 6;
      if (saved === 5) throw new Error('killed');
    };
    const later = (): void => {
      if (++saved === 8) minutes += 6;
    };
    try {
      await expect(tuned(params, { store, host: { onCheckpoint: killed } })).rejects.toThrow('killed');
      const run = await tuned(params, { store, host: { onCheckpoint: later } });
      expect(run.outputs['head']!.value).toMatchObject({ stopped: expect.stringMatching(/budget/) as unknown });
      expect(run.outputs['curves']!.value).toMatchObject({ epochs: 1, stopped: expect.stringMatching(/budget/) as unknown }); // prettier-ignore
    } finally {
      clock.mockRestore();
    }
  });

  test('keeps the head where the whole diverges', async () => {
    const run = await tuned({
      optimizer: 'sgd',
      learningRate: 10,
      l2: 1e30,
      first: { epochs: 2, learningRate: 1e-40 },
    });
    expect(run.log.join('\n')).toMatch(/training diverged in epoch 1.*the net of the head is kept/);
    const model = await openModel(run.outputs['model']!);
    expect(model.card.training).toMatchObject({ kept: 'head' });
    await model.dispose();
  });

  test('is refused what does not fit, with the place and what to do', async () => {
    await expect(tuned({ freeze: 99 })).rejects.toThrow(/the base has 11 layers, of which 3 make way/);
    await expect(tuned({ replace: 99 })).rejects.toThrow(/at most 11 to replace/);
    await expect(tuned({ column: 'p1' })).rejects.toThrow(/takes no text/);
    const narrow = await inputsOf('narrow', pictures, PIXELS.slice(0, 10), 255);
    await expect(runNode(fineTunedNode, { params, inputs: { ...narrow, model: await given(base) } })).rejects.toThrow(
      /another number of features[\s\S]*64 features[\s\S]*10 features/,
    );
  });
});

test('a net of text is fitted to other classes by its own words, and takes raw text', async () => {
  const isFace = ({ group }: (typeof emoji)[number]): boolean => group === 'Flags' || group === 'Smileys & Emotion';
  const all = await tables(
    'others',
    emoji.filter((row) => !isFace(row)),
  );
  const base = await runNode(textNetNode, {
    params: { label: 'group', column: 'name', steps: 12, epochs: 6, learningRate: 0.01 },
    inputs: all,
  });
  const faces = await tables('faces', emoji.filter(isFace), (i) => i % 4 === 1);
  const params = {
    label: 'group',
    first: { epochs: 5, learningRate: 0.02 },
    epochs: 4,
    learningRate: 0.002,
    freeze: 1,
  };
  const run = await runNode(fineTunedNode, {
    params,
    inputs: { ...faces, model: await given(base.outputs['model']!) },
  });
  expect(figuresOf(run)['accuracy']).toBeGreaterThan(0.8);
  const model = await openModel(run.outputs['model']!);
  expect(await model.predict([{ name: 'flag: Norway' }])).toMatchObject([{ label: 'Flags' }]);
  await model.dispose();
});
