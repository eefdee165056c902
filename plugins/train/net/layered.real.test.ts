import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { randomFrom } from '@trainyard/numeric';
import { sql, withDatabase, writeTable, type TableOutput, type TableRow } from '@trainyard/tables';
import type { FittedTransform } from '@trainyard/transforms';
import { readGray } from '../../../examples/from-raw/nodes/pixels/png.js';
import { openModel } from '../../../models/index.js';
import { loadTensorflow } from '../../../setup/tensorflow-load.js';
import { FileStore } from '../../../store/files.js';
import { runNode, type NodeRun, type RunNodeOptions } from '../../../worker/testing/index.js';
import { layeredNetNode, layeredRegressionNetNode } from '../worker.js';

const folder = mkdtempSync(join(tmpdir(), 'layered-'));
afterAll(() => rmSync(folder, { recursive: true }));

async function tableOf(name: string, of: readonly TableRow[]): Promise<TableOutput> {
  const columns = Object.entries(of[0]!).map(([column, cell]) => ({
    name: column,
    type: typeof cell === 'number' ? ('number' as const) : ('text' as const),
  }));
  return withDatabase({}, async (database) => {
    await database.insert('given', columns, of);
    return writeTable(database, sql`FROM given`, folder, name);
  });
}
type Inputs = NonNullable<RunNodeOptions['inputs']>;
async function inputsOf(
  name: string,
  rows: readonly TableRow[],
  columns: readonly string[],
  scale: number,
): Promise<Inputs> {
  const steps = columns.map((column) => ({
    kind: 'numeric' as const,
    column,
    fill: 0,
    center: 0,
    scale,
    clip: 1e6,
    indicator: false, // prettier-ignore
  }));
  const prep: FittedTransform = { format: 'trainyard.transform/1', rows: rows.length, steps };
  return {
    train: await tableOf(
      `${name}-train`,
      rows.filter((_, i) => i % 4 !== 0),
    ),
    validation: await tableOf(
      `${name}-validation`,
      rows.filter((_, i) => i % 4 === 0),
    ),
    prep: { files: { 'transform.json': JSON.stringify(prep) } },
  };
}

// The pictures of digits that come with the examples: 8 by 8 pixels.
const digits = fileURLToPath(new URL('../../../examples/from-raw/data/digits', import.meta.url));
const pictures: TableRow[] = readdirSync(digits).sort().flatMap((digit) =>
  readdirSync(join(digits, digit)).sort().map((file): TableRow => {
    const { pixels } = readGray(readFileSync(join(digits, digit, file)));
    return { _row: file, digit, ...Object.fromEntries([...pixels].map((value, i) => [`p${i}`, value])) };
  }),
); // prettier-ignore
const PIXELS = Array.from({ length: 64 }, (_, i) => `p${i}`);

// Words of three letters in a row of six: is the first a or b said before the other, and how often.
const random = randomFrom(3);
const sequences: TableRow[] = Array.from({ length: 480 }, (_, i) => {
  const codes = Array.from({ length: 6 }, () => random.integer(3));
  const [a, b] = [codes.indexOf(0), codes.indexOf(1)].map((at) => (at < 0 ? 9 : at)) as [number, number];
  return {
    _row: `row ${i}`,
    first: a < b ? 'a' : 'b',
    last: codes.lastIndexOf(0) * 10,
    ...Object.fromEntries(codes.map((code, t) => [`t${t}`, code])),
  };
});
const STEPS = Array.from({ length: 6 }, (_, t) => `t${t}`);

let images: Inputs;
let words: Inputs;
beforeAll(async () => {
  images = await inputsOf('digits', pictures, PIXELS, 255);
  words = await inputsOf('words', sequences, STEPS, 1);
});
const figuresOf = (run: NodeRun) => run.outputs['figures']!.value as Record<string, number>;
const recorded = /steps at a time run as one recorded graph, equal bit for bit/;

const cnn = { preset: 'cnn', filters: 8, units: 32, dropout: 0.1 };
const picture = { label: 'digit', input: [8, 8, 1], model: cnn, epochs: 12, batchSize: 13, learningRate: 0.005 };
const word = { label: 'first', epochs: 12, batchSize: 45, learningRate: 0.01 };

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
    const alone = await Promise.all(rows.slice(0, 40).map((row) => model.score([row])));
    alone.forEach((one, i) => expect([...one]).toEqual([...together.subarray(i * 10, (i + 1) * 10)]));
    await model.dispose();
  });

  for (const [name, model] of [
    ['an LSTM', { preset: 'recurrent', codes: 3, units: 12, dropout: 0.1 }],
    ['a GRU', { preset: 'recurrent', cell: 'gru', codes: 3, units: 12, dropout: 0 }],
    ['a Transformer', { preset: 'transformer', codes: 3, units: 16, heads: 2, blocks: 1, dropout: 0 }],
  ] as const)
    test(`learns the order of codes as ${name}, by recorded steps that equal eager ones`, async () => {
      const run = await runNode(layeredNetNode, { params: { ...word, model }, inputs: words });
      expect(run.log.join('\n')).toMatch(recorded);
      expect(figuresOf(run)['accuracy']).toBeGreaterThan(0.9);
    });

  test('learns numbers', async () => {
    const model = [{ layer: 'embedding', codes: 3, units: 4 }, { layer: 'flatten' }, { layer: 'dense', units: 32 }];
    const run = await runNode(layeredRegressionNetNode, {
      params: { label: 'last', model, epochs: 30, learningRate: 0.01, schedule: 'cosine' },
      inputs: words,
    });
    expect(figuresOf(run)['r2']).toBeGreaterThan(0.9);
  });

  test('cut within an epoch ends with the bits of an undisturbed run, and leaves no tensor', async () => {
    const { tf } = await loadTensorflow({ threads: 1 });
    const model = { ...cnn, filters: 4, shift: 1, flip: true };
    const params = { ...picture, model, epochs: 2, checkpointSeconds: 1e-9 };
    const before = tf.memory().numTensors;
    const undisturbed = await runNode(layeredNetNode, { params, inputs: images });
    expect(tf.memory().numTensors).toBe(before);
    const store = new FileStore(join(folder, 'cut'));
    let calls = 0;
    const onCheckpoint = (): void => {
      if (++calls === 6) throw new Error('cut');
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
});
