import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isTrainyardError } from '@trainyard/errors';
import type { FittedTransform } from '@trainyard/transforms';
import { loadTensorflow } from '../setup/tensorflow-load.js';
import { randomFrom, shuffled } from '@trainyard/numeric';
import { partsOf } from '../core/provided-parts.js';
import { ACTIVATIONS, biasName, denseNet, kernelName } from '../plugins/train/kinds/dense-net.js';
import { constant } from '../plugins/train/kinds/constant.js';
import { tensorParts } from '../plugins/train/kinds/tensor-kind.js';
import {
  openModel as open,
  openScorer,
  writeModel,
  type ClassAnswer,
  type ModelSource,
  type TrainedModel,
} from './index.js';
import type { Tensors } from './tensors.js';

const transform: FittedTransform = {
  format: 'trainyard.transform/1',
  rows: 10,
  steps: [
    { kind: 'numeric', column: 'mass', fill: 4200, center: 4200, scale: 800, clip: 10, indicator: true },
    { kind: 'categorical', column: 'island', categories: ['Biscoe', 'Dream'], missing: 'feature', unknown: 'zeros' },
  ],
};
const rows = [
  { mass: 3750, island: 'Dream' },
  { mass: null, island: 'Biscoe' },
  { mass: 5400, island: null },
];

/** Weights drawn as in training, for a net of these widths. */
function drawnTensors(widths: readonly number[], seed: number): Tensors {
  const random = randomFrom(seed);
  const draw = (size: number) => Float32Array.from({ length: size }, () => random.uniform() * 2 - 1);
  return Object.fromEntries(
    widths.slice(1).flatMap((units, i) => [
      [kernelName(i), { shape: [widths[i]!, units], values: draw(widths[i]! * units) }],
      [biasName(i), { shape: [units], values: draw(units) }],
    ]),
  );
}

const architecture = {
  features: 5,
  layers: [
    { units: 8, activation: 'relu' },
    { units: 3, activation: 'linear' },
  ],
};
const tensors = drawnTensors([5, 8, 3], 1);
const classes = ['Adelie', 'Chinstrap', 'Gentoo'];
const parts: TrainedModel = {
  kind: denseNet,
  task: { type: 'classification', label: 'species', classes },
  ...tensorParts(architecture, tensors),
  transform,
  metrics: {},
  training: {},
  libraries: {},
  rows,
};

const openModel = (source: ModelSource) => open(source, partsOf([denseNet, constant]));

async function written(changes: Partial<TrainedModel> = {}): Promise<Record<string, Uint8Array | string>> {
  return { ...((await writeModel({ ...parts, ...changes })).files as Record<string, Uint8Array | string>) };
}

describe('a model', () => {
  test('answers rows from a folder as from memory', async () => {
    const files = await written();
    const folder = await mkdtemp(join(tmpdir(), 'model-'));
    for (const [name, content] of Object.entries(files)) await writeFile(join(folder, name), content);
    const fromFolder = await (await openModel(folder)).predict(rows);
    expect(fromFolder).toEqual(await (await openModel(files)).predict(rows));
    const { probabilities } = fromFolder[0] as ClassAnswer;
    expect(Object.keys(probabilities)).toEqual(classes);
    const sum = Object.values(probabilities).reduce((a, b) => a + b, 0);
    expect(sum).toBeCloseTo(1, 12);
    await rm(folder, { recursive: true });
  });

  test('gives a row alone and in a batch the same bits', async () => {
    const model = await openModel(await written());
    const cell = fc.record({
      mass: fc.oneof(fc.double({ noNaN: true }), fc.constant(null)),
      island: fc.oneof(fc.string(), fc.constantFrom('Biscoe', 'Dream', null)),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(cell, { minLength: 1, maxLength: 8 }), async (batch) => {
        const together = await model.score(batch);
        const alone = await Promise.all(batch.map((row) => model.score([row])));
        expect(Float64Array.from(alone.flatMap((p) => [...p]))).toEqual(together);
        expect(together.every((p) => p >= 0 && p <= 1)).toBe(true);
      }),
    );
  });

  test('is written to the same bytes each time', async () => {
    expect(await written()).toEqual(await written());
  });

  test('with a threshold answers the second class from that probability on', async () => {
    const label = async (threshold?: number) => {
      const more = threshold === undefined ? {} : { threshold };
      const files = await written({
        kind: constant,
        task: { type: 'classification', label: 'species', classes: ['no', 'yes'], ...more },
        ...tensorParts({ features: 5 }, { probabilities: { shape: [2], values: Float64Array.of(0.7, 0.3) } }),
      });
      return ((await (await openModel(files)).predict(rows))[0] as ClassAnswer).label;
    };
    expect(await label()).toBe('no');
    expect(await label(0.3)).toBe('yes');
    expect(await label(0.31)).toBe('no');
  });
});

describe('a prediction request is refused with field and row', () => {
  const cases: [string, unknown[], string[]][] = [
    ['a missing field', [rows[0], { mass: 1 }], ['row 1, field "island" is missing', 'null']],
    ['a wrong type', [{ mass: '3750', island: 'Dream' }], ['row 0, field "mass"', 'the string "3750"']],
    ['a number that is not finite', [{ mass: Infinity, island: null }], ['finite number, not Infinity']],
    ['an unknown field', [{ mass: 1, island: null, iland: 'x' }], ['"iland" is no input', 'did you mean "island"?']],
    ['text that is a number', [{ mass: 1, island: 7 }], ['field "island" must be text or null, not the number 7']],
    ['no object', [[1, 2]], ['row 0 is no object of fields']],
    ['many mistakes', Array.from({ length: 9 }, () => ({ mass: 'x', island: null })), ['row 4', 'and 4 more']],
  ];
  for (const [name, request, says] of cases)
    test(name, async () => {
      const model = await openModel(await written());
      const refused = model.predict(request as Record<string, unknown>[]);
      await expect(refused).rejects.toMatchObject({ code: 'TY-PREDICT-INPUT' });
      for (const words of says) await expect(refused).rejects.toThrow(words);
    });
});

describe('a model that is not whole is refused', () => {
  test('a weight changed: the sample is answered otherwise', async () => {
    const files = await written();
    const weights = Uint8Array.from(files['weights.bin'] as Uint8Array);
    new DataView(weights.buffer).setFloat32(weights.byteLength - 16, 0.4, true);
    await expect(openModel({ ...files, 'weights.bin': weights })).rejects.toMatchObject({ code: 'TY-MODEL-UNFIT' });
  });
  test('weights cut off', async () => {
    const files = await written();
    const weights = (files['weights.bin'] as Uint8Array).subarray(0, 40);
    await expect(openModel({ ...files, 'weights.bin': weights })).rejects.toThrow('weights are not whole');
  });
  test('a file missing', async () => {
    const { ['sample.json']: _, ...files } = await written();
    await expect(openModel(files)).rejects.toThrow('lacks its file sample.json');
  });
  test('a card of a later format', async () => {
    const files = await written();
    const card = (files['model.json'] as string).replace('trainyard.model/2', 'trainyard.model/9');
    await expect(openModel({ ...files, 'model.json': card })).rejects.toThrow(/format.*\n.*trainyard.model\/2/);
  });
  test('a transform of another width', async () => {
    const narrow = { ...transform, steps: transform.steps.slice(1) };
    await expect(writeModel({ ...parts, transform: narrow })).rejects.toThrow('transform does not fit');
  });
  test('a weight that is no number', async () => {
    const given = { ...tensors, [biasName(1)]: { shape: [3], values: Float32Array.of(0, NaN, 0) } };
    expect(() => tensorParts(architecture, given)).toThrow('layer 1 bias holds NaN at 1');
  });
});

test('a model of which any byte is damaged is refused in words, or answers with probabilities', async () => {
  const files = await written();
  const names = Object.keys(files);
  const bytesOf = (content: Uint8Array | string) =>
    typeof content === 'string' ? new TextEncoder().encode(content) : Uint8Array.from(content);
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...names), fc.nat(), fc.nat(255), async (name, at, byte) => {
      const damaged = bytesOf(files[name]!);
      damaged[at % damaged.length] = byte;
      try {
        const model = await openModel({ ...files, [name]: damaged });
        const p = await model.score(rows);
        expect(p.every((value) => value >= 0 && value <= 1)).toBe(true);
      } catch (error) {
        expect(isTrainyardError(error), String(error)).toBe(true);
      }
    }),
    { numRuns: 500 },
  );
});

test('nets answer as TensorFlow does, to 1e-5', async () => {
  const { tf } = await loadTensorflow();
  for (const activation of ACTIVATIONS) {
    const widths = [12, 32, 16, 4];
    const tensors = drawnTensors(widths, 3);
    const layers = widths
      .slice(1)
      .map((units, i) => ({ units, activation: i === 2 ? ('linear' as const) : activation }));
    const model = {
      kind: denseNet,
      task: { type: 'classification' as const, label: 'y', classes: ['a', 'b', 'c', 'd'] },
    };
    const random = randomFrom(4);
    const inputs = Array.from({ length: 50 }, () => Float64Array.from({ length: 12 }, () => random.uniform() * 6 - 3));
    const expected = tf.tidy(() => {
      let x = tf.tensor2d(inputs.map((row) => [...row]));
      layers.forEach((layer, i) => {
        const kernel = tf.tensor2d(tensors[kernelName(i)]!.values as Float32Array, [widths[i]!, widths[i + 1]!]);
        const sums = x.matMul(kernel).add(tf.tensor1d(tensors[biasName(i)]!.values as Float32Array));
        x = (layer.activation === 'linear' ? sums : tf[layer.activation](sums)) as typeof x;
      });
      return x.softmax().dataSync();
    });
    const all = Float64Array.from(inputs.flatMap((row) => [...row]));
    const actual = await openScorer({ ...model, ...tensorParts({ features: 12, layers }, tensors) }, (score) =>
      score(all, inputs.length),
    );
    actual.forEach((p, i) => expect(Math.abs(p - expected[i]!)).toBeLessThan(1e-5));
  }
});

describe('random numbers', () => {
  test('the same words give the same numbers, other words others', () => {
    const draw = (...words: number[]) => {
      const random = randomFrom(...words);
      return Array.from({ length: 8 }, () => random.bits());
    };
    expect(draw(1, 2)).toEqual(draw(1, 2));
    expect(draw(1, 2)).not.toEqual(draw(2, 1));
    expect(new Set([...draw(0), ...draw(1), ...draw(0, 0)]).size).toBe(24);
  });
  test('integers are spread evenly: chi-squared below its 99.9 % quantile', () => {
    const random = randomFrom(11);
    const counts = Array.from({ length: 10 }, () => 0);
    for (let i = 0; i < 100_000; i++) counts[random.integer(10)]!++;
    const chi2 = counts.reduce((sum, count) => sum + (count - 10_000) ** 2 / 10_000, 0);
    expect(chi2).toBeLessThan(27.9);
  });
  test('a shuffle holds every index once', () => {
    fc.assert(
      fc.property(fc.nat(200), fc.nat(), (n, seed) => {
        expect([...shuffled(n, randomFrom(seed))].sort((a, b) => a - b)).toEqual(
          Array.from({ length: n }, (_, i) => i),
        );
      }),
    );
  });
});
