import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openModel, taskType } from '../../../models/index.js';
import { ensureLightgbm } from '../../../setup/lightgbm.js';
import { FileStore } from '../../../store/files.js';
import {
  id,
  openTable,
  TABLE_FILE,
  type Database,
  sql,
  withDatabase,
  writeTable,
  type Sql,
  type TableOutput,
  type TableRow,
} from '@trainyard/tables';
import type { FittedTransform } from '@trainyard/transforms';
import { windowsNode } from '../../forecast/worker.js';
import { runNode, type NodeRun, type TestInput } from '../../../worker/testing/index.js';
import { naiveForecastNode } from './naive.js';
import { forecastTreesNode } from './trees.js';

interface Figures {
  readonly mae: number;
  readonly rmse: number;
  readonly smape: number;
  readonly mase: number;
}
interface Reference {
  readonly naive: Figures;
  readonly trees: Figures;
  readonly coverage: number;
  readonly scale: number;
  readonly windows: number;
  readonly first: { readonly point: number[][]; readonly low: number[][]; readonly high: number[][] };
}
const beside = (file: string): string => readFileSync(new URL(`./reference/${file}`, import.meta.url), 'utf8');
const monthly = readFileSync(new URL('../../../examples/from-raw/data/elnino.csv', import.meta.url), 'utf8');
const reference = JSON.parse(beside('elnino.json')) as Reference;
const [HORIZON, LAGS, HELD] = [6, 24, 120];
const label = 'temperature next';
const lags = Array.from({ length: LAGS }, (_, lag) => (lag === 0 ? 'temperature now' : `temperature -${lag}`));

const folder = mkdtempSync(join(tmpdir(), 'forecast-'));
afterAll(() => rmSync(folder, { recursive: true }));
let tables = 0;
/** The monthly temperatures, 1950 to 2010, changed by a query. */
const seriesOf = (query: Sql = sql`FROM given`): Promise<TableOutput> =>
  withDatabase({}, async (database) => {
    const rows: TableRow[] = monthly.trim().split('\n').slice(1).map((line) => {
      const [month = '', temperature] = line.split(',');
      return { month, temperature: Number(temperature) };
    }); // prettier-ignore
    await database.insert('read', [{ name: 'month', type: 'text' }, { name: 'temperature', type: 'number' }], rows); // prettier-ignore
    await database.run(sql`CREATE VIEW given AS SELECT * REPLACE (month::DATE AS month) FROM read`);
    return writeTable(database, query, folder, `series${tables++}`);
  });
/** A table that a node made, or one that stands in a file still. */
async function opened(database: Database, name: string, table: unknown): Promise<void> {
  const file = (table as Partial<TableOutput>).files?.[TABLE_FILE] as { readonly path: string } | undefined;
  if (!file) return void (await openTable(database, name, table as Parameters<typeof openTable>[2]));
  const { path } = file;
  await database.run(sql`CREATE VIEW ${id(name)} AS FROM read_parquet(${path})`);
}
const part = (windows: TestInput, query: Sql): Promise<TableOutput> =>
  withDatabase({}, async (database) => {
    await opened(database, 'windows', windows);
    return writeTable(database, query, folder, `part${tables++}`);
  });
const rowsOf = (table: unknown): Promise<TableRow[]> =>
  withDatabase({}, async (database) => {
    await opened(database, 'rows', table);
    return database.rows<TableRow>(sql`FROM rows`);
  });

const params = { time: 'month', value: 'temperature', horizon: HORIZON, lags: LAGS, season: 12 };
const passed: FittedTransform = {
  format: 'trainyard.transform/2',
  rows: 1,
  steps: lags.map((column) => ({ kind: 'pass', column, type: 'number' })),
};
const prep = { files: { 'transform.json': JSON.stringify(passed) } };
let made: NodeRun;
let inputs: { train: TableOutput; validation: TableOutput; prep: typeof prep };
beforeAll(async () => {
  await ensureLightgbm();
  made = await runNode(windowsNode, { params, inputs: { table: await seriesOf() } });
  const all = reference.windows;
  const numbered = sql`(SELECT *, row_number() OVER (ORDER BY month) - 1 AS place FROM windows)`;
  const windows = made.outputs['windows']! as unknown as TestInput;
  inputs = {
    // Before the held origins as many are left out as a forecast looks ahead.
    train: await part(
      windows,
      sql`SELECT * EXCLUDE (place) FROM ${numbered} WHERE place < ${BigInt(all - HELD - HORIZON)} ORDER BY month`,
    ),
    validation: await part(
      windows,
      sql`SELECT * EXCLUDE (place) FROM ${numbered} WHERE place >= ${BigInt(all - HELD)} ORDER BY month`,
    ),
    prep,
  };
});

const figuresOf = (run: NodeRun) => run.outputs['figures']!.value as unknown as Figures & { coverage: number | null };
const grown = { learning_rate: 0.05, num_leaves: 7, num_iterations: 60, segment: 0, season: 12 };

describe('forecast.windows', () => {
  test('holds for each origin what was known then, and the values that followed', async () => {
    const rows = await rowsOf(made.outputs['windows']);
    const series = (await rowsOf(await seriesOf())).map((row) => row['temperature'] as number);
    expect(made.outputs['report']!.value).toMatchObject({ series: 1, windows: reference.windows });
    expect((made.outputs['report']!.value as { scale: number }).scale).toBeCloseTo(reference.scale, 12);
    rows.forEach((row, i) => {
      const origin = i + LAGS - 1;
      expect(lags.map((name) => row[name])).toEqual(Array.from({ length: LAGS }, (_, lag) => series[origin - lag]));
      expect(JSON.parse(row[label] as string)).toEqual(series.slice(origin + 1, origin + 1 + HORIZON));
    });
  });

  test('does not change when what comes after an origin does: nothing of the future is in a row', async () => {
    const other = sql`SELECT month, CASE WHEN month > DATE '2000-01-01' THEN -1000 ELSE temperature END AS temperature FROM given`;
    const changed = await runNode(windowsNode, { params, inputs: { table: await seriesOf(other) } });
    const known = (all: readonly TableRow[]): unknown[] =>
      all.filter((row) => String(row['month']) <= '2000-01-01').map(({ [label]: _, ...rest }) => rest);
    const before = known(await rowsOf(made.outputs['windows']));
    expect(before.length).toBeGreaterThan(500);
    expect(known(await rowsOf(changed.outputs['windows']))).toEqual(before);
  });

  test('takes several series, covariates of the past and of steps ahead, rolling origins, and the moment that is asked about', async () => {
    const two = sql`SELECT 'a' AS place, *, temperature * 2 AS wind, month(month) AS price FROM given WHERE month < DATE '1953-01-01'
      UNION ALL SELECT 'b', *, temperature * 3, 7 FROM given WHERE month < DATE '1952-01-01'`;
    const table = await seriesOf(two);
    const asked = {
      time: 'month',
      value: 'temperature',
      key: 'place',
      horizon: 2,
      lags: 3,
      past: ['wind'],
      known: ['price'],
    };
    const every = await rowsOf(
      (await runNode(windowsNode, { params: { ...asked, every: 6 }, inputs: { table } })).outputs['windows'],
    );
    expect(every.filter((row) => row['place'] === 'a').map((row) => String(row['month']).slice(0, 7))).toEqual([
      '1950-04', '1950-10', '1951-04', '1951-10', '1952-04', '1952-10',
    ]); // prettier-ignore
    const first = every[0]!;
    expect(first['wind -2']).toBe(2 * (first['temperature -2'] as number));
    expect([first['price +1'], first['price +2']]).toEqual([5, 6]);
    const ahead = sql`FROM (${two}) UNION ALL SELECT place, max(month) + INTERVAL 1 MONTH, NULL, NULL, 9 FROM (${two}) GROUP BY place
      UNION ALL SELECT place, max(month) + INTERVAL 2 MONTH, NULL, NULL, 8 FROM (${two}) GROUP BY place`;
    const future = await runNode(windowsNode, {
      params: { ...asked, future: true },
      inputs: { table: await seriesOf(ahead) },
    });
    const rows = await rowsOf(future.outputs['windows']);
    expect(
      rows.map((row) => [row['place'], String(row['month']).slice(0, 7), row['price +1'], row['price +2']]),
    ).toEqual([
      ['b', '1951-12', 9, 8],
      ['a', '1952-12', 9, 8],
    ]);
    expect(rows[0]).not.toHaveProperty(label);
  });

  test('refuses a moment that stands twice, one that is missing, a value that is none, and a series that is too short', async () => {
    const refused = async (query: Sql, more = {}): Promise<unknown> =>
      runNode(windowsNode, { params: { ...params, ...more }, inputs: { table: await seriesOf(query) } });
    await expect(refused(sql`FROM given UNION ALL FROM given LIMIT 800`)).rejects.toThrow('stands twice');
    await expect(refused(sql`FROM given WHERE month <> DATE '1980-03-01'`)).rejects.toThrow(
      /others are missing[\s\S]*1980-04-01/,
    );
    await expect(
      refused(
        sql`SELECT month, CASE WHEN month = DATE '1980-03-01' THEN NULL ELSE temperature END AS temperature FROM given`,
      ),
    ).rejects.toThrow(/no number[\s\S]*1980-03-01/);
    await expect(refused(sql`FROM given LIMIT 20`)).rejects.toThrow('enough history');
    await expect(refused(sql`SELECT month::VARCHAR AS month, temperature FROM given`)).rejects.toThrow('not times');
  });

  const short = (value: string, more = sql``) =>
    sql`SELECT DATE '2000-01-01' + (i * INTERVAL 1 DAY) AS month, ${value === '' ? sql`i::DOUBLE` : sql`CASE WHEN i = ${BigInt(value)} THEN NULL ELSE i::DOUBLE END`} AS temperature, i % 2 AS price
      FROM range(12) AS r(i) ${more}`;
  const ahead = (price: string, count = 3) =>
    sql`UNION ALL SELECT DATE '2000-01-13' + (i * INTERVAL 1 DAY), NULL, CASE WHEN i = ${BigInt(price)} THEN NULL ELSE 1 END FROM range(${BigInt(count)}) AS r(i)`;
  const few = { lags: 4, horizon: 3, season: 1, known: ['price'] };
  const asked = async (query: Sql, more = {}): Promise<NodeRun> =>
    runNode(windowsNode, {
      params: { ...params, ...few, future: true, ...more },
      inputs: { table: await seriesOf(query) },
    });

  test('asked about the future, a gap in the history was taken for a moment ahead', async () => {
    await expect(asked(short('9', ahead('7')))).rejects.toThrow(/"temperature" has no number[\s\S]*2000-01-10/);
  });

  test('asked about the future, what is known ahead could be missing', async () => {
    await expect(asked(short(''))).rejects.toThrow(/"price" has no number 1 ahead[\s\S]*2000-01-12/);
    await expect(asked(short('', ahead('7', 2)))).rejects.toThrow(/"price" has no number 3 ahead/);
    await expect(asked(short('', ahead('1')))).rejects.toThrow(/"price" has no number 2 ahead/);
    const whole = await asked(short('', ahead('7')));
    expect(await rowsOf(whole.outputs['windows'])).toMatchObject([{ 'temperature now': 11, 'price +3': 1 }]);
    expect(whole.outputs['report']!.value).toMatchObject({ windows: 1, left: 0 });
  });

  test('origins that were skipped were counted as left out for want of history or truth', async () => {
    // Of 12 moments, 3 have too little before them and 3 behind.
    for (const [every, windows] of [[1, 6], [3, 2]] as const) // prettier-ignore
      expect((await asked(short(''), { future: false, every })).outputs['report']!.value).toMatchObject({ windows, left: 6 }); // prettier-ignore
  });
});

const expectFigures = (run: NodeRun, expected: Figures): void => {
  for (const [name, value] of Object.entries(expected))
    expect(figuresOf(run)[name as keyof Figures], name).toBeCloseTo(value, 9);
};

describe('forecasters', () => {
  test("the seasonal naive forecast has sktime's figures", async () => {
    const run = await runNode(naiveForecastNode, { params: { label, season: 12, scale: reference.scale }, inputs });
    expectFigures(run, reference.naive);
    expect(figuresOf(run).coverage).toBeNull();
    const plain = await runNode(naiveForecastNode, { params: { label, scale: reference.scale }, inputs });
    expect(figuresOf(plain).mase).toBeGreaterThan(figuresOf(run).mase);
  });

  test("boosted trees forecast as LightGBM's Python package on the same lags, better than the naive forecast, with quantiles", async () => {
    const asked = { ...grown, label, scale: reference.scale, quantiles: [0.1, 0.9] };
    const run = await runNode(forecastTreesNode, { params: asked, inputs });
    expectFigures(run, reference.trees);
    expect(figuresOf(run).coverage).toBe(reference.coverage);
    expect(figuresOf(run).mase).toBeLessThan(0.91 * reference.naive.mase);
    const model = await openModel(run.outputs['model']!);
    const held = await rowsOf(inputs.validation);
    const rows = held.slice(0, 3).map((row) => Object.fromEntries(lags.map((name) => [name, row[name] as number])));
    // History in, horizon out.
    const answers = await model.predict(rows);
    answers.forEach((answer, i) => {
      const { point, low, high } = reference.first;
      const { values, quantiles } = answer as unknown as { values: number[]; quantiles: Record<string, number[]> };
      values.forEach((value, step) => expect(value).toBeCloseTo(point[i]![step]!, 9));
      quantiles['0.1']!.forEach((value, step) => expect(value).toBeCloseTo(low[i]![step]!, 9));
      quantiles['0.9']!.forEach((value, step) => expect(value).toBeCloseTo(high[i]![step]!, 9));
    });
    const { task } = model.card;
    const names = taskType(task)
      .tensors(task)
      .map(({ name }) => name);
    expect(names).toEqual(['values', 'quantile 0.1', 'quantile 0.9']);
    expect(Object.keys(taskType(task).values(answers[0], task))).toEqual(names);
    await model.dispose();
  });

  test('resumed in the middle, forecasting trees are those of an undisturbed run', async () => {
    const asked = { ...grown, label, num_iterations: 20, segment: 5, bagging_freq: 1, bagging_fraction: 0.7 };
    const calm = await runNode(forecastTreesNode, { params: asked, inputs });
    const store = new FileStore(join(folder, 'cut'));
    let told = 0;
    const onCheckpoint = (): void => {
      if (++told === 9) throw new Error('cut');
    };
    await expect(runNode(forecastTreesNode, { params: asked, inputs, store, host: { onCheckpoint } })).rejects.toThrow(
      'cut',
    );
    const resumed = await runNode(forecastTreesNode, { params: asked, inputs, store });
    expect(resumed.log.join('\n')).toContain('taken up after iteration');
    expect(resumed.outputs['model']!.ref.digest).toBe(calm.outputs['model']!.ref.digest);
  });

  test('a label that is no list, lists of unequal length and a season without its lags are refused', async () => {
    const train = (query: Sql) => part(inputs.train as unknown as TestInput, query);
    const refused = async (query: Sql, more = {}): Promise<unknown> =>
      runNode(naiveForecastNode, { params: { label, ...more }, inputs: { train: await train(query), prep } });
    await expect(refused(sql`SELECT * REPLACE ('warm' AS ${id(label)}) FROM windows`)).rejects.toThrow(
      'no list of the values',
    );
    const shorter = sql`SELECT * REPLACE (CASE WHEN row_number() OVER () = 5 THEN '[1]' ELSE ${id(label)} END AS ${id(label)}) FROM windows`;
    await expect(refused(shorter)).rejects.toThrow(/row 4[\s\S]*6 numbers/);
    await expect(refused(sql`FROM windows`, { season: 30 })).rejects.toThrow(/"temperature -29"[\s\S]*30 lags/);
  });
});
