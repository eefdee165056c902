import type { z } from 'zod';
import { expect, test } from 'vitest';
import { figuresOfTask, findFigure, mcnemar, valueOn } from '@trainyard/metrics';
import { randomFrom } from '@trainyard/numeric';
import type { TableRow } from '@trainyard/tables';
import type { ModelTask } from '../../../models/index.js';
import { runNode } from '../../../worker/testing/index.js';
import { modelFor, tableOf, told } from '../told.test-part.js';
import { compareNode } from '../worker.js';
import type { compareFigures } from './contract.js';

const random = randomFrom(13);
const rows: TableRow[] = Array.from({ length: 200 }, (_, i) => {
  const isYes = random.uniform() < 0.4;
  const answer = (right: number): number => (random.uniform() < right === isYes ? 0.8 : 0.2);
  const [good, poor] = [answer(0.9), answer(0.65)];
  return {
    _row: `r${i}`,
    y: isYes ? 'yes' : 'no',
    g0: 1 - good,
    g1: good,
    p0: 1 - poor,
    p1: poor,
    n: i,
    f: i + random.uniform(),
  };
});
const task: ModelTask = { type: 'classification', label: 'y', classes: ['no', 'yes'] };
type Value = z.output<typeof compareFigures>;
const run = async (inputs: object, params = {}) =>
  (await runNode(compareNode, { params: { resamples: 300, ...params }, inputs: inputs as never, parts: [told] }))
    .output;

test('a model is compared with baselines, champion and dummy on the same rows, the same way each time', async () => {
  const [model, poor] = [await modelFor(task, ['g0', 'g1'], rows), await modelFor(task, ['p0', 'p1'], rows)];
  const inputs = { model, baselines: [poor, model], champion: poor, table: await tableOf(rows) };
  const [one, two] = [await run(inputs, { metric: 'accuracy' }), await run(inputs, { metric: 'accuracy' })];
  const { against } = one.value as Value;
  expect(against.map(({ name, verdict }) => [name, verdict])).toEqual([
    ['baseline 1', 'better'],
    ['baseline 2', 'cannot tell'],
    ['champion', 'better'],
    ['dummy', 'better'],
  ]);
  const right = (column: string) => rows.map((row) => (row['y'] === 'yes') === (row[column] as number) > 0.5);
  const { onlyFirst, onlySecond, p } = mcnemar(right('g1'), right('p1'));
  expect(against[0]).toMatchObject({ onlyModel: onlyFirst, onlyOther: onlySecond, p });
  expect(against[3]!.value).toBe(rows.filter((row) => row['y'] === 'no').length / rows.length);
  expect(one.ref.digest).toBe(two.ref.digest);
});

test('a regression has the mean as its dummy: its R² is 0', async () => {
  const model = await modelFor({ type: 'regression', label: 'n' }, ['f'], rows);
  const { value } = await run({ model, baselines: [], table: await tableOf(rows) }, { metric: 'r2' });
  const [dummy] = (value as Value).against;
  expect(dummy!.value).toBeCloseTo(0, 12);
  expect(dummy!.verdict).toBe('better');
});

test.each(['mae', 'medianAbsoluteError', 'mape', 'rmse', 'mse'])(
  'no constant beats the dummy of a regression by %s, so that a model which has learnt nothing is never better',
  async (metric) => {
    const random = randomFrom(4);
    // Skewed, as prices are: their mean lies far above their median.
    const prices = Array.from({ length: 200 }, (_, i) => ({ _row: `r${i}`, price: 10 * Math.exp(3 * random.uniform() ** 2), idle: 0 })); // prettier-ignore
    const sorted = prices.map(({ price }) => price).toSorted((a, b) => a - b);
    const constants = [...sorted, ...sorted.map((price, i) => (price + (sorted[i + 100] ?? price)) / 2)];
    const table = await tableOf(prices);
    const model = await modelFor({ type: 'regression', label: 'price' }, ['idle'], prices);
    const { value } = await run({ model, baselines: [], table }, { metric });
    const [dummy] = (value as Value).against;
    const figure = findFigure(figuresOfTask('regression'), metric)!;
    const truth = Float64Array.from(prices, ({ price }) => price);
    for (const constant of constants) {
      const sample = { units: 200, truth, predicted: new Float64Array(200).fill(constant) };
      expect(valueOn(figure, sample as never)!).toBeGreaterThanOrEqual(dummy!.value! - 1e-9);
    }
  },
);
