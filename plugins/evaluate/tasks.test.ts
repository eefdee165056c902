import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { ModelTask, TaskName } from '../../models/index.js';
import type { TableRow } from '@trainyard/tables';
import { runNode } from '../../worker/testing/index.js';
import { modelFor, tableOf, told } from './told.test-part.js';
import type { FinalFigures } from './contract.js';
import { challengeNode, finalNode } from './worker.js';

interface Case {
  readonly name: string;
  readonly expected: Readonly<Record<string, number>>;
  readonly task: ModelTask;
  readonly columns: readonly string[];
  readonly rows: readonly TableRow[];
  /** A chart or table that the report has. */
  readonly shows: string;
}

// Figures that scikit-learn and utilsforecast give for these answers (see the script beside them).
const reference = JSON.parse(
  readFileSync(new URL('../../packages/metrics/src/reference/task-reference.json', import.meta.url), 'utf8'),
);
/** Rows of a table: identity, slice and label, and what the model will answer, `width` numbers a row. */
function rowsOf(labels: readonly (string | number)[], numbers: readonly number[]): [string[], TableRow[]] {
  const width = numbers.length / labels.length;
  const columns = Array.from({ length: width }, (_, k) => `a${k}`);
  const rows = labels.map((y, i) => ({
    _row: `r${i}`,
    half: i % 2 === 0 ? 'even' : 'odd',
    y,
    ...Object.fromEntries(columns.map((name, k) => [name, numbers[i * width + k]!])),
  }));
  return [columns, rows];
}
const classes = (count: number): string[] => Array.from({ length: count }, (_, k) => `c${k}`);
const builders: { [Type in Exclude<TaskName, 'classification'>]: () => Case } = {
  regression: () => {
    const { expected, truth, predicted } = reference.regression[0];
    const [columns, rows] = rowsOf(truth, predicted);
    const task: ModelTask = { type: 'regression', label: 'y', unit: 'EUR' };
    return { name: 'regression', expected, task, columns, rows, shows: 'Residuals by prediction' };
  },
  quantiles: () => {
    const { expected, truth, predicted, quantiles } = reference.quantiles[1];
    const [columns, rows] = rowsOf(truth, predicted);
    const task: ModelTask = { type: 'quantiles', label: 'y', quantiles };
    return { name: 'quantiles', expected, task, columns, rows, shows: 'Share at or below each quantile' };
  },
  forecasting: () => {
    const { expected, truth, predicted, horizon } = reference.forecasting[1];
    const [columns, rows] = rowsOf(
      truth.map((values: number[]) => JSON.stringify(values)),
      predicted,
    );
    const task: ModelTask = { type: 'forecasting', label: 'y', horizon };
    return { name: 'forecasting', expected, task, columns, rows, shows: 'Mean absolute error by step' };
  },
  'multi-label': () => {
    const { expected, truth, probabilities, classes: count } = reference['multi-label'][0];
    const names = classes(count);
    const labels = truth.map((row: number[]) => JSON.stringify(names.filter((_, k) => row[k])));
    const [columns, rows] = rowsOf(labels, probabilities);
    const task: ModelTask = { type: 'multi-label', label: 'y', classes: names, thresholds: names.map(() => 0.5) };
    return { name: 'multi-label', expected, task, columns, rows, shows: 'Classes' };
  },
  ranking: () => {
    const { expected, groups } = reference.ranking[1];
    const all = groups as { relevance: number[]; scores: number[] }[];
    const [columns, rows] = rowsOf(
      all.flatMap(({ relevance }) => relevance),
      all.flatMap(({ scores }) => scores),
    );
    const names = all.flatMap(({ scores }, g) => scores.map(() => `query ${g}`));
    const task: ModelTask = { type: 'ranking', label: 'y', group: 'query' };
    const grouped = rows.map((row, i) => ({ ...row, query: names[i]! }));
    return { name: 'ranking', expected, task, columns, rows: grouped, shows: 'Groups' };
  },
  embedding: () => {
    const { expected, labels, vectors, size } = reference.embedding[1];
    const [columns, rows] = rowsOf(labels, vectors);
    const task: ModelTask = { type: 'embedding', size, label: 'y' };
    return { name: 'embedding', expected, task, columns, rows, shows: 'Recall by neighbours' };
  },
};

const at = (value: unknown, path: string): unknown =>
  path.split('.').reduce((inner, name) => (inner as Record<string, unknown>)[name], value);
const evaluate = async (
  task: ModelTask,
  columns: readonly string[],
  rows: readonly TableRow[],
  slices: string[] = [],
) =>
  runNode(finalNode, {
    params: { slices, resamples: 100 },
    inputs: { model: await modelFor(task, columns, rows), test: await tableOf(rows) },
    parts: [told],
  });

describe('the final evaluation measures what the task is measured by', () => {
  for (const build of Object.values(builders)) {
    const { name, expected, task, columns, rows, shows } = build();
    test(`${name}, with the figures of another library, and their intervals`, async () => {
      const run = await evaluate(task, columns, rows, task.type === 'ranking' ? [] : ['half']);
      const value = run.output.value as FinalFigures<'regression'>;
      expect(value).toMatchObject({ task: task.type, n: rows.length });
      for (const [path, figure] of Object.entries(expected))
        expect(Math.abs((at(value, path) as number) - figure), path).toBeLessThan(1e-9);
      const [headline] = value.headlines;
      expect(at(value, headline!.name)).toBe(headline!.value);
      expect(value.better[headline!.name]).toBe(headline!.better);
      const [low, high] = (value.intervals as Record<string, [number, number]>)[
        headline!.name.replace('.macro', 'Macro')
      ]!;
      expect(low <= headline!.value && headline!.value <= high && low < high).toBe(true);
      expect(JSON.stringify(value).length).toBeLessThan(4096);
      const page = await run.output.text('report.html');
      expect(page).toContain(shows);
      expect(page).not.toMatch(/NaN|Infinity|undefined|\[object/);
      if (task.type !== 'ranking') {
        expect(value.slices.map((slice) => slice.value).sort()).toEqual(['even', 'odd']);
        expect(value.slices.reduce((sum, slice) => sum + slice.n, 0)).toBe(rows.length);
      }
    });
  }

  test('slices of a regression come with the largest error first', async () => {
    const { task, columns, rows } = builders.regression();
    const run = await evaluate(task, columns, rows, ['half']);
    const [first, second] = (run.output.value as FinalFigures<'regression'>).slices;
    expect(first!['mae']!).toBeGreaterThan(second!['mae']!);
  });
});

describe('what cannot be measured is refused in words', () => {
  test('an embedding whose card names no label', async () => {
    const { columns, rows } = builders.embedding();
    await expect(evaluate({ type: 'embedding', size: columns.length }, columns, rows)).rejects.toThrow(
      /names no label has nothing to be measured by[\s\S]*task\.label/,
    );
  });
  test('slices where groups of rows are measured', async () => {
    const { task, columns, rows } = builders.ranking();
    await expect(evaluate(task, columns, rows, ['half'])).rejects.toThrow('measured by groups of rows');
  });
  test('a label that is none of the task', async () => {
    const { task, columns, rows } = builders.forecasting();
    const short = [{ ...rows[0]!, y: '[1, 2]' }, ...rows.slice(1)];
    await expect(evaluate(task, columns, short)).rejects.toThrow(/label of another sort[\s\S]*the 6 numbers/);
    const regression = builders.regression();
    const text = regression.rows.map((row) => ({ ...row, y: 'much' }));
    await expect(evaluate(regression.task, regression.columns, text)).rejects.toThrow(/expected: a number/);
  });
});

describe('a challenger is compared in the direction of the figure', () => {
  const { task, columns, rows } = builders.regression();
  /** The same rows, with answers that are further off. */
  const worse = rows.map((row) => ({ ...row, far: Number(row['a0']) + 3 * Math.sin(Number(row['y']) * 50) }));
  const judge = async (challenger: string[], champion: string[], params: object = {}, other: ModelTask = task) =>
    (
      await runNode(challengeNode, {
        params: { resamples: 200, ...params },
        inputs: {
          challenger: await modelFor(task, challenger, worse),
          champion: await modelFor(other, champion, worse),
          fresh: await tableOf(worse),
        },
        parts: [told],
      })
    ).output.value as { verdict: string; metric: string; reasons: string[]; sets: Record<string, number>[] };

  test('the smaller error wins, by the figure that stands for the task where none is named', async () => {
    const better = await judge(columns as string[], ['far']);
    expect(better).toMatchObject({ verdict: 'promote', metric: 'rmse' });
    expect(better.sets[0]!['difference']!).toBeGreaterThan(0);
    const back = await judge(['far'], columns as string[]);
    expect(back.verdict).toBe('keep');
    expect(back.reasons[0]).toContain('is worse');
  });
  test('the larger R² wins', async () => {
    expect(await judge(columns as string[], ['far'], { metric: 'r2' })).toMatchObject({ verdict: 'promote' });
    expect(await judge(['far'], columns as string[], { metric: 'r2' })).toMatchObject({ verdict: 'keep' });
  });
  test('the margin of a figure in units is a share of the champion, where none is named', async () => {
    const { sets } = await judge(columns as string[], columns as string[], { rule: 'not worse' });
    const { margin, champion } = sets[0] as unknown as { margin: number; champion: Record<string, number> };
    expect(margin).toBeCloseTo(0.02 * champion['rmse']!, 12);
    expect((await judge(columns as string[], ['far'], { margin: 5 })).sets[0]!['margin']).toBe(5);
  });
  test('a figure that is none of the task, or judges no model, is refused with those that do', async () => {
    await expect(judge(['far'], ['far'], { metric: 'rmsee' })).rejects.toThrow(/did you mean "rmse"[\s\S]*mae/);
    await expect(judge(['far'], ['far'], { metric: 'meanError' })).rejects.toThrow('judges none');
  });
  test('models of different tasks are not compared', async () => {
    const other: ModelTask = { type: 'quantiles', label: 'y', quantiles: [0.5] };
    await expect(judge(['far'], ['far'], {}, other)).rejects.toThrow('the models have different tasks');
  });
});
