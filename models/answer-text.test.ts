import { randomFrom } from '@trainyard/numeric';
import { expect, test } from 'vitest';
import { answerWriter } from './answer-text.js';
import { taskType, type ModelTask } from './tasks/index.js';

const TASKS: readonly ModelTask[] = [
  { type: 'classification', label: 'y', classes: ['b', 'a'] },
  { type: 'classification', label: 'y', classes: ['no', 'yes'], threshold: 0.2 },
  { type: 'classification', label: 'y', classes: ['10', '9', 'a "quoted"\n one', '__proto__', '01'] },
  { type: 'classification', label: 'y', classes: ['one'] },
  { type: 'multi-label', label: 'y', classes: ['a', 'b'], thresholds: [0.5, 0.5] },
  { type: 'regression', label: 'y' },
  { type: 'quantiles', label: 'y', quantiles: [0.1, 0.5, 0.9] },
  { type: 'forecasting', label: 'y', horizon: 3 },
  { type: 'ranking', label: 'y', group: 'g' },
  { type: 'embedding', size: 4 } as ModelTask,
];

test('answers written as text are to the letter what JSON.stringify makes of them, and so is what the log keeps', () => {
  const random = randomFrom(5);
  for (const task of TASKS) {
    const type = taskType(task);
    const width = type.names(task).length;
    const write = answerWriter(task);
    for (const rows of [0, 1, 3]) {
      const numbers = Float64Array.from({ length: rows * width }, (_, i) =>
        i % 5 === 4 ? 0 : i % 7 === 6 ? 1e-9 : random.uniform(),
      );
      const answers = Array.from({ length: rows }, (_, row) =>
        type.answer(numbers.subarray(row * width, (row + 1) * width), task),
      );
      const { predictions, logged } = write(numbers, rows);
      expect(predictions).toBe(JSON.stringify(answers));
      const kept = answers.map((answer) => type.logged(answer));
      expect(JSON.parse(`{${logged}}`)).toEqual(
        kept.every(({ label }) => label !== undefined)
          ? { labels: kept.map(({ label }) => label), probabilities: kept.map(({ probability }) => probability) }
          : { labels: [], probabilities: [], answers: kept.map(({ whole = null }) => whole) },
      );
    }
  }
});

test('answers of classes are written without being made first', () => {
  expect(taskType(TASKS[0]!).writer).toBeDefined();
});
