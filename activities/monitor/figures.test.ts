import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { taskType, type ModelTask } from '../../models/index.js';
import { windowFigures } from './figures.js';

const rowsOf = (task: ModelTask, answers: readonly object[], labels: readonly unknown[]) =>
  answers.map((answer, i) => ({
    id: `request-${Math.floor(i / 4)}#${i % 4}`,
    answer: taskType(task).logged(answer).whole ?? { label: taskType(task).logged(answer).label ?? null },
    // As the server keeps what is reported.
    outcome: taskType(task).outcome(labels[i], task) ?? null,
  }));

const said = (task: ModelTask, answers: readonly object[], labels: readonly unknown[]) =>
  Object.fromEntries(
    windowFigures({ task: task.type }, rowsOf(task, answers, labels)).map(({ name, value }) => [name, value]),
  );

describe('a window has the figures of its task, from answers and outcomes as they are kept', () => {
  it('classes: the share that was right is as it was counted before, also in monitors that do not say their task', () => {
    const name = fc.constantFrom('a', 'b', 'c');
    fc.assert(
      fc.property(fc.array(fc.tuple(name, name), { minLength: 1, maxLength: 30 }), (pairs) => {
        const rows = pairs.map(([label, outcome], i) => ({ id: `r#${i}`, answer: { label }, outcome }));
        const right = pairs.filter(([label, outcome]) => label === outcome).length / pairs.length;
        for (const config of [{}, { task: 'classification' }]) {
          const figures = windowFigures(config, rows);
          expect(figures.map(({ name: figure }) => figure)).toEqual(['f1.macro', 'accuracy']);
          expect(figures[1]!.value).toBe(right);
        }
      }),
    );
  });
  it('numbers', () => {
    const task: ModelTask = { type: 'regression', label: 'price' };
    const found = said(task, [{ value: 3 }, { value: 5 }, { value: 8 }], [4, 5, 6]);
    expect(found['mae']).toBe(1);
    expect(found['rmse']).toBeCloseTo(Math.sqrt(5 / 3), 12);
  });
  it('quantiles', () => {
    const task: ModelTask = { type: 'quantiles', label: 'price', quantiles: [0.1, 0.9] };
    const answers = [{ quantiles: { '0.1': 1, '0.9': 5 } }, { quantiles: { '0.1': 2, '0.9': 3 } }];
    expect(said(task, answers, [4, 10])).toMatchObject({ coverage: 0.5 });
  });
  it('forecasts', () => {
    const task: ModelTask = { type: 'forecasting', label: 'next', horizon: 2 };
    expect(said(task, [{ values: [1, 2] }], [[2, 4]])).toMatchObject({ mae: 1.5 });
  });
  it('several labels', () => {
    const task: ModelTask = { type: 'multi-label', label: 'tags', classes: ['a', 'b'], thresholds: [0.5, 0.5] };
    const answers = [
      { labels: ['a'], probabilities: {} },
      { labels: [], probabilities: {} },
    ];
    expect(said(task, answers, [['a'], ['b']])).toMatchObject({ subsetAccuracy: 0.5, hamming: 0.25 });
  });
  it('rankings: the rows of a request are ranked among each other', () => {
    const task: ModelTask = { type: 'ranking', label: 'clicks', group: 'query' };
    const answers = [9, 5, 3, 1, 2, 4].map((score) => ({ score }));
    expect(said(task, answers, [0, 1, 0, 0, 0, 1])).toMatchObject({ map: 0.75, mrr: 0.75 });
  });
  it('a task whose answers are not kept has none, and neither has a window without outcomes', () => {
    const task: ModelTask = { type: 'embedding', size: 1, label: 'name' };
    expect(windowFigures({ task: 'embedding' }, [{ id: 'r#0', answer: null, outcome: 'x' }])).toEqual([]);
    expect(taskType(task).logged({ vector: [1] })).toEqual({});
    expect(windowFigures({ task: 'regression' }, [{ id: 'r#0', answer: { value: 1 }, outcome: null }])).toEqual([]);
  });
});

it('an outcome that is none of the task is refused', () => {
  const wrong: readonly (readonly [ModelTask, readonly unknown[]])[] = [
    [{ type: 'classification', label: 'y', classes: ['a'] }, ['b', 1, null]],
    [{ type: 'regression', label: 'y' }, ['1', NaN, Infinity, null, [1]]],
    [{ type: 'quantiles', label: 'y', quantiles: [0.5] }, ['1', null]],
    [{ type: 'forecasting', label: 'y', horizon: 2 }, [[1], [1, 2, 3], [1, '2'], 1]],
    [{ type: 'multi-label', label: 'y', classes: ['a'], thresholds: [] }, ['a', ['b']]],
    [{ type: 'ranking', label: 'y', group: 'g' }, [-1, '1']],
    [{ type: 'embedding', size: 2 }, ['a']],
  ];
  for (const [task, labels] of wrong)
    for (const label of labels)
      expect(taskType(task).outcome(label, task), `${task.type} ${JSON.stringify(label)}`).toBeUndefined();
});
