import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { TableRow } from '@trainyard/tables';
import { tablesIn } from '../table-of.test-part.js';
import type { FittedTransform } from '@trainyard/transforms';
import { openModel } from '../../../models/index.js';
import { loadTensorflow } from '../../../setup/tensorflow-load.js';
import { FileStore } from '../../../store/files.js';
import { runNode, type NodeRun, type RunNodeOptions } from '../../../worker/testing/index.js';
import { withSeed } from '../../../worker/with-seed.test-part.js';
import { penguins } from '../trees/penguins.test-part.js';
import { multiLabelNetNode, netNode, quantileNetNode, regressionNetNode } from '../worker.js';
import { standardOf } from './tasks/numbers.js';

const folder = mkdtempSync(join(tmpdir(), 'nets-'));
afterAll(() => rmSync(folder, { recursive: true }));

const MEASURES = ['bill_length_mm', 'bill_depth_mm', 'flipper_length_mm'];
const whole = penguins.filter((row) => [...MEASURES, 'body_mass_g'].every((name) => row[name] !== 'NA'));
const rows: TableRow[] = whole.map((row, i) => ({
  _row: `row ${i}`,
  ...Object.fromEntries(MEASURES.map((name) => [name, Number(row[name])])),
  mass: Number(row['body_mass_g']),
  species: row['species']!,
  traits: JSON.stringify([
    ...(Number(row['body_mass_g']) > 4000 ? ['heavy'] : []),
    ...(Number(row['bill_depth_mm']) > 17 ? ['deep'] : []),
  ]),
}));
const prep: FittedTransform = {
  format: 'trainyard.transform/1',
  rows: rows.length,
  steps: MEASURES.map((column) => {
    const values = Float64Array.from(rows, (row) => row[column] as number);
    return { kind: 'numeric' as const, column, fill: 0, ...standardOf(values), clip: 10, indicator: false };
  }),
};

type Inputs = NonNullable<RunNodeOptions['inputs']>;
const tableOf = tablesIn(folder);
const held = rows.filter((_, i) => i % 4 === 0);
const inputsOf = async (name: string, change: (row: TableRow) => TableRow): Promise<Inputs> => ({
  train: await tableOf(`${name}-train`, rows.filter((_, i) => i % 4 !== 0).map(change)),
  validation: await tableOf(`${name}-validation`, held.map(change)),
  prep: { files: { 'transform.json': JSON.stringify(prep) } },
});
let inputs: Inputs;
beforeAll(async () => {
  inputs = await inputsOf('penguins', (row) => row);
});

const digestOf = async (run: NodeRun): Promise<string> =>
  createHash('sha256')
    .update(await run.outputs['model']!.bytes('weights.bin'))
    .digest('hex');
const measuresOf = (row: TableRow): TableRow => Object.fromEntries(MEASURES.map((name) => [name, row[name]!]));
const answersOf = async (run: NodeRun): Promise<Record<string, unknown>[]> => {
  const model = await openModel(run.outputs['model']!);
  const answers = await model.predict(held.map(measuresOf));
  await model.dispose();
  return answers as Record<string, unknown>[];
};
const figuresOf = (run: NodeRun) => run.outputs['figures']!.value as Record<string, number>;

const quick = { units: 16, layers: 1, epochs: 30, learningRate: 0.02, schedule: 'cosine' };
const number = { ...quick, label: 'mass' };

describe('a net of numbers', () => {
  test('learns them, and its model answers as its figures say', async () => {
    for (const loss of ['squared', 'absolute', 'huber']) {
      const run = await runNode(regressionNetNode, { params: { ...number, loss }, inputs });
      const answers = await answersOf(run);
      const mae = held.reduce(
        (sum, row, i) => sum + Math.abs((answers[i]!['value'] as number) - (row['mass'] as number)),
        0,
      );
      expect(figuresOf(run)['mae']).toBeCloseTo(mae / held.length, 6);
      // Least squares on these three columns leaves 476 g.
      expect(figuresOf(run)['rmse']).toBeLessThan(450);
      expect(run.reports.at(-1)![1]).toMatchObject({ mae: expect.any(Number) });
    }
  });

  test('is the same for a target of another size', async () => {
    const digests = await Promise.all(
      // By powers of 2, so that all of it is exact.
      [0, -900].map(async (power) => {
        const scaled = await inputsOf(`scaled${power}`, (row) => ({
          ...row,
          mass: (row['mass'] as number) * 2 ** power,
        }));
        const run = await runNode(withSeed(regressionNetNode, 7), { params: { ...number, epochs: 3 }, inputs: scaled });
        const answers = await answersOf(run);
        return [await digestOf(run), (answers[3]!['value'] as number) / 2 ** power];
      }),
    );
    expect(digests[1]).toEqual(digests[0]);
  });

  test('of one value learns that', async () => {
    const constant = await inputsOf('constant', (row) => ({ ...row, mass: 1e9 }));
    const run = await runNode(regressionNetNode, { params: { ...number, epochs: 2 }, inputs: constant });
    expect(Math.abs(((await answersOf(run))[0]!['value'] as number) - 1e9)).toBeLessThan(10);
  });

  test('refuses a label that is no number, with the row', async () => {
    const wrong = await inputsOf('wrong', (row) => ({ ...row, mass: row === rows[1] ? NaN : row['mass']! }));
    await expect(runNode(regressionNetNode, { params: number, inputs: wrong })).rejects.toThrow(/row 0/);
    await expect(runNode(regressionNetNode, { params: { ...number, label: 'species' }, inputs })).rejects.toThrow(
      /"species" .*holds text/,
    );
  });
});

test('a net of quantiles answers them in rising order, and as many truths lie below as they say', async () => {
  const quantiles = [0.1, 0.5, 0.9];
  const run = await runNode(quantileNetNode, { params: { ...number, quantiles }, inputs });
  const answers = (await answersOf(run)).map((answer) => Object.values(answer['quantiles'] as Record<string, number>));
  for (const row of answers) expect([...row].sort((a, b) => a - b)).toEqual(row);
  quantiles.forEach((q, k) => {
    const below = held.filter((row, i) => (row['mass'] as number) <= answers[i]![k]!).length / held.length;
    expect(Math.abs(below - q)).toBeLessThan(0.15);
  });
  expect(figuresOf(run)).toMatchObject({ crossing: 0, on: 'validation' });
  await expect(runNode(quantileNetNode, { params: { ...number, quantiles: [0.5, 0.1] }, inputs })).rejects.toThrow(
    /rising/,
  );
});

test('a net of any number of classes learns each of them', async () => {
  const run = await runNode(multiLabelNetNode, { params: { ...quick, label: 'traits' }, inputs });
  const answers = await answersOf(run);
  const right = held.filter((row, i) => JSON.stringify([...(answers[i]!['labels'] as string[])].sort()) === JSON.stringify((JSON.parse(row['traits'] as string) as string[]).sort())); // prettier-ignore
  expect(figuresOf(run)['subsetAccuracy']).toBe(right.length / held.length);
  expect(figuresOf(run)['subsetAccuracy']).toBeGreaterThan(0.75);
  await expect(runNode(multiLabelNetNode, { params: { ...quick, label: 'species' }, inputs })).rejects.toThrow(
    /list of classes/,
  );
});

describe('training that is cut anywhere', () => {
  const params = {
    label: 'species',
    units: 8,
    layers: 1,
    epochs: 3,
    batchSize: 9,
    dropout: 0.2,
    optimizer: 'nadam',
    schedule: { name: 'plateau', patience: 1, minDelta: 0.2 },
    warmup: 0.5,
    lookEvery: 10,
    patience: 50,
    // At every chance.
    checkpointSeconds: 1e-9,
  };
  test('goes on from the middle of an epoch, with the bits of an undisturbed run', async () => {
    const undisturbed = await runNode(netNode, { params, inputs });
    const curves = JSON.parse(await undisturbed.outputs['curves']!.text('report.json')) as {
      curves: { step?: number; learningRate: number }[];
    };
    expect(new Set(curves.curves.map(({ learningRate }) => learningRate)).size).toBeGreaterThan(1);
    expect(curves.curves.map(({ step }) => step)).toEqual([10, 20, undefined, 10, 20, undefined, 10, 20, undefined]);
    const places = new Set<string>();
    for (const at of [3, 7, 12, 17]) {
      const store = new FileStore(join(folder, `cut${at}`));
      let calls = 0;
      const cut = (): void => {
        if (++calls === at) throw new Error('cut');
      };
      const { host: _, ...rest }: RunNodeOptions = { params, inputs, store };
      await expect(runNode(netNode, { ...rest, host: { onCheckpoint: cut } })).rejects.toThrow('cut');
      const resumed = await runNode(netNode, rest);
      places.add(resumed.log.find((line) => line.startsWith('taken up after'))!);
      for (const port of ['model', 'curves'] as const)
        expect(resumed.outputs[port]!.ref.digest).toBe(undisturbed.outputs[port]!.ref.digest);
    }
    expect([...places].filter((place) => /after step \d+ of epoch [123]/.test(place)).length).toBeGreaterThan(2);
  });

  test('of a schedule that depends on all epochs begins anew where there are more of them', async () => {
    const store = new FileStore(join(folder, 'more'));
    const cosine = { ...params, schedule: 'cosine', lookEvery: 0 };
    const trial = { number: 0, live: false, goesOn: true };
    const fewer = await runNode(netNode, { params: { ...cosine, epochs: 2 }, inputs, store, trial });
    const more = await runNode(netNode, { params: cosine, inputs, store, trial: { ...trial, from: fewer.key } });
    expect(more.log.join('\n')).toContain('training begins anew');
    const atOnce = await runNode(netNode, { params: cosine, inputs });
    expect(await digestOf(more)).toBe(await digestOf(atOnce));
  });
});

test('no tensor stays behind with everything on', async () => {
  const { tf } = await loadTensorflow({ threads: 1 });
  const before = tf.memory().numTensors;
  const during: number[] = [];
  await runNode(netNode, {
    params: {
      label: 'species',
      epochs: 6,
      units: 8,
      dropout: 0.1,
      optimizer: { name: 'rmsprop', centered: true, momentum: 0.5 },
      accumulate: 2,
      clipNorm: 1,
      clipValue: 0.5,
      l1: 1e-4,
      l2: 1e-4,
      focal: 2,
      schedule: 'plateau',
      lookEvery: 3,
    },
    inputs,
    host: { progress: () => void during.push(tf.memory().numTensors) },
  });
  expect(during.length).toBeGreaterThan(10);
  expect(new Set(during).size).toBe(1);
  expect(tf.memory().numTensors).toBe(before);
});
