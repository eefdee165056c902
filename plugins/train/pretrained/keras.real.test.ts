import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openModel, pretrainedFormat } from '../../../models/index.js';
import { loadTensorflow } from '../../../setup/tensorflow-load.js';
import { runNode, type NodeRun, type TestArtifact } from '../../../worker/testing/index.js';
import { http } from '../../ingest/index.js';
import { snapshotNode } from '../../ingest/worker.js';
import { given } from '../tuned/given.test-part.js';
import { pretrainedNode } from '../worker.js';
import { filesIn } from './minilm.test-part.js';

/** Nets of Keras 3.15.1, and what they answer; made by reference/make-keras.py. */
const nets = fileURLToPath(new URL('reference/nets', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'keras-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Files as a snapshot of them. */
const filesOf = (...names: readonly (readonly [name: string, content: string | Uint8Array])[]): TestArtifact => ({
  value: { source: 'weights', files: names.map(([name], i) => ({ file: `f${i}`, name })) },
  files: Object.fromEntries(names.map(([, content], i) => [`f${i}`, content])),
});
const bytes = (file: string): Uint8Array => readFileSync(join(nets, file));
const sample = (net: string): readonly [string, string] => ['sample.json', bytes(`${net}.sample.json`).toString()];
const open = (files: TestArtifact | readonly TestArtifact[], params: object = {}): Promise<NodeRun> =>
  runNode(pretrainedNode, { params, inputs: { files: [files].flat() } });
interface Figures {
  readonly proved: number;
  readonly worst: number;
  readonly format: string;
  readonly made: string;
  readonly files: Record<string, string>;
}
const figuresOf = (run: NodeRun): Figures => run.outputs['figures']!.value as unknown as Figures;

describe('a net of Keras answers as it does there', () => {
  for (const net of ['pictures', 'codes', 'rows', 'means'])
    for (const ending of ['keras', 'h5'])
      test(`${net}.${ending}`, async () => {
        await using run = await open(filesOf([`${net}.${ending}`, bytes(`${net}.${ending}`)], sample(net)));
        expect(figuresOf(run)).toMatchObject({ proved: 4 });
        expect(figuresOf(run).worst).toBeLessThan(2e-6);
      });
  for (const net of ['pictures', 'means'])
    test(`${net}, as a layers model`, async () => {
      await using run = await open(filesIn(join(nets, `${net}-tfjs`)));
      expect(figuresOf(run)).toMatchObject({ proved: 0, format: 'tfjs layers' });
      expect(run.log.join('\n')).toMatch(/nothing shows that this net answers as its origin does/);
      await using proved = await open(filesIn(join(nets, `${net}-tfjs`), Object.fromEntries([sample(net)])));
      expect(figuresOf(proved).proved).toBe(4);
      expect(figuresOf(proved).worst).toBeLessThan(2e-6);
    });
});

/** The part of TensorFlow.js that makes and saves layers models. */
interface TfjsLayers {
  sequential(): {
    add(layer: unknown): void;
    save(url: string): Promise<unknown>;
    predict(x: unknown): { arraySync(): number[][] };
  };
  layers: Record<'dense' | 'conv2d' | 'flatten' | 'batchNormalization' | 'lstm', (config: object) => unknown>;
}

describe('a layers model that TensorFlow.js itself has saved', () => {
  let tf: Awaited<ReturnType<typeof loadTensorflow>>['tf'];
  let tfjs: TfjsLayers;
  beforeAll(async () => {
    ({ tf } = await loadTensorflow({ threads: 1 }));
    tfjs = tf as unknown as TfjsLayers;
  });
  const x = Array.from({ length: 3 }, (_, row) => Array.from({ length: 16 }, (_, i) => Math.sin(row * 16 + i)));

  test('answers as there', async () => {
    const model = tfjs.sequential();
    model.add(tfjs.layers.conv2d({ inputShape: [4, 4, 1], filters: 3, kernelSize: 2, activation: 'relu' }));
    model.add(tfjs.layers.batchNormalization({}));
    model.add(tfjs.layers.flatten({}));
    model.add(tfjs.layers.dense({ units: 3, activation: 'softmax' }));
    const outputs = model.predict(tf.tensor(x.flat(), [3, 4, 4, 1])).arraySync();
    await model.save(`file://${folder}/own`);
    await using run = await open(
      filesIn(join(folder, 'own'), { 'sample.json': JSON.stringify({ inputs: x, outputs }) }),
    );
    expect(figuresOf(run).proved).toBe(3);
    expect(figuresOf(run).worst).toBeLessThan(2e-6);
    expect(figuresOf(run).made).toMatch(/TensorFlow.js/);
    const opened = await openModel(run.outputs['model']!);
    const row = Object.fromEntries(x[0]!.map((value, i) => [`x${i}`, value]));
    expect(await opened.predict([row])).toEqual([
      { vector: outputs[0]!.map((value) => expect.closeTo(value, 5) as number) },
    ]);
    await opened.dispose();
  });

  test('with the hard sigmoid that it has where nothing is said is named, and not opened as another net', async () => {
    const model = tfjs.sequential();
    model.add(tfjs.layers.lstm({ units: 2, inputShape: [4, 4] }));
    await model.save(`file://${folder}/hard`);
    await expect(open(filesIn(join(folder, 'hard')))).rejects.toThrow(
      /\(LSTM\): its recurrent_activation is hard_?sigmoid/i,
    );
  });

  test('whose shards are cut short or missing is refused', async () => {
    const whole = ['model.json', 'group1-shard1of2.bin', 'group1-shard2of2.bin'];
    const contents = whole.map((name) => [name, bytes(`means-tfjs/${name}`)] as const);
    const short = contents.map(([name, content]) => [name, name === whole[2] ? content.subarray(3) : content] as const);
    await expect(open(filesOf(...short))).rejects.toThrow(/shards .* are not whole[\s\S]*bytes in all/);
    await expect(open(filesOf(...contents.slice(0, 2)))).rejects.toThrow(/a file group1-shard2of2.bin is needed/);
  });
});

test('a net at an address is opened by its stated digest, from the snapshot of it', async () => {
  const server = createServer((_asked, answer) => answer.end(bytes('rows.keras'))).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}/nets/rows.keras?version=1`;
  const taken = await runNode(snapshotNode, { params: { source: http({ url }) } });
  server.close();
  const files = await given(taken.output);
  await expect(open(files)).rejects.toThrow(/rows.keras comes from an address, and nothing says which bytes are meant/);
  const digest = createHash('sha256').update(bytes('rows.keras')).digest('hex');
  await using run = await open([files, filesOf(sample('rows'))], { sha256: { 'rows.keras': digest } });
  expect(figuresOf(run)).toMatchObject({ proved: 4, made: 'Keras 3.15.1' });
});

test('a plugin brings a format of its own', async () => {
  const lines = pretrainedFormat({
    name: 'one line',
    title: 'A dense layer as a line of numbers: line.txt',
    takes: (names) => names.includes('line.txt'),
    async read(files) {
      const numbers = (await files.text('line.txt')).split(' ').map(Number);
      const stored = (name: string, shape: number[], from: number[]) => ({
        name,
        shape,
        values: async () => Float32Array.from(from),
      });
      const weights = {
        kernel: stored('kernel', [2, 1], numbers.slice(0, 2)),
        bias: stored('bias', [1], numbers.slice(2)),
      };
      const layer = { layer: 'dense', units: 1, activation: 'linear' };
      return { input: [2], layers: [{ layer, origin: 'the line', weights }], ends: 'plain' };
    },
  });
  const known = JSON.stringify({ inputs: [[1, 10]], outputs: [[2 + 30 + 4]] });
  await using run = await runNode(pretrainedNode, {
    inputs: { files: [filesOf(['line.txt', '2 3 4'], ['sample.json', known])] },
    parts: [lines],
  });
  expect(figuresOf(run)).toMatchObject({ proved: 1, format: 'one line', parameters: 3 });
});

describe('what has no counterpart, or does not fit, is named before it is opened', () => {
  const refused = (files: TestArtifact, params: object = {}) => expect(open(files, params)).rejects;

  test('each layer without one, and what of it', async () => {
    await refused(filesOf(['odd.keras', bytes('odd.keras')])).toThrow(
      /3 of the 5 layers have no counterpart here: separable_conv2d \(SeparableConv2D\); conv2d\w* \(Conv2D\): its kernel or its strides are not square; dense\w* \(Dense\): its activation is selu/,
    );
    await refused(filesOf(['fork.keras', bytes('fork.keras')])).toThrow(
      /right \(Dense\): it takes \w+, not the one layer before it; add \(Add\)/,
    );
  });

  test('weights of another shape, with their layer, what was expected and what was found', async () => {
    await refused(filesOf(['mixed.keras', bytes('mixed.keras')])).toThrow(
      /the weights of dense\w* \(Dense\), layers\/dense\/vars\/0, have another shape than its layer[\s\S]*expected: \[4, 5\][\s\S]*actual:   \[4, 3\]/,
    );
  });

  test('files that are cut short, of no format or of two, and another file than was meant', async () => {
    const [h5, keras] = [bytes('rows.h5'), bytes('rows.keras')];
    await refused(filesOf(['rows.h5', h5.subarray(0, 9000)])).toThrow(/rows.h5 is no whole HDF5 file/);
    await refused(filesOf(['rows.keras', keras.subarray(0, 5000)])).toThrow(/rows.keras is no whole zip/);
    await refused(filesOf(['rows.pt', h5])).toThrow(/of no format that is known here[\s\S]*bert safetensors/);
    await refused(filesOf(['rows.h5', h5], ['rows.keras', keras])).toThrow(/of several formats/);
    const other = '0'.repeat(64);
    await refused(filesOf(['rows.h5', h5]), { sha256: { 'rows.h5': other } }).toThrow(/is another file than was meant/);
    const fetched = {
      ...filesOf(['https://example.org/nets/rows.h5?v=1', h5]),
      value: {
        source: 'https://example.org/nets/rows.h5?v=1',
        files: [{ file: 'f0', name: 'https://example.org/nets/rows.h5?v=1' }],
      },
    };
    await refused(fetched).toThrow(
      /comes from an address, and nothing says which bytes are meant[\s\S]*sha256: \{ 'rows.h5'/,
    );
  });

  test('answers that are not those of the origin', async () => {
    const { inputs, outputs } = JSON.parse(sample('rows')[1]) as { inputs: number[][]; outputs: number[][] };
    const wrong = JSON.stringify({ inputs, outputs: outputs.map(([a, b]) => [b, a]) });
    await refused(filesOf(['rows.h5', bytes('rows.h5')], ['sample.json', wrong])).toThrow(
      /answers otherwise than its origin/,
    );
    const wide = JSON.stringify({ inputs: inputs.map((row) => [...row, 0]), outputs });
    await refused(filesOf(['rows.h5', bytes('rows.h5')], ['sample.json', wide])).toThrow(
      /not what the net takes[\s\S]*4 numbers[\s\S]*5 numbers/,
    );
  });
});
