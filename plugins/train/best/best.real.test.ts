import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sql, withDatabase, writeTable, type TableOutput } from '@trainyard/tables';
import { ensureLightgbm } from '../../../setup/lightgbm.js';
import { openModel } from '../../../models/index.js';
import { FileStore } from '../../../store/index.js';
import { runNode, type NodeRun } from '../../../worker/testing/index.js';
import { penguins } from '../trees/penguins.test-part.js';
import type { BestRecord } from './contract.js';
import { bestNode } from './train.js';

const folder = mkdtempSync(join(tmpdir(), 'best-'));
const NUMBERS = ['bill_length_mm', 'bill_depth_mm', 'flipper_length_mm', 'body_mass_g'];
let table: TableOutput;

/** The penguins with their identity; a few measures are missing. */
beforeAll(async () => {
  await ensureLightgbm();
  table = await withDatabase({}, async (database) => {
    const columns = ['_row', 'species', 'island', ...NUMBERS].map((name) => ({
      name,
      type: NUMBERS.includes(name) ? ('number' as const) : ('text' as const),
    }));
    const rows = penguins.map((row, i) =>
      Object.fromEntries(
        columns.map(({ name, type }) => [
          name,
          name === '_row' ? `row ${i}` : row[name] === 'NA' ? null : type === 'number' ? Number(row[name]) : row[name]!,
        ]),
      ),
    );
    await database.insert('given', columns, rows);
    return writeTable(database, sql`FROM given`, folder, 'penguins');
  });
}, 60_000);
afterAll(() => rmSync(folder, { recursive: true }));

const quick = { target: 'species', trials: 3, folds: 2, learners: ['boosting', 'logistic'] };
const digestOf = (run: NodeRun) => run.outputs['model']!.ref.digest;
const recordOf = (run: NodeRun) => run.outputs['record']!.value as BestRecord;
interface Board {
  readonly ensemble: number;
  readonly single: number;
  readonly baseline: number;
  readonly candidates: readonly { readonly weight: number }[];
  readonly time: {
    readonly budget: number;
    readonly spent: number;
    readonly stages: readonly { readonly seconds: number }[];
  };
}
const boardOf = (run: NodeRun) => run.outputs['leaderboard']!.value as Board;
let whole: NodeRun;

describe('by trials', () => {
  beforeAll(async () => {
    whole = await runNode(bestNode, { params: quick, inputs: { table } });
  }, 60_000);

  test('learns real classes, far better than the baseline, and its model answers rows with what is missing', async () => {
    const { ensemble, single, baseline, candidates } = boardOf(whole);
    expect(ensemble).toBeLessThanOrEqual(single);
    expect(single).toBeLessThan(baseline / 5);
    expect(candidates.reduce((sum, { weight }) => sum + weight, 0)).toBeCloseTo(1, 10);
    expect(whole.outputs['figures']!.value).toMatchObject({ on: 'folds', n: penguins.length, metric: 'logLoss' });
    await using model = { ...(await openModel(whole.outputs['model']!)), [Symbol.asyncDispose]: async () => undefined };
    const asked = {
      island: 'Biscoe',
      bill_length_mm: 47,
      bill_depth_mm: null,
      flipper_length_mm: 220,
      body_mass_g: 5200,
    };
    const [answer] = await model.predict([asked]);
    expect(answer).toMatchObject({ label: 'Gentoo' });
    expect(model.card).toMatchObject({ kind: 'ensemble', metrics: { folds: { n: penguins.length } } });
  });

  test('its record alone gives the same model, byte for byte, and so does the search killed half-way and taken up', async () => {
    const again = await runNode(bestNode, {
      params: { target: 'species', folds: 2 },
      inputs: { table, record: { value: recordOf(whole) } },
    });
    expect(recordOf(again)).toEqual(recordOf(whole));
    // The card says the parameters of the call: of the two calls they differ in the learners that may be tried.
    const files = (run: NodeRun) => run.outputs['model']!.files;
    for (const file of files(whole).filter((name) => name !== 'model.json'))
      expect(await again.outputs['model']!.text(file), file).toBe(await whole.outputs['model']!.text(file));

    // A record made by the clock: boosting was cut.
    const [first, ...rest] = recordOf(whole).candidates;
    const boosted = rest.find(({ learner }) => learner === 'boosting')!;
    const cut = { ...recordOf(whole), candidates: [first!, { ...boosted, rounds: [4, null] }] };
    const short = await runNode(bestNode, {
      params: { target: 'species', folds: 2 },
      inputs: { table, record: { value: cut } },
    });
    expect(recordOf(short)).toEqual(cut);

    const store = new FileStore(join(folder, 'killed'));
    const kill = new AbortController();
    const killed = runNode(bestNode, {
      params: quick,
      inputs: { table },
      store,
      host: {
        signal: kill.signal,
        report: (finished) => finished === 3 && kill.abort(new Error('killed')),
      },
    });
    await expect(killed).rejects.toThrow('killed');
    const resumed = await runNode(bestNode, { params: quick, inputs: { table }, store });
    expect(resumed.log.some((line) => /taken up after [12] candidates/.test(line))).toBe(true);
    expect(digestOf(resumed)).toBe(digestOf(whole));
    expect(recordOf(resumed)).toEqual(recordOf(whole));
  }, 60_000);
});

test('numbers by minutes, or trials where they come first: the budget holds, members are trained again on all rows, and a table of its own judges', async () => {
  const began = performance.now();
  const minutes = 0.2;
  const run = await runNode(bestNode, {
    params: { target: 'body_mass_g', minutes, trials: 5, folds: 2, refit: true, learners: ['boosting', 'forest'] },
    inputs: { table: await complete(), validation: await complete() },
  });
  expect(performance.now() - began).toBeLessThan(minutes * 60_000 + 2000);
  const { time, ensemble, baseline } = boardOf(run);
  expect(time.spent).toBeLessThan(time.budget);
  expect(time.stages.reduce((sum, { seconds }) => sum + seconds, 0)).toBeGreaterThan(0.9 * time.spent);
  expect(ensemble).toBeLessThan(baseline / 2);
  expect(recordOf(run).refitted?.length).toBeGreaterThan(0);
  expect(run.outputs['figures']!.value).toMatchObject({ on: 'validation', metric: 'rmse' });
}, 60_000);

async function complete(): Promise<TableOutput> {
  return withDatabase({}, async (database) => {
    await database.view('penguins', table.files['data.parquet'].path);
    return writeTable(database, sql`SELECT * FROM penguins WHERE body_mass_g IS NOT NULL`, folder, 'complete');
  });
}
