import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openTable, sql, withDatabase, writeTable, type Sql, type TableOutput, type TableRow } from '@trainyard/tables';
import type { FittedTransform } from '@trainyard/transforms';
import { openModel } from '../../../models/index.js';
import { FileStore } from '../../../store/files.js';
import { runNode, type NodeRun, type TestInput } from '../../../worker/testing/index.js';
import { windowsNode } from '../../forecast/worker.js';
import { forecastNetNode } from './net.js';

/** The monthly temperatures of the sea, 1950 to 2010; the last ten years are held out, as in forecast.real.test.ts. */
const monthly = readFileSync(new URL('../../../examples/from-raw/data/elnino.csv', import.meta.url), 'utf8');
const reference = JSON.parse(readFileSync(new URL('reference/elnino.json', import.meta.url), 'utf8')) as {
  readonly naive: { readonly mase: number };
  readonly scale: number;
  readonly windows: number;
};
const [HORIZON, LAGS, HELD] = [6, 24, 120];
const label = 'temperature next';
const lags = Array.from({ length: LAGS }, (_, lag) => (lag === 0 ? 'temperature now' : `temperature -${lag}`));
const folder = mkdtempSync(join(tmpdir(), 'forecast-net-'));
afterAll(() => rmSync(folder, { recursive: true }));

const passed: FittedTransform = {
  format: 'trainyard.transform/2',
  rows: 1,
  steps: lags.map((column) => ({ kind: 'pass', column, type: 'number' })),
};
const prep = { files: { 'transform.json': JSON.stringify(passed) } };
let inputs: { train: TableOutput; validation: TableOutput; prep: typeof prep };
let held: TableRow[];
beforeAll(async () => {
  const series = await withDatabase({}, async (database) => {
    const rows = monthly.trim().split('\n').slice(1).map((line) => {
      const [month = '', temperature] = line.split(',');
      return { month, temperature: Number(temperature) };
    }); // prettier-ignore
    await database.insert('read', [{ name: 'month', type: 'text' }, { name: 'temperature', type: 'number' }], rows); // prettier-ignore
    return writeTable(database, sql`SELECT * REPLACE (month::DATE AS month) FROM read`, folder, 'series');
  });
  const params = { time: 'month', value: 'temperature', horizon: HORIZON, lags: LAGS, season: 12 };
  const made = await runNode(windowsNode, { params, inputs: { table: series } });
  const windows = made.outputs['windows']! as unknown as TestInput;
  const part = (name: string, where: Sql): Promise<TableOutput> =>
    withDatabase({}, async (database) => {
      await openTable(database, 'windows', windows as never);
      const numbered = sql`(SELECT *, row_number() OVER (ORDER BY month) - 1 AS place FROM windows)`;
      if (name === 'validation')
        held = await database.rows<TableRow>(
          sql`SELECT * EXCLUDE (place) FROM ${numbered} WHERE ${where} ORDER BY month`,
        );
      return writeTable(
        database,
        sql`SELECT * EXCLUDE (place) FROM ${numbered} WHERE ${where} ORDER BY month`,
        folder,
        name,
      );
    });
  inputs = {
    train: await part('train', sql`place < ${BigInt(reference.windows - HELD - HORIZON)}`),
    validation: await part('validation', sql`place >= ${BigInt(reference.windows - HELD)}`),
    prep,
  };
});

const figuresOf = (run: NodeRun) => run.outputs['figures']!.value as { mase: number; coverage: number | null };
const asked = { label, season: 12, scale: reference.scale, epochs: 30, learningRate: 0.003, schedule: 'cosine' };
const recorded = /steps at a time run as one recorded graph, equal bit for bit/;

describe('a net that forecasts', () => {
  for (const [name, model, more] of [
    ['a dense net', { preset: 'dense', units: [32], dropout: 0.2 }, {}],
    ['an LSTM', { preset: 'recurrent', units: 16, dropout: 0 }, { learningRate: 0.01 }],
    ['convolutions that look back', { preset: 'tcn', filters: 16, blocks: 3 }, {}],
  ] as const)
    test(`is better than the seasonal naive forecast on a real series: ${name}`, async () => {
      const run = await runNode(forecastNetNode, { params: { ...asked, ...more, model }, inputs });
      expect(run.log.join('\n')).toMatch(recorded);
      expect(figuresOf(run).mase).toBeLessThan(0.98 * reference.naive.mase);
    });

  test('answers quantiles in rising order, a row alone as among others, and takes what is missing', async () => {
    const params = { ...asked, quantiles: [0.1, 0.9], model: { preset: 'dense', units: [32] }, epochs: 20 };
    const run = await runNode(forecastNetNode, { params, inputs });
    expect(figuresOf(run).coverage).toBeGreaterThan(0.6);
    const model = await openModel(run.outputs['model']!);
    const rows = held
      .slice(0, 5)
      .map((row) => Object.fromEntries(lags.map((name) => [name, row[name] as number | null])));
    rows.push({ ...rows[0]!, 'temperature -7': null, 'temperature -11': null });
    const answers = (await model.predict(rows)) as unknown as {
      values: number[];
      quantiles: Record<string, number[]>;
    }[];
    for (const [i, { values, quantiles }] of answers.entries()) {
      expect(values).toHaveLength(HORIZON);
      quantiles['0.1']!.forEach((low, step) => expect(low).toBeLessThanOrEqual(quantiles['0.9']![step]!));
      expect(await model.predict([rows[i]!])).toEqual([answers[i]]);
    }
    await model.dispose();
  });

  test('cut within an epoch ends with the bits of an undisturbed run', async () => {
    const params = { ...asked, epochs: 2, model: { preset: 'tcn', filters: 8, blocks: 2 }, checkpointSeconds: 1e-9 };
    const calm = await runNode(forecastNetNode, { params, inputs });
    const store = new FileStore(join(folder, 'cut'));
    let calls = 0;
    const onCheckpoint = (): void => {
      if (++calls === 3) throw new Error('cut');
    };
    await expect(runNode(forecastNetNode, { params, inputs, store, host: { onCheckpoint } })).rejects.toThrow('cut');
    const resumed = await runNode(forecastNetNode, { params, inputs, store });
    expect(resumed.log.join('\n')).toMatch(/taken up after step \d+ of epoch [12]/);
    expect(resumed.outputs['model']!.ref.digest).toBe(calm.outputs['model']!.ref.digest);
  });

  test('of steps over features that are no sequence of lags is refused', async () => {
    const [first, , ...others] = passed.steps;
    const gap = { files: { 'transform.json': JSON.stringify({ ...passed, steps: [first, ...others] }) } };
    const params = { ...asked, difference: 'none', model: { preset: 'tcn' } };
    await expect(runNode(forecastNetNode, { params, inputs: { ...inputs, prep: gap } })).rejects.toThrow(
      /no sequence of lags[\s\S]*preset dense/,
    );
  });
});
