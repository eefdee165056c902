import fc from 'fast-check';
import { conditional, createStudy, float } from 'ml-hyperparameter';
import { describe, expect, test } from 'vitest';
import { sql, withDatabase } from '@trainyard/tables';
import { runNode, tableOf, type TestRow } from '../../../worker/testing/index.js';
import { Account } from './account.js';
import { packState, unpackState, type SearchState } from './checkpoint.js';
import { profilesOf, recipeOf } from './columns.js';
import { Deadline } from './deadline.js';
import { chooseEnsemble } from './ensemble.js';
import { LEARNERS, type BestTask, type Facts } from './learners/index.js';
import { METRICS } from './metrics.js';
import { bestNode } from './train.js';

const logLoss = METRICS[0]!;

describe('the greedy ensemble', () => {
  test('is never worse than its best candidate, and equal answers give equal members', () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(fc.double({ min: 0.01, max: 0.99, noNaN: true }), { minLength: 6, maxLength: 6 }), {
          minLength: 1,
          maxLength: 8,
        }),
        (given) => {
          const views = given.map((values) => ({ view: Float32Array.from(values) }));
          const labels = new Float64Array(6);
          const { counts, score } = chooseEnsemble(views, labels, logLoss);
          const alone = views.map(({ view }) => logLoss.of(view, labels));
          expect(score).toBeLessThanOrEqual(Math.min(...alone) + 1e-12);
          expect(counts.reduce((sum, count) => sum + count, 0)).toBeGreaterThan(0);
          expect(chooseEnsemble(views, labels, logLoss)).toEqual({ counts, score });
        },
      ),
    );
  });

  test('mixes two that err on other rows', () => {
    const views = [
      [0.9, 0.9, 0.2],
      [0.2, 0.9, 0.9],
      [0.4, 0.4, 0.4],
    ].map((view) => ({ view: Float32Array.from(view) }));
    const { counts } = chooseEnsemble(views, new Float64Array(3), logLoss);
    expect(counts[0]).toBe(counts[1]);
    expect(counts[2]).toBe(0);
  });
});

test('metrics look at the class of each row: probabilities of two classes, the second row wrong', () => {
  const answers = Float64Array.of(0.8, 0.2, 0.6, 0.4, 0.1, 0.9);
  const labels = Float64Array.of(0, 1, 1);
  const of = (name: string) => {
    const metric = METRICS.find((one) => one.name === name)!;
    return metric.of(metric.view(answers, labels), labels);
  };
  expect(of('logLoss')).toBeCloseTo(-(Math.log(0.8) + Math.log(0.4) + Math.log(0.9)) / 3, 6);
  expect(of('accuracy')).toBeCloseTo(2 / 3, 12);
  expect(of('rocAuc')).toBe(1);
  expect(of('rmse')).toBeNaN();
});

test("every learner's first configurations are of its space, for few rows and many", () => {
  const tasks: BestTask[] = [
    { type: 'classes', label: 'y', classes: ['a', 'b', 'c'] },
    { type: 'number', label: 'y' },
  ];
  for (const task of tasks)
    for (const rows of [5, 40, 1000, 1e6])
      for (const learner of LEARNERS.filter((one) => one.tasks.includes(task.type))) {
        const facts: Facts = { task, rows, width: 12 };
        const space = { learner: conditional({ [learner.name]: learner.space(facts) }) };
        const first = learner.first(facts).map((params) => ({ learner: learner.name, ...params }));
        const study = createStudy({ space, first: first as never });
        for (const params of first) expect(study.ask().params).toEqual(params);
        expect(first.length).toBeGreaterThan(0);
      }
});

test('a checkpoint survives its bytes, and one that is damaged or of another search is not taken up', () => {
  const state: SearchState = {
    fingerprint: 'f',
    study: createStudy({ space: { x: float(0, 1) } }).toJSON(),
    tried: { stopped: 1, failed: 0, late: 2 },
    spent: { search: 1.25 },
    labels: Float64Array.of(1, 0, 0.1),
    transforms: { '0 passed': { format: 'trainyard.transform/1', steps: [], rows: 3 } },
    left: [['name', 'stands in nearly every row once']],
    candidates: [
      {
        ...{
          place: 0,
          learner: 'a',
          params: { x: 0.1 },
          score: 0.3,
          folds: [0.1, 0.5],
          seconds: 1,
          at: 2,
          stopped: [null, 7],
        },
        kept: {
          answers: Float32Array.of(0.1, 0.9),
          models: [
            { kind: 'k', settings: {}, files: { 'f.bin': Uint8Array.of(1, 2, 3) }, libraries: {}, rounds: null },
          ],
        },
      },
      {
        ...{ place: 1, learner: 'a', params: {}, score: 1, folds: [1, 1], seconds: 1, at: 3, stopped: [null, null] },
        kept: undefined,
      },
    ],
  };
  const bytes = Buffer.from(packState(state));
  expect(unpackState(bytes, 'f')).toEqual(state);
  expect(unpackState(bytes, 'g')).toEqual({ refused: 'it is of another search' });
  bytes[bytes.length - 1]! ^= 1;
  expect(unpackState(bytes, 'f')).toEqual({ refused: 'it is damaged' });
});

test('columns become features by what they hold: numbers, categories, times, texts, names of rows', async () => {
  await withDatabase({}, async (database) => {
    await database.run(sql`CREATE TABLE rows AS SELECT i % 3 = 0 AS yes, CASE WHEN i % 9 = 0 THEN NULL ELSE i::DOUBLE END AS size,
      'row ' || i AS name, ['red', 'green', 'blue'][1 + i % 3] AS colour, 'place ' || (i % 40) AS place, 7 AS same, NULL::VARCHAR AS empty,
      'the ' || (i % 45) || ' of many little words' AS said, TIMESTAMP '2024-01-01' + to_hours(i) AS at FROM range(100) t(i)`);
    const columns = (
      [...(['yes', 'size', 'name', 'colour', 'place', 'same', 'empty', 'said', 'at'] as const)] as const
    ).map((name) => ({
      name,
      type:
        ({ yes: 'boolean', size: 'number', same: 'integer', at: 'timestamp' } as const)[name as 'yes'] ??
        ('text' as const),
    }));
    const profiled = await profilesOf(database, sql`rows`, columns);
    const label = { name: 'label', as: 'classes' } as const;
    const passed = recipeOf(profiled, 'passed', label);
    expect(passed.left.map(({ column }) => column)).toEqual(['name', 'same', 'empty']);
    expect(passed.recipe.pass?.slice(0, 4)).toEqual(['yes', 'size', 'colour', 'place'].map((column) => ({ column })));
    expect(passed.recipe.text).toEqual([{ column: 'said', most: 100 }]);
    const times = ['at year', 'at month', 'at day', 'at weekday', 'at hour', 'at in days'];
    expect(passed.recipe.derive?.map(({ name }) => name)).toEqual(times);
    const scaled = recipeOf(profiled, 'scaled', label).recipe;
    expect(scaled.numeric?.[0]).toEqual({ column: 'size', indicator: true, clip: 10 });
    expect(scaled.categorical).toEqual([
      { column: 'yes', maxCategories: 3 },
      { column: 'colour', maxCategories: 4 },
      { column: 'place', encode: { by: 'target' }, maxCategories: 41 },
    ]);
  });
});

describe('bad input is refused before anything is trained', () => {
  const rows = (label: (i: number) => TestRow[string]): TestRow[] =>
    Array.from({ length: 30 }, (_, i) => ({ x: i % 7, twin: label(i), y: label(i) }));
  const refused = async (of: readonly TestRow[], params: object, said: RegExp) =>
    expect(
      runNode(bestNode, {
        params: { target: 'y', trials: 1, drop: ['twin'], ...params },
        inputs: { table: await tableOf(of) },
      }),
    ).rejects.toThrow(said);
  const two = rows((i) => (i % 2 ? 'a' : 'b'));

  test.each<[string, readonly TestRow[], object, RegExp]>([
    ['one class', rows(() => 'a'), {}, /all rows are of one class/],
    ['a class a row', rows((i) => `name ${i}`), {}, /30 different values in 30 rows: these are no classes/],
    ['a class with one row', rows((i) => (i === 3 ? 'c' : i % 2 ? 'a' : 'b')), {}, /class "c" has one row alone/],
    ['a row without a target', rows((i) => (i === 3 ? null : i % 2 ? 'a' : 'b')), {}, /1 of 30 rows have no target/],
    ['a column that is the target once more', two, { drop: [] }, /column "twin" equals the target in every row/],
    ['a target that is not there', two, { target: 'z' }, /column "z", which the table does not have/],
    ['nothing beside the target', two, { drop: ['twin', 'x'] }, /no column to predict from/],
    ['the target as its own group', two, { group: 'y' }, /the target and group at once/],
    ['few rows', two.slice(0, 6), {}, /6 rows, too few/],
    ['no budget', two, { trials: undefined }, /does not know when to end/],
    ['a metric of the other task', two, { metric: 'rmse' }, /rmse is no metric of classes/],
    ['an unknown learner', two, { learners: ['boostin'] }, /no learner "boostin"; did you mean "?boosting/],
    ['text as a number', two, { task: 'number' }, /holds text, no numbers/],
    ['one number', rows(() => 4.5), { drop: ['twin'] }, /the same number in "y"/],
    ['seconds since 1970, as numbers', rows((i) => 1.7e9 + 37 * i), {}, /single precision[\s\S]*subtract a constant/],
    ['a number beyond single precision', rows((i) => (i === 3 ? 1e39 : i + 0.5)), {}, /1e\+39 becomes Infinity/],
    ['a number that is not finite', rows((i) => (i === 3 ? NaN : i + 0.5)), {}, /1 of 30 rows have no target/],
  ])('%s', (_, of, params, said) => refused(of, params, said));

  const judged = async (of: readonly TestRow[], by: readonly TestRow[], said: RegExp) =>
    expect(
      runNode(bestNode, {
        params: { target: 'y', trials: 1, drop: ['twin'] },
        inputs: { table: await tableOf(of), validation: await tableOf(by) },
      }),
    ).rejects.toThrow(said);
  const odd = rows((i) => ['inf', 'nan', 'NaN'][i % 3]!);
  const numbers = rows((i) => i + 0.5);

  test.each<[string, readonly TestRow[], readonly TestRow[], RegExp]>([
    ['a class that training lacks, beside classes called inf and nan', odd, two, /expected: +NaN, inf, nan[\s\S]*[ab]/],
    ['a column less', two, two.map(({ x: _, ...rest }) => rest), /names column "x"/],
    ['a column of another type', two, two.map((row) => ({ ...row, x: 'seven' })), /column "x"[\s\S]*type/],
    ['a row without a class', two, [...two, { x: 1, twin: 'a', y: null }], /1 of 31 rows of the table "validation"/],
    ['a label that is not finite', numbers, [...numbers, { x: 1, twin: 1, y: Infinity }], /1 of 31 rows[\s\S]*finite/],
    ['words as labels', numbers, two, /column "y" holds text, no numbers/],
  ])('in a table for the figures: %s', (_, of, by, said) => judged(of, by, said));
});

test('the deadline is seen by the clock where work gives no way to timers', () => {
  const cancelled = new AbortController();
  const deadline = new Deadline(new Account(0.45), cancelled.signal);
  expect(deadline.late).toBe(false);
  const until = performance.now() + 80;
  while (performance.now() < until);
  expect(deadline.late).toBe(true);
  expect(deadline.signal.aborted).toBe(false);
  deadline.dispose();
});

test('rows of a table for the figures take time at the end', () => {
  const deadline = new Deadline(new Account(60), new AbortController().signal);
  const facts = { refits: false, folds: 2, outputs: 1, rows: 1000, validated: 0 };
  const without = deadline.keep([], facts);
  expect(deadline.keep([], { ...facts, validated: 2e6 })).toBeCloseTo(without + 2, 6);
  deadline.dispose();
});
