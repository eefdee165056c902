import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { TASK_FIGURES } from '../contract.js';
import {
  comparePaired,
  figuresOf,
  figuresOfTask,
  findFigure,
  headlinesOf,
  intervalsOf,
  measure,
  MEASURED_TASKS,
  naiveError,
  nested,
  pinballLoss,
  quantileColumn,
  valueOn,
  wilson,
  type MeasuredTask,
  type QuantilesSample,
  type Sample,
  type TruthCell,
} from '../index.js';

type Expected = Readonly<Record<string, number>>;
interface Case {
  readonly name: string;
  readonly expected: Expected;
}
interface Reference {
  readonly regression: (Case & { truth: number[]; predicted: number[] })[];
  readonly quantiles: (Case & { quantiles: number[]; truth: number[]; predicted: number[]; each: number[] })[];
  readonly forecasting: (Case & {
    horizon: number;
    series: number[];
    truth: number[][];
    predicted: number[];
    mase: Record<string, number>;
  })[];
  readonly 'multi-label': (Case & { classes: number; truth: number[][]; probabilities: number[] })[];
  readonly ranking: (Case & { groups: { relevance: number[]; scores: number[] }[] })[];
  readonly embedding: (Case & { size: number; labels: string[]; vectors: number[] })[];
}
const read = (name: string): unknown =>
  JSON.parse(readFileSync(new URL(`../reference/${name}`, import.meta.url), 'utf8'));
const reference = read('task-reference.json') as Reference;

/** A model's sample, from cells as a table has them. */
function sampleOf(
  type: MeasuredTask,
  task: object,
  cells: readonly TruthCell[],
  numbers: ArrayLike<number>,
  groups?: readonly string[],
): Sample {
  const figures = figuresOfTask(type);
  const whole = { type, label: 'y', ...task };
  const truths = cells.map((cell) => {
    const truth = figures.truth(cell, whole);
    if (truth === undefined) throw new Error(`${String(cell)} is not ${figures.truthIs(whole)}`);
    return truth;
  });
  const [sample] = figures.samples(truths, [{ task: whole, numbers: Float64Array.from(numbers) }], groups);
  return sample!;
}

function expectClose(actual: Readonly<Record<string, number | null>>, expected: Expected): void {
  for (const [name, value] of Object.entries(expected))
    expect(Math.abs(actual[name]! - value), `${name}: ${String(actual[name])} and ${value}`).toBeLessThan(1e-9);
}

describe('figures equal those of scikit-learn and utilsforecast to 1e-9', () => {
  const measured = (type: MeasuredTask, sample: Sample) => measure(figuresOfTask(type), sample);
  for (const one of reference.regression)
    test(`regression: ${one.name}`, () =>
      expectClose(measured('regression', sampleOf('regression', {}, one.truth, one.predicted)), one.expected));
  for (const one of reference.quantiles)
    test(`quantiles: ${one.name}`, () => {
      const sample = sampleOf('quantiles', { quantiles: one.quantiles }, one.truth, one.predicted);
      expectClose(measured('quantiles', sample), one.expected);
      one.each.forEach((loss, k) => {
        const column = quantileColumn(sample as QuantilesSample, k);
        expect(pinballLoss(one.truth, column, one.quantiles[k]!)).toBeCloseTo(loss, 12);
      });
    });
  for (const one of reference.forecasting)
    test(`forecasting: ${one.name}`, () => {
      for (const [season, mase] of Object.entries(one.mase)) {
        const task = { horizon: one.horizon, scale: naiveError(one.series, Number(season)) };
        const cells = one.truth.map((values) => JSON.stringify(values));
        const sample = sampleOf('forecasting', task, cells, one.predicted);
        expectClose(measured('forecasting', sample), { ...one.expected, mase });
      }
    });
  for (const one of reference['multi-label'])
    test(`several labels: ${one.name}`, () => {
      const classes = Array.from({ length: one.classes }, (_, k) => `c${k}`);
      const cells = one.truth.map((row) => JSON.stringify(classes.filter((_, k) => row[k])));
      const task = { classes, thresholds: classes.map(() => 0.5) };
      expectClose(measured('multi-label', sampleOf('multi-label', task, cells, one.probabilities)), one.expected);
    });
  for (const one of reference.ranking)
    test(`ranking: ${one.name}`, () => {
      const groups = one.groups.flatMap(({ scores }, g) => scores.map(() => `g${g}`));
      const cells = one.groups.flatMap(({ relevance }) => relevance);
      const scores = one.groups.flatMap((group) => group.scores);
      expectClose(measured('ranking', sampleOf('ranking', { group: 'g' }, cells, scores, groups)), one.expected);
    });
  for (const one of reference.embedding)
    test(`embedding: ${one.name}`, () =>
      expectClose(
        measured('embedding', sampleOf('embedding', { size: one.size }, one.labels, one.vectors)),
        one.expected,
      ));
});

test('figures of classes are, bit for bit, those that were computed by name before', () => {
  const { cases } = read('reference.json') as {
    cases: { classes: number; truth: number[]; probabilities: number[] }[];
  };
  for (const { classes, truth, probabilities } of cases) {
    const names = Array.from({ length: classes }, (_, k) => `c${k}`);
    const cells = truth.map((k) => names[k]);
    const sample = sampleOf('classification', { classes: names }, cells, probabilities);
    const figures = { n: truth.length, ...nested(measure(figuresOfTask('classification'), sample)) };
    const former = figuresOf(truth, { values: probabilities, classes });
    const same = Object.fromEntries(Object.keys(former).map((name) => [name, figures[name as keyof typeof figures]]));
    expect(same).toStrictEqual(former);
  }
});

describe('every type of task', () => {
  for (const type of MEASURED_TASKS) {
    const task = figuresOfTask(type);
    test(`${type} has figures of different names, headlines and slices among them, in the shape of its values`, () => {
      const names = task.figures.map(({ name }) => name);
      expect(new Set(names).size).toBe(names.length);
      for (const name of [...task.headlines, ...task.slices]) expect(findFigure(task, name)?.better).toBeDefined();
      expect(findFigure(task, task.headlines[0]!)?.better).not.toBe('neither');
      const whole = { n: 1, ...nested(Object.fromEntries(names.map((name) => [name, 1]))) };
      expect(TASK_FIGURES[type].strict().parse(whole)).toEqual(whole);
    });
  }
});

/** Numbers whose squares neither overflow nor vanish. */
const number = fc.integer({ min: -1_000_000, max: 1_000_000 }).map((thousandths) => thousandths / 1000);
const rows = fc.array(fc.tuple(number, number), { minLength: 1, maxLength: 40 });
const regression = figuresOfTask('regression');
const regressionOf = (pairs: readonly (readonly [number, number])[]): Sample =>
  sampleOf(
    'regression',
    {},
    pairs.map(([truth]) => truth),
    pairs.map(([, predicted]) => predicted),
  );

describe('figures of a regression', () => {
  test('keep their order: the median and mean error at most the root of the mean square, and no R² above 1', () => {
    fc.assert(
      fc.property(rows, (pairs) => {
        const { mae, rmse, r2, meanError } = measure(regression, regressionOf(pairs));
        expect(mae!).toBeLessThanOrEqual(rmse! * (1 + 1e-12));
        expect(Math.abs(meanError!)).toBeLessThanOrEqual(mae! * (1 + 1e-12));
        if (typeof r2 === 'number') expect(r2).toBeLessThanOrEqual(1);
      }),
    );
  });
  test('are all at their best for a model that answers what is true', () => {
    fc.assert(
      fc.property(rows, (pairs) => {
        const found = measure(regression, regressionOf(pairs.map(([truth]) => [truth, truth] as const)));
        expect(found).toMatchObject({ mae: 0, rmse: 0, medianAbsoluteError: 0, meanError: 0 });
        expect([null, 1]).toContain(found['r2']);
        expect([null, 0]).toContain(found['mape']);
      }),
    );
  });
  test('are not defined where they would say nothing: R² of equal truths, percentages of 0', () => {
    expect(
      measure(
        regression,
        regressionOf([
          [3, 1],
          [3, 5],
        ]),
      ),
    ).toMatchObject({ r2: null });
    expect(
      measure(
        regression,
        regressionOf([
          [0, 1],
          [3, 5],
        ]),
      ),
    ).toMatchObject({ mape: null });
  });
});

test('a constant predicted for all rows has the least pinball loss at the quantile of the truths', () => {
  fc.assert(
    fc.property(
      fc.array(number, { minLength: 3, maxLength: 30 }),
      fc.constantFrom(0.1, 0.5, 0.9),
      number,
      (truth, q, other) => {
        const at = truth.toSorted((a, b) => a - b)[Math.ceil(q * truth.length) - 1]!;
        const loss = (value: number): number =>
          pinballLoss(
            truth,
            truth.map(() => value),
            q,
          );
        expect(loss(at)).toBeLessThanOrEqual(loss(other) + 1e-6);
      },
    ),
  );
});

test('no order of rows shows in the figures of a ranking, whatever scores are equal', () => {
  const row = fc.record({ g: fc.constantFrom('a', 'b'), relevance: fc.nat(3), score: fc.nat(3) });
  fc.assert(
    fc.property(fc.array(row, { minLength: 1, maxLength: 20 }), (list) => {
      const of = (some: typeof list) =>
        measure(
          figuresOfTask('ranking'),
          sampleOf(
            'ranking',
            { group: 'g' },
            some.map((one) => one.relevance),
            some.map((one) => one.score),
            some.map((one) => one.g),
          ),
        );
      const [straight, reversed] = [of(list), of(list.toReversed())];
      for (const [name, value] of Object.entries(straight)) {
        if (value === null) expect(reversed[name]).toBeNull();
        else {
          expect(Math.abs(value - reversed[name]!)).toBeLessThan(1e-12);
          expect(value).toBeGreaterThan(0);
          expect(value).toBeLessThan(1 + 1e-12);
        }
      }
    }),
  );
});

describe('intervals', () => {
  const pairs = Array.from({ length: 60 }, (_, i) => [i, i + Math.sin(i * 7) * 5] as const);
  const draws = { seed: 3, resamples: 300 };
  test('lie around their figures, are the same for the same seed, and others for another', () => {
    const sample = regressionOf(pairs);
    const intervals = intervalsOf(regression, sample, draws);
    const figures = measure(regression, sample);
    expect(Object.keys(intervals)).toEqual(['mae', 'rmse', 'r2', 'medianAbsoluteError', 'meanError', 'mse']);
    for (const [name, [low, high]] of Object.entries(intervals)) {
      expect(low).toBeLessThan(high);
      expect(figures[name]!).toBeGreaterThanOrEqual(low);
      expect(figures[name]!).toBeLessThanOrEqual(high);
    }
    expect(intervalsOf(regression, sample, draws)).toEqual(intervals);
    expect(intervalsOf(regression, sample, { ...draws, seed: 4 })).not.toEqual(intervals);
  });
  test('of a share are those of Wilson', () => {
    const cells = ['["a"]', '[]', '["a","b"]', '["b"]'];
    const task = { classes: ['a', 'b'], thresholds: [0.5, 0.5] };
    const sample = sampleOf('multi-label', task, cells, [1, 0, 0, 0, 1, 1, 1, 1]);
    expect(intervalsOf(figuresOfTask('multi-label'), sample, draws)['subsetAccuracy']).toEqual([...wilson(3, 4)]);
  });
});

test('a difference is turned to the better model, whichever way the figure is better', () => {
  const truth = Array.from({ length: 50 }, (_, i) => i);
  const answers = (off: number): Sample => regressionOf(truth.map((y) => [y, y + Math.sin(y) * off] as const));
  const [good, poor] = [answers(1), answers(8)];
  const how = { seed: 1, resamples: 200, stream: 1, alpha: 0.05 };
  for (const name of ['mae', 'r2']) {
    const figure = findFigure(regression, name)!;
    const { difference, interval } = comparePaired(regression, figure, [good, poor], how);
    expect(difference!).toBeGreaterThan(0);
    expect(interval![0]).toBeGreaterThan(0);
    const back = comparePaired(regression, figure, [poor, good], how);
    expect(back.difference).toBe(-difference!);
  }
});

test('answers in service give the figures that the same answers give in a table', () => {
  const pairs = Array.from({ length: 20 }, (_, i) => [i, i * 1.1] as const);
  const served = regression.served(pairs.map(([truth, value], i) => ({ answer: { value }, truth, request: `r${i}` })));
  expect(measure(regression, served)).toEqual(measure(regression, regressionOf(pairs)));
  const classes = figuresOfTask('classification');
  const labels = ['a', 'b', 'b', 'c', 'a'];
  const rows = ['a', 'b', 'c', 'c', 'a'].map((truth, i) => ({ answer: { label: labels[i] }, truth, request: '' }));
  const found = measure(classes, classes.served(rows));
  expect(found).toMatchObject({ accuracy: 0.8, logLoss: null });
  expect(headlinesOf(classes, found).map(({ name }) => name)).toEqual(['f1.macro', 'accuracy']);
});

test('a sample without rows has no figures', () => {
  for (const type of MEASURED_TASKS) {
    const task = figuresOfTask(type);
    const none = task.served([]);
    for (const figure of task.figures) expect(valueOn(figure, none), `${type} ${figure.name}`).toBeNull();
  }
});
