import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { randomFrom } from '@trainyard/numeric';
import type { TableRow } from '@trainyard/tables';
import { openModel } from '../../../models/index.js';
import { FileStore } from '../../../store/files.js';
import { runNode, type NodeRun } from '../../../worker/testing/index.js';
import { fitFeaturesNode } from '../../features/worker.js';
import { tablesIn } from '../table-of.test-part.js';
import { layeredNetNode, layeredRegressionNetNode } from '../worker.js';
import { figuresOf, recorded, type Inputs } from './layered.test-part.js';

const folder = mkdtempSync(join(tmpdir(), 'categories-'));
afterAll(() => rmSync(folder, { recursive: true }));
const tableOf = tablesIn(folder);

/** What a row is worth follows from its town, in no order of the towns, and from a number. */
const random = randomFrom(5);
const worth = Array.from({ length: 24 }, () => random.uniform() * 10);
const rows: TableRow[] = Array.from({ length: 900 }, (_, i) => {
  const town = random.integer(24);
  const size = random.uniform();
  return { _row: `row ${i}`, town: i % 45 === 0 ? null : `town ${town}`, size, price: worth[town]! + 3 * size, dear: worth[town]! > 5 ? 'yes' : 'no' }; // prettier-ignore
});
const column = (recipe: object) => ({ numeric: ['size'], rest: 'drop', ...recipe });
const coded = column({ categorical: [{ column: 'town', encode: 'ordinal' }] });

let tables: Pick<Inputs, 'train' | 'validation'>;
beforeAll(async () => {
  tables = {
    train: await tableOf('train', rows.filter((_, i) => i % 4 !== 0)), // prettier-ignore
    validation: await tableOf('validation', rows.filter((_, i) => i % 4 === 0)), // prettier-ignore
  };
});
async function inputsWith(recipe: object): Promise<Inputs> {
  const fitted = await runNode(fitFeaturesNode, { params: { recipe }, inputs: { table: tables['train']! } });
  const text = await fitted.outputs['transform']!.text('transform.json');
  return { ...tables, prep: { files: { 'transform.json': text } } };
}
const dense = { preset: 'dense', units: [32] };
const params = { label: 'price', epochs: 40, batchSize: 45, learningRate: 0.01, patience: 40, schedule: 'cosine' };
const scoreOf = async (run: NodeRun, given: TableRow[]): Promise<number[]> => {
  const model = await openModel(run.outputs['model']!);
  const answers = [...(await model.score(given as never))];
  await model.dispose();
  return answers;
};

describe('categories beside numbers in a dense net', () => {
  test('are learned as vectors where their codes as numbers say nothing', async () => {
    const inputs = await inputsWith(coded);
    const run = await runNode(layeredRegressionNetNode, { params: { ...params, model: dense }, inputs });
    expect(run.log.join('\n')).toMatch(recorded);
    const asNumbers = await runNode(layeredRegressionNetNode, {
      params: { ...params, model: [{ layer: 'dense', units: 32 }] },
      inputs,
    });
    expect(figuresOf(run)['r2']).toBeGreaterThan(0.95);
    expect(figuresOf(asNumbers)['r2']).toBeLessThan(0.5);

    // As served: a row alone and in a batch, and a town that training never saw has a vector of its own that was learned.
    const asked: TableRow[] = [
      { town: 'town 3', size: 0.5 },
      { town: 'elsewhere', size: 0.5 },
      { town: 'nowhere', size: 0.5 },
      { town: null, size: 0.5 },
    ];
    const together = await scoreOf(run, asked);
    const alone = await Promise.all(asked.map(async (one) => (await scoreOf(run, [one]))[0]));
    expect(together).toEqual(alone);
    const [known, unknown, other, missing] = together as [number, number, number, number];
    expect(Math.abs(known - (worth[3]! + 1.5))).toBeLessThan(1);
    expect(other).toBe(unknown);
    expect(missing).not.toBe(unknown);
    const mean = worth.reduce((sum, one) => sum + one / worth.length, 0) + 1.5;
    expect(Math.abs(unknown - mean)).toBeLessThan(3);
  });

  test('may be passed on as they are; a number may not', async () => {
    const passed = await inputsWith(column({ pass: ['town'] }));
    const classes = { ...params, label: 'dear', epochs: 10, model: dense };
    const run = await runNode(layeredNetNode, { params: classes, inputs: passed });
    expect(figuresOf(run)['accuracy']).toBeGreaterThan(0.9);
    const numbers = await inputsWith({ pass: ['town', 'size'], rest: 'drop' });
    await expect(runNode(layeredNetNode, { params: classes, inputs: numbers })).rejects.toThrow(
      /passes "size" on as it is[\s\S]*make it numeric/,
    );
    const model = [{ layer: 'categories', columns: [{ at: 1, codes: 9 }] }];
    const inputs = await inputsWith(coded);
    await expect(runNode(layeredNetNode, { params: { ...classes, model }, inputs })).rejects.toThrow(
      /feature 1, "size", holds no codes/,
    );
  });
});

describe('batch normalisation', () => {
  test('moves its statistics with the steps, and a training that was cut ends with the bits of an undisturbed one', async () => {
    const inputs = await inputsWith(coded);
    const model = { ...dense, units: [16, 8], normalise: 'batch', dropout: 0.1 };
    const cut = {
      ...params,
      epochs: 3,
      accumulate: 2,
      clipNorm: 1,
      optimizer: 'adamw',
      model,
      checkpointSeconds: 1e-9,
    };
    const undisturbed = await runNode(layeredRegressionNetNode, { params: cut, inputs });
    expect(undisturbed.log.join('\n')).toMatch(recorded);
    const store = new FileStore(join(folder, 'cut'));
    let calls = 0;
    const onCheckpoint = (): void => {
      if (++calls === 3) throw new Error('cut');
    };
    await expect(
      runNode(layeredRegressionNetNode, { params: cut, inputs, store, host: { onCheckpoint } }),
    ).rejects.toThrow('cut');
    const resumed = await runNode(layeredRegressionNetNode, { params: cut, inputs, store });
    expect(resumed.log.join('\n')).toMatch(/taken up after step \d+ of epoch [123]/);
    expect(resumed.outputs['model']!.ref.digest).toBe(undisturbed.outputs['model']!.ref.digest);
  });

  test('learns, and is served by its moving statistics', async () => {
    const inputs = await inputsWith(coded);
    const model = { ...dense, normalise: 'batch' };
    const run = await runNode(layeredRegressionNetNode, { params: { ...params, model }, inputs });
    expect(figuresOf(run)['r2']).toBeGreaterThan(0.95);
  });
});
