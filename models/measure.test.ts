import { expect, test } from 'vitest';
import { measureAnswers } from './measure.js';

test('a trainer measures its answers as its evaluation will, by the task alone', () => {
  const numbers = Float64Array.of(1, 2, 5);
  expect(measureAnswers({ type: 'regression', label: 'y' }, [1, 3, 5], numbers)).toMatchObject({ n: 3, mae: 1 / 3 });
  const classes = measureAnswers(
    { type: 'classification', label: 'y', classes: ['a', 'b'] },
    ['a', 'b'],
    Float64Array.of(0.9, 0.1, 0.8, 0.2),
  );
  expect(classes).toMatchObject({ n: 2, accuracy: 0.5, recall: { macro: 0.5 } });
  const ranked = measureAnswers({ type: 'ranking', label: 'y', group: 'g' }, [0, 1, 1], numbers, ['a', 'a', 'b']);
  expect(ranked).toMatchObject({ n: 3, mrr: 1 });
});

test('a label that is none of the task is refused, with its row', () => {
  expect(() => measureAnswers({ type: 'regression', label: 'y' }, [1, 'two'], Float64Array.of(1, 2))).toThrow(
    /row 1[\s\S]*expected: a number[\s\S]*"two"/,
  );
});
