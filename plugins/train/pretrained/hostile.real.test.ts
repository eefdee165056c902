import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { unzipSync, zipSync } from 'fflate';
import { describe, expect, test } from 'vitest';
import { runNode, type NodeRun, type TestArtifact } from '../../../worker/testing/index.js';
import { pretrainedNode } from '../worker.js';

const nets = fileURLToPath(new URL('reference/nets', import.meta.url));
const bytes = (file: string): Uint8Array => readFileSync(join(nets, file));
const filesOf = (files: Readonly<Record<string, string | Uint8Array>>): TestArtifact => ({
  value: { source: 'weights', files: Object.keys(files).map((name, i) => ({ file: `f${i}`, name })) },
  files: Object.fromEntries(Object.values(files).map((content, i) => [`f${i}`, content])),
});
const open = (files: Parameters<typeof filesOf>[0], params: object = {}): Promise<NodeRun> =>
  runNode(pretrainedNode, { params, inputs: { files: [filesOf(files)] } });

describe('a .keras', () => {
  const whole = unzipSync(bytes('rows.keras'));

  /** Its table of contents says of an entry that it unpacks to so many bytes. */
  const saying = (zip: Uint8Array, entry: string, size: number): Uint8Array => {
    const buffer = Buffer.from(zip);
    buffer.writeUInt32LE(size, buffer.lastIndexOf(entry) - 46 + 24);
    return buffer;
  };

  test('with a few bytes that unpack to more than there is memory for is refused before they do', async () => {
    for (const entry of ['config.json', 'model.weights.h5'])
      await expect(open({ 'bomb.keras': saying(zipSync(whole), entry, 2 ** 31) })).rejects.toThrow(
        new RegExp(`${entry} of bomb.keras unpacks to more[\\s\\S]*2147483648 bytes`),
      );
  });

  test('has nothing unpacked that is not asked for', async () => {
    const more = saying(zipSync({ ...whole, junk: Buffer.from('junk') }), 'junk', 2 ** 32 - 2);
    await using run = await open({ 'rows.keras': more });
    expect(run.outputs['figures']!.value).toMatchObject({ format: 'keras' });
  });
});

const dense = { class_name: 'Dense', config: { name: 'd', units: 2, activation: 'softmax' } };
const described = (shape: (number | null)[], ...layers: object[]): string => {
  const [first, ...rest] = layers as { config: object }[];
  const all = [{ ...first, config: { ...first!.config, batch_input_shape: shape } }, ...rest];
  const weights = [
    { name: 'd/kernel', shape: [1, 2], dtype: 'float32' },
    { name: 'd/bias', shape: [2], dtype: 'float32' },
  ];
  return JSON.stringify({
    format: 'layers-model',
    modelTopology: { model_config: { class_name: 'Sequential', config: { layers: all } } },
    weightsManifest: [{ paths: ['w.bin'], weights }],
  });
};

test('rows of more numbers than memory has room for are refused before a name is made for each', async () => {
  const flatten = { class_name: 'Flatten', config: { name: 'f' } };
  const wide = { 'model.json': described([null, 2_000_000], flatten), 'w.bin': new Uint8Array(24) };
  await expect(open(wide)).rejects.toThrow(/more numbers a row than are opened here[\s\S]*2000000, of the shape/);
});

test('a softmax over each of several steps is not opened as one over all of them', async () => {
  const steps = { 'model.json': described([null, 3, 1], dense), 'w.bin': new Uint8Array(24) };
  await expect(open(steps)).rejects.toThrow(/d \(Dense\) ends in a softmax over each of several steps/);
});

describe('a damaged file is named, not called a fault of the node', () => {
  const h5 = bytes('rows.h5');
  const damaged: Record<string, readonly [files: Record<string, string | Uint8Array>, says: RegExp]> = {
    'sample.json': [{ 'rows.h5': h5, 'sample.json': '{oops' }, /sample.json is not JSON/],
    'model.json': [{ 'model.json': '{oops', 'w.bin': h5 }, /model.json is not JSON/],
    'config.json of a .keras': [
      { 'a.keras': zipSync({ 'config.json': Buffer.from('{oops'), 'model.weights.h5': Buffer.from('x') }) },
      /config.json of a.keras is not JSON|is no whole HDF5/,
    ],
    'config.json of BERT': [
      { 'config.json': '{oops', 'tokenizer.json': '{}', 'model.safetensors': 'x' },
      /config.json is not JSON/,
    ],
  };
  for (const [name, [files, says]] of Object.entries(damaged))
    test(name, async () => expect(open(files)).rejects.toThrow(says));

  test('a name with a percent sign that encodes nothing stands for itself', async () => {
    const url = 'https://example.org/100%.h5';
    const files = { value: { source: url, files: [{ file: 'f0', name: url }] }, files: { f0: h5 } };
    await expect(runNode(pretrainedNode, { inputs: { files: [files] } })).rejects.toThrow(
      /100%.h5 comes from an address/,
    );
  });
});
